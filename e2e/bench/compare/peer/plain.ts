/** The exporter's network in ONNX Runtime Web; pictures through a canvas, as one would write it first. */
import '../../prepare/peer/page';
import type { PlainFeed } from '../../prepare/peer/feed';
import type { Contest, Times } from '../contender';
import type { PlainPeer } from '../subjects';

export function contest({ file, feeds, picture }: PlainPeer, threads: number): Contest {
  const once: Contest['once'] = async (item): Promise<Times> => {
    if (typeof item === 'string' || !picture) return { run: await runPlain(feeds) };
    const began = performance.now();
    const bitmap = await createImageBitmap(item);
    const ready = performance.now();
    const pixels: PlainFeed = { ...feeds[picture.input]!, values: toPixels(bitmap, picture) };
    const prepared = performance.now();
    bitmap.close();
    const run = await runPlain({ [picture.input]: pixels });
    return { whole: prepared - began + run, decoded: prepared - ready + run, run };
  };
  return {
    open: async () => void (await openPlain(`/standins/${file}`, threads)),
    close: () => closePlain(),
    once,
    async batch(items) {
      for (const item of items) await once(item);
    },
  };
}

/** Planes of red, green and blue. */
function toPixels(bitmap: ImageBitmap, { side, mean, std }: NonNullable<PlainPeer['picture']>): Float32Array {
  const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  const plane = side * side;
  const pixels = new Float32Array(3 * plane);
  for (let at = 0; at < plane; at++)
    for (let channel = 0; channel < 3; channel++)
      pixels[channel * plane + at] = (data[4 * at + channel]! / 255 - mean[channel]!) / std[channel]!;
  return pixels;
}
