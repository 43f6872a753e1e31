/** The WebAssembly passes against the plain ones, byte for byte. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Coefficients, coefficients, plainPasses } from '../resize';
import { kernelBytes } from './kernels';
import { resample } from './resample';

function both(
  width: number,
  height: number,
  to: [number, number],
  filter: 'bilinear' | 'bicubic',
  seed: number,
) {
  const data = new Uint8Array(4 * width * height).map((_, i) => Math.imul(i + seed, 2654435761) >>> 24);
  const image = { data, width, height };
  const columns = coefficients(width, to[0], filter);
  const rows = coefficients(height, to[1], filter);
  const bottom = end(rows);
  return [resample(image, columns, rows, 0, bottom), plainPasses(image, columns, rows, 0, bottom)];
}

const end = ({ first, count }: Coefficients) => first.at(-1)! + count.at(-1)!;

describe('resample', () => {
  it('is a module every engine accepts', () => {
    expect(WebAssembly.validate(kernelBytes())).toBe(true);
    expect(kernelBytes().length).toBeLessThan(1500);
  });

  it('gives the same bytes as the plain passes, whatever the sizes', () => {
    const side = fc.integer({ min: 1, max: 60 });
    const filter = fc.constantFrom('bilinear', 'bicubic');
    fc.assert(
      fc.property(side, side, side, side, filter, fc.nat(1000), (w, h, tw, th, how, seed) => {
        const [fast, plain] = both(w, h, [tw, th], how, seed);
        expect(fast).not.toBeNull();
        expect(fast).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    [16_384, 2, 5, 7],
    [2, 16_384, 7, 5],
    [3000, 400, 384, 384],
    [7, 5, 448, 448],
  ])('gives the same bytes for %i × %i to %i × %i', (width, height, toWidth, toHeight) => {
    const [fast, plain] = both(width, height, [toWidth, toHeight], 'bicubic', 1);
    expect(Buffer.compare(fast!.data, plain!.data)).toBe(0);
  });

  it('overshoots and clips alike: black and white edges under a sharp filter', () => {
    const data = new Uint8Array(4 * 40 * 40).map((_, i) => ((i >> 2) % 4 < 2 ? 255 : 0));
    const image = { data, width: 40, height: 40 };
    const [columns, rows] = [coefficients(40, 33, 'bicubic'), coefficients(40, 57, 'bicubic')];
    expect(resample(image, columns, rows, 0, 40)).toEqual(plainPasses(image, columns, rows, 0, 40));
  });
});
