/** I10, I11: files cut short, broken on purpose, and changed at random. */
import { PNG_SIGNATURE, pngChunk, pngIhdrBytes, zlibStored } from '../../../src/core/image/png-write';
import { bmp } from '../encoders/bmp';
import { joined } from '../encoders/bytes';
import { gif } from '../encoders/gif';
import { apng, END, png, rows } from '../encoders/png';
import type { Base, Item } from '../item';
import { Random } from '../random';

const SIZE = { width: 48, height: 32 };
const CUTS = [0.1, 0.25, 0.5, 0.75, 0.9];

/** Valid pictures of every format, by name. */
export function validFiles(base: Base): Readonly<Record<string, Uint8Array>> {
  return {
    'still.jpg': base['still.jpg']!,
    'progressive.jpg': base['progressive.jpg']!,
    'rgb.png': png(SIZE),
    'alpha.png': png({ ...SIZE, colour: 6 }),
    'palette.png': png({ ...SIZE, colour: 3 }),
    'moving.png': apng(24, 16, 6),
    'still.webp': base['still.webp']!,
    'alpha.webp': base['alpha.webp']!,
    'moving.webp': base['moving.webp']!,
    'still.avif': base['still.avif']!,
    'moving.avif': base['moving.avif']!,
    'still.gif': gif(48, 32, [{ ...SIZE, pixel: (i) => i % 120 }]),
    'moving.gif': gif(
      48,
      32,
      [1, 2, 3].map((step) => ({ ...SIZE, pixel: (i) => (i * step) % 120 })),
    ),
    'plain.bmp': bmp(SIZE),
    'alpha.bmp': bmp({ ...SIZE, depth: 32 }),
  };
}

export function validCases(base: Base): Item[] {
  return Object.entries(validFiles(base)).map(([name, bytes]) => ({
    id: `valid ${name}`,
    name,
    expect: 'pixels',
    bytes: () => bytes,
  }));
}

export function cutCases(base: Base): Item[] {
  return Object.entries(validFiles(base)).flatMap(([name, bytes]) => [
    ...CUTS.map(
      (part): Item => ({
        id: `I10 ${name} cut at ${part * 100} %`,
        name,
        expect: 'cut',
        bytes: () => bytes.slice(0, Math.floor(bytes.length * part)),
      }),
    ),
    { id: `I10 ${name} without its last byte`, name, expect: 'cut', bytes: () => bytes.slice(0, -1) },
    {
      id: `I10 ${name} with a second half of zeros`,
      name,
      // The container still adds up where its lengths are written at the front; a decoder then has the last word.
      expect: /jpg|png|still\.gif|moving\.gif/.test(name) ? 'cut' : 'any',
      bytes: () => bytes.map((byte, i) => (i < bytes.length / 2 ? byte : 0)),
    },
  ]);
}

/** In the manner of PngSuite's x* files, and a few more: what each breaks is its name. */
export function brokenPngs(): Item[] {
  const whole = png(SIZE);
  const ihdr = (depth: number, colour: number) => pngChunk('IHDR', pngIhdrBytes(48, 32, colour, depth));
  const data = pngChunk('IDAT', zlibStored(rows(SIZE)));
  const from = (...chunks: Uint8Array[]) => joined([PNG_SIGNATURE, ...chunks]);
  const changed = (at: number, value: number) => whole.map((byte, i) => (i === at ? value : byte));
  const half = zlibStored(rows({ ...SIZE, rows: 16 }));
  const broken: [string, Item['expect'], Uint8Array][] = [
    ['first byte of the signature changed', 'error', changed(0, 0x88)],
    ['signature with line feeds converted', 'error', joined([whole.subarray(0, 4), whole.subarray(5)])],
    ['depth 0', 'error', from(ihdr(0, 2), data, END)],
    ['depth 3', 'error', from(ihdr(3, 0), data, END)],
    ['depth 99', 'error', from(ihdr(99, 2), data, END)],
    ['colour type 1', 'error', from(ihdr(8, 1), data, END)],
    ['colour type 9', 'error', from(ihdr(8, 9), data, END)],
    ['compression method 1', 'error', changed(26, 1)],
    ['filter method 1', 'error', changed(27, 1)],
    ['interlace method 2', 'error', changed(28, 2)],
    ['no IHDR', 'error', from(data, END)],
    ['no IDAT', 'error', from(ihdr(8, 2), END)],
    ['no IEND', 'cut', from(ihdr(8, 2), data)],
    ['chunk type with a digit', 'error', from(ihdr(8, 2), pngChunk('1DAT', new Uint8Array(4)), data, END)],
    ['palette picture without a palette', 'any', from(ihdr(8, 3), data, END)],
    ['checksum of IHDR wrong', 'any', changed(29, whole[29]! ^ 255)],
    ['checksum of IDAT wrong', 'any', changed(whole.length - 13, whole[whole.length - 13]! ^ 255)],
    ['half of its rows', 'cut', from(ihdr(8, 2), pngChunk('IDAT', half), END)],
    [
      'half of its compressed data',
      'cut',
      from(ihdr(8, 2), pngChunk('IDAT', zlibStored(rows(SIZE)).subarray(0, 2000)), END),
    ],
    ['empty IDAT', 'cut', from(ihdr(8, 2), pngChunk('IDAT', new Uint8Array(0)), END)],
    [
      'zlib header wrong',
      'any',
      from(ihdr(8, 2), pngChunk('IDAT', Uint8Array.of(0, 0, ...zlibStored(rows(SIZE)).subarray(2))), END),
    ],
    ['two IHDR', 'any', from(ihdr(8, 2), ihdr(8, 6), data, END)],
    [
      'a filter type that does not exist',
      'any',
      from(ihdr(8, 2), pngChunk('IDAT', zlibStored(rows(SIZE).map((byte, i) => (i === 0 ? 9 : byte)))), END),
    ],
  ];
  return broken.map(([what, expect, bytes]) => ({
    id: `I11 PNG: ${what}`,
    name: 'broken.png',
    expect,
    bytes: () => bytes,
  }));
}

const MUTATED = [
  'still.jpg',
  'alpha.png',
  'still.webp',
  'still.avif',
  'still.gif',
  'plain.bmp',
  'progressive.jpg',
  'moving.webp',
];

/** `count` files with one to eight random edits each. */
export function mutations(base: Base, count: number, seed: number): Item[] {
  const files = validFiles(base);
  return Array.from({ length: count }, (_, i) => {
    const name = MUTATED[i % MUTATED.length]!;
    return {
      id: `I11 ${name} mutation ${i}`,
      name,
      expect: 'any',
      bytes: () => mutated(files[name]!, seed + i),
    };
  });
}

function mutated(bytes: Uint8Array, seed: number): Uint8Array {
  const random = new Random(seed);
  let result = bytes.slice();
  for (let edits = 1 + random.below(8); edits > 0; edits--) {
    // Half of all edits hit the first 64 bytes: that is where headers are.
    const at = random.below(random.next() < 0.5 ? Math.min(64, result.length) : result.length);
    const length = 1 + random.below(16);
    const noise = Uint8Array.from({ length }, () => random.below(256));
    const kind = random.below(4);
    if (kind === 0) result[at] = random.below(256);
    else if (kind === 1) result[at] = result[at]! ^ (1 << random.below(8));
    else if (kind === 2) result = joined([result.subarray(0, at), noise, result.subarray(at)]);
    else result = joined([result.subarray(0, at), result.subarray(Math.min(result.length, at + length))]);
  }
  return result;
}
