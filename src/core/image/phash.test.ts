import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readPng } from '../../../e2e/hostile/png-read';
import { Random } from '../../../e2e/hostile/random';
import { normalize } from './normalize';
import { hashDistance, inputHash, NEAR, phash } from './phash';
import { type RgbImage, resize } from './resize';

function fixture(name: string): RgbImage {
  const file = new URL(`../../../e2e/fixtures/images/sources/${name}.png`, import.meta.url);
  const { data, width, height } = readPng(new Uint8Array(readFileSync(file)));
  return draw(width, height, (x, y) => data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3));
}

function draw(width: number, height: number, colour: (x: number, y: number) => ArrayLike<number>): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set(colour(x, y), 3 * (y * width + x));
  return { data, width, height };
}

/** A surface that shades from one colour to another, with a dozen discs on it: what photographs have in common. */
function scene(seed: number): RgbImage {
  const random = new Random(seed);
  const colour = () => [0, 0, 0].map(() => 255 * random.next());
  const [from, to, angle] = [colour(), colour(), 6.3 * random.next()];
  const discs = Array.from({ length: 12 }, () => ({
    ...{ x: random.next(), y: random.next(), radius: 0.03 + 0.2 * random.next(), fill: colour() },
  }));
  return draw(160, 120, (x, y) => {
    const [u, v] = [x / 160, y / 120];
    const disc = discs.findLast((one) => Math.hypot(u - one.x, v - one.y) < one.radius);
    if (disc) return disc.fill;
    const along = 0.5 + 0.5 * Math.sin(3 * (u * Math.cos(angle) + v * Math.sin(angle)));
    return from.map((value, i) => value + along * (to[i]! - value));
  });
}

function resized({ data, width, height }: RgbImage, factor: number): RgbImage {
  const rgba = new Uint8Array(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  const [w, h] = [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))];
  return resize({ data: rgba, width, height }, w, h, 'bilinear');
}

const mapped = (image: RgbImage, change: (value: number) => number): RgbImage => ({
  ...image,
  data: Uint8Array.from(image.data, (value) => Math.max(0, Math.min(255, Math.round(change(value))))),
});

/** What a JPEG encoder loses of each channel: 8 × 8 cosine transforms in steps (T.81, table K.1, scaled as libjpeg does). */
function recompressed(image: RgbImage, quality: number): RgbImage {
  const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  const steps = K1.map((step) => Math.max(1, Math.floor((step * scale + 50) / 100)));
  const out = image.data.slice();
  for (let top = 0; top < image.height; top += 8)
    for (let left = 0; left < image.width; left += 8)
      for (let channel = 0; channel < 3; channel++) quantise(image, out, left, top, channel, steps);
  return { ...image, data: out };
}

const K1 = [
  ...[16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56],
  ...[14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92],
  ...[49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99],
];
const BASIS = Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7];
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

function quantise(
  { data, width, height }: RgbImage,
  out: Uint8Array,
  left: number,
  top: number,
  channel: number,
  steps: readonly number[],
): void {
  const at = (x: number, y: number) =>
    3 * (Math.min(height - 1, top + y) * width + Math.min(width - 1, left + x)) + channel;
  const block = new Float64Array(64);
  for (let i = 0; i < 64; i++) block[i] = data[at(i & 7, i >> 3)]! - 128;
  const pass = (from: Float64Array, back: boolean) => {
    const to = new Float64Array(64);
    // Rows and columns change places in each pass, and twice is none.
    for (let line = 0; line < 8; line++)
      for (let u = 0; u < 8; u++)
        for (let x = 0; x < 8; x++)
          to[u * 8 + line]! += from[line * 8 + x]! * (back ? BASIS[x * 8 + u]! : BASIS[u * 8 + x]!);
    return to;
  };
  const coefficients = pass(pass(block, false), false).map(
    (value, i) => Math.round(value / steps[i]!) * steps[i]!,
  );
  const values = pass(pass(coefficients, true), true);
  for (let i = 0; i < 64; i++)
    if (left + (i & 7) < width && top + (i >> 3) < height)
      out[at(i & 7, i >> 3)] = Math.max(0, Math.min(255, Math.round(values[i]! + 128)));
}

const hashOf = ({ data, width, height }: RgbImage) => phash(data, width, height);
const SCENES = Array.from({ length: 100 }, (_, seed) => scene(seed + 1));
const VERSIONS: Readonly<Record<string, (image: RgbImage) => RgbImage>> = {
  'half the size': (image) => resized(image, 0.5),
  'a third of it': (image) => resized(image, 0.333),
  'half as large again': (image) => resized(image, 1.5),
  'JPEG of quality 75': (image) => recompressed(image, 75),
  'JPEG of quality 30': (image) => recompressed(image, 30),
  'brighter by 20': (image) => mapped(image, (value) => value + 20),
  'less contrast': (image) => mapped(image, (value) => 128 + 0.7 * (value - 128)),
  'smaller and compressed': (image) => recompressed(resized(image, 0.4), 60),
};

/** Of the versions of each picture; drawing and compressing them takes the time. */
const COMPARED = SCENES.slice(0, 30);

describe('phash', () => {
  it.each(Object.entries(VERSIONS))('stays nearly the same: %s', (_, version) => {
    const distances = COMPARED.map((image) => hashDistance(hashOf(image), hashOf(version(image))));
    // Measured: 0 to 4, means below 1.
    expect(Math.max(...distances)).toBeLessThanOrEqual(NEAR);
    expect(distances.reduce((a, b) => a + b) / distances.length).toBeLessThan(1);
  });

  it('stays near even of noise, which has nothing else', () => {
    const noise = fixture('noise-37x53');
    for (const version of Object.values(VERSIONS))
      expect(hashDistance(hashOf(noise), hashOf(version(noise)))).toBeLessThanOrEqual(NEAR + 2);
  });

  it('differs between pictures by about half its bits, and never by as few as near-duplicates', () => {
    const hashes = [...SCENES, ...['palette-300x200', 'noise-37x53'].map(fixture)].map(hashOf);
    const distances = hashes.flatMap((a, i) => hashes.slice(i + 1).map((b) => hashDistance(a, b)));
    distances.sort((a, b) => a - b);
    // Measured: 18 of 5,151 pairs' closest.
    expect(distances[0]).toBeGreaterThanOrEqual(16);
    expect(distances[distances.length >> 1]).toBeGreaterThanOrEqual(30);
    expect(distances[distances.length >> 1]).toBeLessThanOrEqual(34);
  });

  it('is of 64 bits, half of them set, and the cosine’s sign for a picture that is one', () => {
    for (const image of SCENES) {
      expect(hashOf(image)).toMatch(/^[0-9a-f]{16}$/);
      expect(hashDistance(hashOf(image), '0000000000000000')).toBe(32);
    }
    const wave = (sign: number) =>
      draw(64, 64, (x, y) => {
        const value =
          128 + sign * 100 * Math.cos(((x + 0.5) * Math.PI) / 64) * Math.cos(((y + 0.5) * Math.PI) / 64);
        return [value, value, value];
      });
    // Coefficient (1, 1) is the first bit: above the median for the wave, below it for its negative.
    expect(Number.parseInt(hashOf(wave(1))[0]!, 16) & 8).toBe(8);
    expect(Number.parseInt(hashOf(wave(-1))[0]!, 16) & 8).toBe(0);
  });

  it('has none for pictures without structure: no two of them are duplicates', () => {
    const plain = (value: number) => draw(50, 40, () => [value, value, value]);
    for (const value of [0, 7, 128, 255]) expect(hashOf(plain(value))).toBe('');
    expect(hashOf(fixture('one-pixel'))).toBe('');
    expect(hashDistance('', '')).toBe(64);
    expect(phash(new Uint8Array(5), 2, 1)).toBe('');
    expect(phash(new Uint8Array(), 0, 0)).toBe('');
  });

  it('is the same of a network’s input as of its pixels', () => {
    const { data, width, height } = scene(7);
    for (const layout of ['NCHW', 'NHWC'] as const)
      for (const [mean, std] of [
        [
          [0, 0, 0],
          [1, 1, 1],
        ],
        [
          [0.48, 0.46, 0.41],
          [0.27, 0.26, 0.28],
        ],
      ] as [[number, number, number], [number, number, number]][]) {
        const input = normalize({ data, width, height }, { mean, std }, layout);
        expect(inputHash(input, { width, height, mean, std, layout })).toBe(phash(data, width, height));
        expect(inputHash(input.subarray(1), { width, height, mean, std, layout })).toBe('');
      }
  });

  it('counts bits', () => {
    expect(hashDistance('0000000000000000', 'ffffffffffffffff')).toBe(64);
    expect(hashDistance('8000000000000001', '0000000000000000')).toBe(2);
    expect(hashDistance('1234567890abcdef', '1234567890abcdef')).toBe(0);
  });
});
