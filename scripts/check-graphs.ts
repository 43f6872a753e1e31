/**
 * Every kind of graph that Winnow builds, given to ONNX's own checker (with shapes inferred strictly) and opened:
 *   npm run check-graphs -- [--python PYTHON]
 * PYTHON, by default `python3`, has the packages onnx and onnxruntime.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { familyById } from '../src/core/architectures';
import { MADE, PRECISIONS } from '../src/core/architectures/contract/testing';
import { guard } from '../src/core/architectures/guard';
import { memorySource } from '../src/core/checkpoint/source';
import { readOnnx } from '../src/core/onnx/read';
import type { Precision } from '../src/core/policy/types';
import { type Planned, writeNetwork } from '../src/core/prepare/testing';

const CHECK = `
import glob, sys, onnx, onnxruntime
bad = 0
paths = sorted(glob.glob(sys.argv[1] + '/*/model.onnx'))
for path in paths:
    try:
        onnx.checker.check_model(path, full_check=True)
        onnxruntime.InferenceSession(path)
    except Exception as error:
        bad += 1
        print(path.split('/')[-2], str(error)[:300])
print(f'onnx {onnx.__version__}: {len(paths) - bad} of {len(paths)} graphs accepted and opened')
sys.exit(bad > 0 or not paths)
`;

const GUARDS: readonly (readonly [file: string, precision: Precision])[] = [
  ['model_quantized.onnx', 'int8'],
  ['model.onnx', 'int8'],
  ['model.onnx', 'exact'],
  ['model_fp16.onnx', 'int8'],
  ['model_fp16.onnx', 'exact'],
];

async function* networks(): AsyncGenerator<readonly [name: string, network: Planned]> {
  for (const [family, what, make] of MADE)
    for (const precision of PRECISIONS) {
      const { config, checkpoint } = make();
      yield [`${family} ${what} ${precision}`, familyById(family)!.build(config, checkpoint, { precision })];
    }
  const folder = join(import.meta.dirname, '..', 'src/core/architectures/fixtures/qwen3-guard');
  for (const [file, precision] of GUARDS) {
    const model = await readOnnx(memorySource(file, readFileSync(join(folder, file))));
    yield [`guard ${file} ${precision}`, guard.fromOnnx(model, { precision })];
  }
}

const folder = mkdtempSync(join(tmpdir(), 'winnow-graphs-'));
try {
  for await (const [name, network] of networks()) {
    const place = join(folder, name);
    mkdirSync(place);
    await writeNetwork(network, place);
  }
  const at = process.argv.indexOf('--python');
  const python = at < 0 ? 'python3' : (process.argv[at + 1] ?? 'python3');
  const { status } = spawnSync(python, ['-c', CHECK, folder], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
