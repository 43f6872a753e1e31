/** I01, I02, I06: headers that announce impossible, empty or enormous pictures. */
import { PNG_SIGNATURE, pngChunk, pngIhdrBytes, zlibStored } from '../../../src/core/image/png-write';
import { bmpHead } from '../encoders/bmp';
import { ascii, indexOf, joined, patched, u16le, u32be } from '../encoders/bytes';
import { gif, gifHead } from '../encoders/gif';
import { resized } from '../encoders/jpeg';
import { END } from '../encoders/png';
import { anmf, riff, taken, vp8x } from '../encoders/webp';
import { type Base, type Item, refused } from '../item';

type Size = readonly [width: number, height: number];

const ENORMOUS: readonly Size[] = [
  [23_000, 23_000],
  [65_535, 65_535],
  [8_001, 8_000],
  [64_000, 1],
];
const EMPTY: readonly Size[] = [
  [0, 100],
  [100, 0],
];

/** The picture of the case: one row of data under a header of 23,000². 102 bytes with these 8. */
function bombPng(width: number, height: number): Uint8Array {
  return joined([
    PNG_SIGNATURE,
    pngChunk('IHDR', pngIhdrBytes(width, height, 2)),
    pngChunk('IDAT', zlibStored(new Uint8Array(22))),
    END,
  ]);
}

function avif(base: Base, width: number, height: number): Uint8Array {
  const still = base['still.avif']!;
  return patched(still, indexOf(still, 'ispe') + 8, joined([u32be(width), u32be(height)]));
}

function lossless(width: number, height: number): Uint8Array {
  const bits = (width - 1) | ((height - 1) << 14);
  const data = new DataView(new ArrayBuffer(4));
  data.setUint32(0, bits >>> 0, true);
  return riff([
    joined([ascii('VP8L'), Uint8Array.of(5, 0, 0, 0, 0x2f), new Uint8Array(data.buffer), new Uint8Array(1)]),
  ]);
}

function lossy(base: Base, width: number, height: number): Uint8Array {
  const still = base['still.webp']!;
  return patched(still, indexOf(still, Uint8Array.of(0x9d, 0x01, 0x2a)) + 3, u16le(width, height));
}

/** Every format by what its header can say. */
function writers(
  base: Base,
): readonly [kind: string, write: (size: Size) => Uint8Array, most: number, zero: boolean][] {
  return [
    ['bomb.png', (size) => bombPng(...size), 2 ** 31 - 1, true],
    ['bomb.jpg', (size) => resized(base['still.jpg']!, ...size), 65_535, true],
    ['bomb.gif', (size) => joined([gifHead(...size), Uint8Array.of(0x3b)]), 65_535, true],
    ['bomb.bmp', ([width, height]) => bmpHead(width, height, 24), 2 ** 31 - 1, true],
    ['bomb-1-bit.bmp', ([width, height]) => bmpHead(width, height, 1), 2 ** 31 - 1, true],
    ['bomb.avif', (size) => avif(base, ...size), 2 ** 32 - 1, true],
    ['canvas.webp', (size) => riff([vp8x(...size), taken(base['still.webp']!, 'VP8 ')]), 2 ** 24, false],
    ['moving.webp', (size) => riff([vp8x(size[0], size[1], 2)]), 2 ** 24, false],
    ['lossless.webp', (size) => lossless(...size), 16_384, false],
    ['lossy.webp', (size) => lossy(base, ...size), 16_383, true],
  ];
}

export function dimensionCases(base: Base): Item[] {
  const items: Item[] = [];
  for (const [name, write, most, zero] of writers(base)) {
    const largest = most === 65_535 ? [] : [[most, most] as const];
    const sizes = [...ENORMOUS, ...largest].filter(([w, h]) => w <= most && h <= most);
    for (const size of sizes) {
      const area = size[0] * size[1];
      if (area <= 64_000_000 && Math.max(...size) <= 16_384) continue;
      items.push(
        refused(`${area === 529e6 ? 'I01' : 'I02'} ${name} ${size.join(' × ')}`, name, 'too-large', () =>
          write(size),
        ),
      );
    }
    if (!zero) continue;
    for (const size of EMPTY)
      items.push(refused(`I02 ${name} ${size.join(' × ')}`, name, 'damaged-file', () => write(size)));
  }
  return [...items, ...signs(), ...mismatches(base)];
}

function signs(): Item[] {
  return [
    refused('I02 negative BMP height', 'a.bmp', 'unsupported-format', () => bmpHead(10, -10, 24)),
    refused('I02 negative BMP width', 'a.bmp', 'damaged-file', () => bmpHead(-10, 10, 24)),
    refused('I02 least BMP height', 'a.bmp', 'damaged-file', () => bmpHead(10, -(2 ** 31), 24)),
    refused('I02 PNG width of 2^32 − 1', 'a.png', 'damaged-file', () => bombPng(2 ** 32 - 1, 1)),
  ];
}

/** I06, I04: canvas and frame disagree. */
function mismatches(base: Base): Item[] {
  const vp8 = taken(base['still.webp']!, 'VP8 ');
  const size = { width: 48, height: 32 };
  const still = (width: number, height: number) => riff([vp8x(width, height), vp8]);
  const moving = (frame: { x?: number; y?: number; width: number; height: number }) =>
    riff([vp8x(48, 32, 2), anmf(size, vp8), anmf({ ...frame }, vp8)]);
  const large = { width: 30, height: 30, pixel: () => 1 };
  return [
    refused('I06 WebP canvas larger than its picture', 'a.webp', 'damaged-file', () => still(480, 320)),
    refused('I06 WebP canvas smaller than its picture', 'a.webp', 'damaged-file', () => still(4, 4)),
    error('I06 WebP frame beyond its canvas', 'a.webp', () => moving({ x: 10, ...size })),
    error('I06 WebP frame larger than its bitstream', 'a.webp', () => moving({ width: 40, height: 30 })),
    error('I06 WebP frame without a bitstream', 'a.webp', () =>
      riff([vp8x(48, 32, 2), anmf(size, new Uint8Array(0))]),
    ),
    error('I04 GIF frame larger than its canvas', 'a.gif', () => gif(10, 10, [large])),
    error('I04 GIF frame beside its canvas', 'a.gif', () => gif(40, 40, [{ ...large, left: 20 }])),
  ];
}

function error(id: string, name: string, bytes: Item['bytes']): Item {
  return { id, name, expect: 'error', code: 'damaged-file', bytes };
}
