/** I03, I04, I05: little on the wire, much to do. */
import { pngChunk } from '../../../src/core/image/png-write';
import { ascii, joined, u32be } from '../encoders/bytes';
import { gifFrame, gifHead } from '../encoders/gif';
import { apng, bomb, png } from '../encoders/png';
import { anmf, riff, taken, vp8x } from '../encoders/webp';
import { type Base, type Item, refused } from '../item';

const SMALL = { width: 16, height: 16 };

export function bombCases(base: Base): Item[] {
  return [...deflateBombs(), ...metadataBombs(), ...animations(base)];
}

function deflateBombs(): Item[] {
  return [
    {
      id: 'I03 50 MB of zeros in the data of 16 × 16 pixels',
      name: 'bomb.png',
      expect: 'any',
      bytes: async () => png({ ...SMALL, data: await bomb(50e6) }),
    },
    {
      id: 'I03 64 megapixels within the limits, from 24 KB',
      name: 'bomb.png',
      expect: 'any',
      bytes: async () => png({ width: 8000, height: 8000, colour: 0, data: await bomb(8000 * 8001) }),
    },
    {
      id: 'I03 64 megapixels of transparency, from 250 KB',
      name: 'bomb.png',
      expect: 'any',
      slow: true,
      bytes: async () => png({ width: 8000, height: 8000, colour: 6, data: await bomb(8000 * 32_001) }),
    },
  ];
}

function metadataBombs(): Item[] {
  const chunks: [string, Uint8Array][] = [
    ['iTXt', joined([ascii('k\0\x01\0\0\0'), new Uint8Array(9e6)])],
    ['zTXt', joined([ascii('k\0\0'), new Uint8Array(9e6)])],
    ['iCCP', joined([ascii('k\0\0'), new Uint8Array(9e6)])],
    ['eXIf', joined([ascii('MM\0*'), new Uint8Array(9e6)])],
  ];
  const huge = chunks.map(([type, data]) =>
    refused(`I03 ${type} of 9 MB`, 'a.png', 'damaged-file', () =>
      png({ ...SMALL, before: [pngChunk(type, data)] }),
    ),
  );
  const inflating = (['iTXt', 'zTXt', 'iCCP'] as const).map(
    (type): Item => ({
      id: `I03 ${type} that inflates to 50 MB`,
      name: 'a.png',
      expect: 'any',
      bytes: async () => {
        const prefix = ascii(type === 'iTXt' ? 'k\0\x01\0\0\0' : 'k\0\0');
        return png({ ...SMALL, before: [pngChunk(type, joined([prefix, await bomb(50e6)]))] });
      },
    }),
  );
  const lying = joined([png(SMALL).subarray(0, 33), u32be(0xfffffff0), ascii('iTXt'), new Uint8Array(64)]);
  const flood = Array.from({ length: 5000 }, () => pngChunk('tEXt', ascii('k\0v')));
  return [
    ...huge,
    ...inflating,
    refused('I03 chunk length of 4 GB', 'a.png', 'damaged-file', () => lying),
    refused('I03 5,000 chunks before the picture', 'a.png', 'damaged-file', () =>
      png({ ...SMALL, before: flood }),
    ),
  ];
}

function animations(base: Base): Item[] {
  const vp8 = taken(base['still.webp']!, 'VP8 ');
  const size = { width: 48, height: 32 };
  const sampled = /^8 of (12|30|60|300|100000|2000) frames were checked\.$/;
  const item = (id: string, name: string, bytes: Item['bytes']): Item => ({
    id,
    name,
    expect: 'pixels',
    note: sampled,
    bytes,
  });
  return [
    item('I04 GIF of 100,000 frames', 'long.gif', () => manyFrames(100_000)),
    item('I04 GIF of 30 frames', 'short.gif', () => manyFrames(30)),
    item('I05 APNG of 60 frames', 'moving.png', () => apng(24, 16, 60)),
    item('I05 APNG of 2,000 frames', 'long.png', () => apng(8, 8, 2000)),
    item('I05 WebP of 12 frames', 'moving.webp', () => base['moving.webp']!),
    item('I05 WebP of 300 frames', 'long.webp', () =>
      riff([
        vp8x(48, 32, 2),
        joined([ascii('ANIM'), Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0, 0, 0)]),
        ...Array.from({ length: 300 }, () => anmf(size, vp8)),
      ]),
    ),
    item('I05 AVIF of 12 frames', 'moving.avif', () => base['moving.avif']!),
    {
      id: 'I05 APNG whose still picture is no frame',
      name: 'a.png',
      expect: 'pixels',
      note: /^The still picture that viewers without animation show was not checked\.$/,
      bytes: () => apng(24, 16, 5, 5, true),
    },
    {
      id: 'I05 APNG with fewer frames than announced',
      name: 'a.png',
      expect: 'cut',
      bytes: () => apng(24, 16, 5, 50),
    },
  ];
}

/** Frames of 8 × 8 that each paint one colour; a partial frame in between, so that frames depend on others. */
function manyFrames(count: number): Uint8Array {
  const frames = Array.from({ length: 16 }, (_, i) =>
    gifFrame({ left: i % 2, top: 0, width: 8 - (i % 2), height: 8, pixel: () => i * 7 + 1 }),
  );
  return joined([
    gifHead(8, 8),
    ...Array.from({ length: count }, (_, i) => frames[i % 16]!),
    Uint8Array.of(0x3b),
  ]);
}
