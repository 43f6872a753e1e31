import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { pattern, patternNames } from './patterns';
import { compactAxis, cornerAxis, resizeCorners, sampleCorners } from './resize-corners';

const PLAIN = { mean: [0, 0, 0], std: [1, 1, 1] } as const;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** What nsfwjs does to a picture: divide by 255, resize with aligned corners. [3, height, width] */
function reference(picture: ReturnType<typeof pattern>, width: number, height: number): Float32Array {
  return tf.tidy(() => {
    const rgba = tf.tensor3d(Int32Array.from(picture.data), [picture.height, picture.width, 4], 'int32');
    const rgb = rgba.slice([0, 0, 0], [-1, -1, 3]).toFloat().div(tf.scalar(255)) as tf.Tensor3D;
    const resized = tf.image.resizeBilinear(rgb, [height, width], true);
    return resized.transpose([2, 0, 1]).dataSync() as Float32Array;
  });
}

describe('resizeCorners', () => {
  const sizes = [
    [1, 1],
    [2, 2],
    [1, 50],
    [50, 1],
    [3, 700],
    [224, 224],
    [300, 200],
    [449, 223],
    [640, 480],
  ] as const;

  it.each(sizes)('is TF.js’s to the bit for %i × %i', (width, height) => {
    // TF.js's own code takes a second for each of the larger ones.
    for (const name of width * height < 10_000 ? patternNames : patternNames.slice(-2)) {
      const picture = pattern(name, width, height);
      const ours = resizeCorners(picture, 224, 224, PLAIN);
      expect(Buffer.from(ours.buffer).equals(Buffer.from(reference(picture, 224, 224).buffer))).toBe(true);
    }
  });

  it('is TF.js’s for other targets, one pixel included', () => {
    for (const [width, height] of [[1, 1], [1, 9], [7, 1], [10, 3]] as const) // biome-ignore format: pairs
      expect(resizeCorners(pattern('hills'), width, height, PLAIN)).toEqual(
        reference(pattern('hills'), width, height),
      );
  });

  it('normalises after resampling', () => {
    const picture = pattern('gradient');
    const plain = resizeCorners(picture, 5, 5, PLAIN);
    const ours = resizeCorners(picture, 5, 5, { mean: [0.5, 0.25, 0], std: [0.5, 1, 2] });
    expect(ours[0]).toBe(Math.fround((plain[0]! - 0.5) / 0.5));
    expect(ours[25]).toBe(Math.fround(plain[25]! - 0.25));
    expect(ours[74]).toBe(Math.fround(plain[74]! / 2));
  });

  it('ignores alpha', () => {
    const picture = pattern('noise', 20, 20);
    const clear = { ...picture, data: picture.data.map((byte, i) => (i % 4 === 3 ? 0 : byte)) };
    expect(resizeCorners(clear, 9, 9, PLAIN)).toEqual(resizeCorners(picture, 9, 9, PLAIN));
  });

  it('refuses fewer bytes than pixels', () => {
    const data = new Uint8ClampedArray(15);
    expect(() => resizeCorners({ data, width: 2, height: 2 }, 4, 4, PLAIN)).toThrow(
      expect.objectContaining({ code: 'invalid-input' }),
    );
  });
});

describe('compactAxis', () => {
  it('gives the same result from the needed rows and columns alone', () => {
    const picture = pattern('hills', 700, 530);
    const rows = compactAxis(cornerAxis(530, 64));
    const columns = compactAxis(cornerAxis(700, 64));
    expect(rows.needed.length).toBeLessThanOrEqual(128);
    const data = new Uint8ClampedArray(4 * rows.needed.length * columns.needed.length);
    let at = 0;
    for (const y of rows.needed)
      for (const x of columns.needed) {
        data.set(picture.data.subarray(4 * (y * 700 + x), 4 * (y * 700 + x) + 4), at);
        at += 4;
      }
    const compact = { data, width: columns.needed.length, height: rows.needed.length };
    expect(sampleCorners(compact, rows.axis, columns.axis, PLAIN)).toEqual(
      resizeCorners(picture, 64, 64, PLAIN),
    );
  });

  it('stays inside the picture, whatever the sizes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70_000 }), fc.integer({ min: 1, max: 500 }), (from, to) => {
        const axis = cornerAxis(from, to);
        const { needed } = compactAxis(axis);
        expect(needed[0]).toBe(0);
        expect(needed.at(-1)).toBeLessThan(from);
        expect(axis.fraction.every((f) => f >= 0 && f < 1)).toBe(true);
        if (to > 1) expect(axis.high.at(-1)).toBe(from - 1);
      }),
    );
  });
});
