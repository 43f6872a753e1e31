/** Bytes → the float32 numbers a network expects. */
import type { RgbImage } from './resize';

export type Layout = 'NCHW' | 'NHWC';

/** tensor = (pixel / 255 − mean) / std, per channel: R, G, B. */
export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/**
 * Values of the 256 bytes of one channel, rounded to float32 after every step as torch does it
 * (`to_tensor`, then `normalize`).
 */
function byteValues(mean: number, std: number): Float32Array {
  const [m, s] = [Math.fround(mean), Math.fround(std)];
  return Float32Array.from({ length: 256 }, (_, byte) => Math.fround(Math.fround(byte / 255) - m) / s);
}

/** F32 [3, height, width] or [height, width, 3]. */
export function normalize(image: RgbImage, { mean, std }: Normalisation, layout: Layout): Float32Array {
  const plane = image.width * image.height;
  const out = new Float32Array(3 * plane);
  // Where a channel starts, and how far apart its values are.
  const [offset, step] = layout === 'NCHW' ? [plane, 1] : [1, 3];
  for (let channel = 0; channel < 3; channel++) {
    const values = byteValues(mean[channel]!, std[channel]!);
    for (let i = 0, o = channel * offset; i < plane; i++, o += step)
      out[o] = values[image.data[3 * i + channel]!]!;
  }
  return out;
}
