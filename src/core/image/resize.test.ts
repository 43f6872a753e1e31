/** Pillow's resampling: to the bit against its goldens, and its properties. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPng } from '../../../e2e/hostile/png-read';
import { centreCrop } from './crop';
import { orient } from './orient';
import { resizeFor } from './preprocess';
import { coefficients, resize } from './resize';
import type { PixelImage } from './types';

const FOLDER = join(import.meta.dirname, '../../../e2e/fixtures/images');
const GOLDENS: Record<string, Record<string, string>> = JSON.parse(
  readFileSync(join(FOLDER, 'goldens.json'), 'utf8'),
);

const filled = (width: number, height: number, byte: (i: number) => number): PixelImage => ({
  data: new Uint8Array(4 * width * height).map((_, i) => byte(i)),
  width,
  height,
});

const filter = fc.constantFrom('bilinear', 'bicubic');
const side = fc.integer({ min: 1, max: 40 });

describe('resize', () => {
  for (const [pipeline, sources] of Object.entries(GOLDENS)) {
    const [fit, size, resample] = pipeline.split('-');
    // JPEGs need a browser's decoder; they are compared there.
    const pngs = Object.entries(sources).filter(([name]) => name.endsWith('.png'));
    it.each(pngs)(`equals Pillow to the bit: ${pipeline}, %s`, (name, expected) => {
      const image = readPng(readFileSync(join(FOLDER, 'sources', name)));
      const { data } = resizeFor(image, {
        width: Number(size),
        height: Number(size),
        fit: fit === 'stretch' ? 'stretch' : 'crop',
        cropFraction: 1,
        resample: resample === 'bilinear' ? 'bilinear' : 'bicubic',
      });
      expect(createHash('sha256').update(data).digest('hex')).toBe(expected);
    });
  }

  it('keeps a plain colour plain, at any size', () => {
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        filter,
        fc.integer({ min: 0, max: 255 }),
        (w, h, tw, th, how, byte) => {
          expect(
            resize(
              filled(w, h, () => byte),
              tw,
              th,
              how,
            ).data.every((value) => value === byte),
          ).toBe(true);
        },
      ),
    );
  });

  it('has weights that add up to one, within the rounding of 22 bits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 500 }),
        filter,
        (from, to, how) => {
          const { first, count, weights, size } = coefficients(from, to, how);
          for (let i = 0; i < to; i++) {
            let sum = 0;
            for (let t = 0; t < count[i]!; t++) sum += weights[i * size + t]!;
            expect(Math.abs(sum - 2 ** 22)).toBeLessThanOrEqual(count[i]!);
            expect(first[i]).toBeGreaterThanOrEqual(0);
            expect(first[i]! + count[i]!).toBeLessThanOrEqual(from);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('computes a window as the same part of the whole', () => {
    const image = filled(70, 50, (i) => (i * 97) & 255);
    const whole = resize(image, 33, 21, 'bicubic');
    const window = { left: 5, top: 3, width: 20, height: 11 };
    const part = resize(image, 33, 21, 'bicubic', window);
    for (let y = 0; y < 11; y++)
      expect(part.data.subarray(60 * y, 60 * (y + 1))).toEqual(
        whole.data.subarray(3 * (33 * (y + 3) + 5), 3 * (33 * (y + 3) + 25)),
      );
  });

  it('is the identity at the same size', () => {
    const image = filled(9, 7, (i) => (i * 31) & 255);
    const rgb = image.data.filter((_, i) => i % 4 !== 3);
    expect([...resize(image, 9, 7, 'bicubic').data]).toEqual([...rgb]);
  });

  it('refuses pictures without pixels or with too few bytes', () => {
    expect(() =>
      resize(
        filled(0, 4, () => 0),
        4,
        4,
        'bicubic',
      ),
    ).toThrow(/without pixels/);
    expect(() => resize({ ...filled(4, 4, () => 0), height: 5 }, 4, 4, 'bicubic')).toThrow(/fewer bytes/);
  });
});

describe('centreCrop', () => {
  it('rounds as torchvision does: the long side down, half of a rest to even', () => {
    expect(centreCrop(900, 600, 384, 1)).toEqual({
      width: 576,
      height: 384,
      window: { left: 96, top: 0, width: 384, height: 384 },
    });
    expect(centreCrop(1001, 333, 224, 1).width).toBe(673);
    // (673 − 224) / 2 = 224.5 goes down to the even 224; (227 − 224) / 2 = 1.5 up to 2.
    expect(centreCrop(1001, 333, 224, 1).window.left).toBe(224);
    expect(centreCrop(227, 224, 224, 1).window.left).toBe(2);
    expect(centreCrop(500, 500, 224, 0.875).width).toBe(256);
    expect(() => centreCrop(5, 5, 4, 0)).toThrow(/crop fraction/);
  });
});

describe('orient', () => {
  // 0 1 2 / 3 4 5, and what EXIF says of it.
  const stored: PixelImage = filled(3, 2, (i) => Math.floor(i / 4));
  const expected = {
    1: [0, 1, 2, 3, 4, 5],
    2: [2, 1, 0, 5, 4, 3],
    3: [5, 4, 3, 2, 1, 0],
    4: [3, 4, 5, 0, 1, 2],
    5: [0, 3, 1, 4, 2, 5],
    6: [3, 0, 4, 1, 5, 2],
    7: [5, 2, 4, 1, 3, 0],
    8: [2, 5, 1, 4, 0, 3],
  } as const;

  it.each([1, 2, 3, 4, 5, 6, 7, 8] as const)('I12 turns orientation %i upright', (orientation) => {
    const { data, width, height } = orient(stored, orientation);
    expect([width, height]).toEqual(orientation >= 5 ? [2, 3] : [3, 2]);
    expect([...data].filter((_, i) => i % 4 === 0)).toEqual(expected[orientation]);
  });
});
