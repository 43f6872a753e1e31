/** Twelve megapixels to 384 × 384, bicubic, here and in Pillow when Python has it. */
import { spawnSync } from 'node:child_process';
import { resizeFor } from '../../../src/core/image/preprocess';
import { median, report } from '../report';

const PILLOW = `
import time
from PIL import Image
image = Image.effect_noise((4000, 3000), 80).convert("RGB")
times = []
for _ in range(9):
    started = time.perf_counter()
    image.resize((384, 384), Image.BICUBIC)
    times.append(1000 * (time.perf_counter() - started))
print(sorted(times)[4])
`;

export function benchResize(python: string): void {
  const [width, height] = [4000, 3000];
  const data = new Uint8Array(4 * width * height);
  for (let i = 0, state = 1; i < data.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    data[i] = state >>> 24;
  }
  const to = { width: 384, height: 384, fit: 'stretch', cropFraction: 1, resample: 'bicubic' } as const;
  const times = Array.from({ length: 9 }, () => {
    const started = performance.now();
    resizeFor({ data, width, height }, to);
    return performance.now() - started;
  });
  const pillow = Number(spawnSync(python, ['-c', PILLOW], { encoding: 'utf8' }).stdout) || undefined;
  const ours = median(times);
  const beside = pillow ? `, Pillow ${pillow.toFixed(0)} ms` : '';
  report(
    `resize 12 Mpx → 384 px bicubic: ${ours.toFixed(0)} ms${beside}`,
    'at most 60 ms, or 2 × Pillow',
    ours <= 60 || (pillow !== undefined && ours <= 2 * pillow),
  );
}
