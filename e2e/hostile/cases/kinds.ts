/** I07, I08, I09, I13, I14: files that are not what they seem, and formats that are not checked. */

import { zlibStored } from '../../../src/core/image/png-write';
import { bmp } from '../encoders/bmp';
import { ascii, joined, u16le, u32be } from '../encoders/bytes';
import { type GifFrame, gif } from '../encoders/gif';
import { segment, withSegments } from '../encoders/jpeg';
import { png, rows } from '../encoders/png';
import { type Base, type Item, refused } from '../item';

const SMALL = { width: 16, height: 12 };
const ZIP = joined([
  ascii('PK\x03\x04'),
  new Uint8Array(26),
  ascii('a.txt'),
  ascii('PK\x05\x06'),
  new Uint8Array(18),
]);

const SVG = (body: string, prologue = '') =>
  `${prologue}<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">${body}</svg>`;

const SVGS: Readonly<Record<string, string>> = {
  script: SVG('<script>globalThis.ran = true</script>'),
  'event handler': SVG('<rect width="9" height="9" onload="globalThis.ran = true"/>'),
  foreignObject: SVG(
    '<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml">x</body></foreignObject>',
  ),
  'external image': SVG('<image href="/egress/image.png" width="9" height="9"/>'),
  'external style': SVG(
    '<style>@import "/egress/style.css"; rect { fill: url(/egress/fill.svg#a) }</style><rect width="9" height="9"/>',
  ),
  'entity bomb': SVG(
    '<text>&c;</text>',
    '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
  ),
  'recursive use': SVG('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g><use href="#a"/>'),
  'behind a long comment': SVG(
    '<rect width="9" height="9"/>',
    `<?xml version="1.0"?><!--${'x'.repeat(3000)}-->`,
  ),
};

export function kindCases(base: Base): Item[] {
  return [...svgs(), ...lies(base), ...polyglots(base), ...unsupported(base), ...empties()];
}

function svgs(): Item[] {
  return Object.entries(SVGS).flatMap(([kind, text]) => [
    refused(`I07 SVG with ${kind}`, 'a.svg', 'unsupported-format', () => ascii(text)),
    refused(`I07 SVG with ${kind}, named .png`, 'a.png', 'unsupported-format', () => ascii(text)),
  ]);
}

function lies(base: Base): Item[] {
  const pixels = (name: string, format: string, bytes: Item['bytes']): Item => ({
    id: `I08 ${format} named ${name}`,
    name,
    expect: 'pixels',
    note: new RegExp(`^Named \\.[a-z]+, but its content is ${format}\\.$`),
    bytes,
  });
  const html = ascii('<!doctype html><script>globalThis.ran = true</script><img src="/egress/beacon.png">');
  return [
    pixels('a.jpg', 'PNG', () => png(SMALL)),
    pixels('a.png', 'JPEG', () => base['still.jpg']!),
    pixels('a.gif', 'WebP', () => base['still.webp']!),
    pixels('a.webp', 'GIF', () => gif(16, 12, [picture()])),
    pixels('a.jpeg', 'AVIF', () => base['still.avif']!),
    pixels('a.txt', 'BMP', () => bmp(SMALL)),
    refused('I08 HTML named .jpg', 'a.jpg', 'unsupported-format', () => html),
    refused('I08 HTML behind a byte-order mark', 'a.jpg', 'unsupported-format', () =>
      joined([Uint8Array.of(0xef, 0xbb, 0xbf), html]),
    ),
    refused('I08 text named .png', 'a.png', 'unsupported-format', () => ascii('pineapple\n'.repeat(20))),
    refused('I08 JSON named .webp', 'a.webp', 'unsupported-format', () => ascii('{"__proto__":{"a":1}}')),
    refused('I08 noise named .avif', 'a.avif', 'unsupported-format', () =>
      new Uint8Array(999).map((_, i) => (i * i * 31) & 255),
    ),
    refused('I08 zeros named .bmp', 'a.bmp', 'unsupported-format', () => new Uint8Array(999)),
  ];
}

const picture = (): GifFrame => ({ width: 16, height: 12, pixel: (i) => i % 100 });

function polyglots(base: Base): Item[] {
  const pixels = (id: string, name: string, bytes: Item['bytes'], note?: RegExp): Item => ({
    id: `I09 ${id}`,
    name,
    expect: 'pixels',
    ...(note && { note }),
    bytes,
  });
  const tail = /^[\d,]+ bytes follow the picture; they were not checked\.$/;
  const comment = segment(0xfe, ascii('--><script>globalThis.ran = true</script><!--'));
  // The screen's width is the two characters of a comment's start.
  const script = joined([gif(0x2a2f, 12, [picture()]), ascii('*/=1;globalThis.ran=true;')]);
  return [
    pixels('PNG and ZIP', 'a.png', () => joined([png(SMALL), ZIP]), tail),
    pixels('JPEG and ZIP', 'a.jpg', () => joined([base['still.jpg']!, ZIP]), tail),
    pixels('WebP and ZIP', 'a.webp', () => joined([base['still.webp']!, ZIP]), tail),
    pixels('AVIF and ZIP', 'a.avif', () => joined([base['still.avif']!, ZIP]), tail),
    pixels('BMP and ZIP', 'a.bmp', () => joined([bmp(SMALL), ZIP]), tail),
    pixels('GIF and JavaScript', 'a.gif', () => script, tail),
    pixels('JPEG and a second JPEG', 'a.jpg', () => joined([base['still.jpg']!, base['chroma.jpg']!]), tail),
    pixels('JPEG and HTML in a comment', 'a.jpg', () => withSegments(base['still.jpg']!, [comment])),
    refused('I09 ZIP with a PNG in it', 'a.png', 'unsupported-format', () => joined([ZIP, png(SMALL)])),
    refused('I09 PDF with a JPEG in it', 'a.jpg', 'unsupported-format', () =>
      joined([ascii('%PDF-1.7\n'), base['still.jpg']!]),
    ),
  ];
}

const ftyp = (...brands: string[]) =>
  joined([
    u32be(16 + 4 * (brands.length - 1)),
    ascii(`ftyp${brands[0]}`),
    u32be(0),
    ...brands.slice(1).map(ascii),
    new Uint8Array(40),
  ]);

function unsupported(base: Base): Item[] {
  const deep = { ...SMALL, depth: 16 };
  const kinds: [string, Uint8Array][] = [
    ['HEIC', ftyp('heic', 'mif1', 'heic')],
    ['HEIF sequence', ftyp('msf1', 'hevc')],
    ['MP4 video', ftyp('isom', 'iso2', 'mp41')],
    ['QuickTime video', ftyp('qt  ')],
    ['JPEG XL', Uint8Array.of(0xff, 0x0a, 0xfa, 0x1f)],
    ['JPEG XL in boxes', joined([u32be(12), ascii('JXL \r\n\x87\n'), new Uint8Array(8)])],
    ['JPEG 2000', joined([u32be(12), ascii('jP  \r\n\x87\n'), new Uint8Array(8)])],
    ['TIFF little-endian', joined([ascii('II*\0'), new Uint8Array(30)])],
    ['TIFF big-endian', joined([ascii('MM\0*'), new Uint8Array(30)])],
    ['Photoshop', joined([ascii('8BPS\0\x01'), new Uint8Array(30)])],
    ['icon', joined([u16le(0, 1, 1), new Uint8Array(30)])],
    ['PDF', ascii('%PDF-1.7 \n%%EOF')],
    ['ZIP', ZIP],
    ['gzip', joined([Uint8Array.of(0x1f, 0x8b, 8), new Uint8Array(20)])],
    ['WebM', joined([Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3), new Uint8Array(40)])],
    ['AVI', joined([ascii('RIFF'), u32be(0), ascii('AVI '), new Uint8Array(20)])],
    ['MP3', joined([ascii('ID3\x04'), new Uint8Array(20)])],
    ['CMYK JPEG', base['cmyk.jpg']!],
    ['16-bit RGB PNG', png({ ...deep, colour: 2, data: zlibStored(rows({ ...deep, colour: 2 })) })],
    ['16-bit grey PNG', png({ ...deep, colour: 0, data: zlibStored(rows({ ...deep, colour: 0 })) })],
    [
      'arithmetic JPEG',
      base['still.jpg']!.map((byte, i, all) => (byte === 0xc0 && all[i - 1] === 0xff ? 0xc9 : byte)),
    ],
  ];
  return kinds.map(([kind, bytes]) => refused(`I13 ${kind}`, 'a.bin', 'unsupported-format', () => bytes));
}

function empties(): Item[] {
  return [
    refused('I14 0 bytes', 'a.jpg', 'empty-file', () => new Uint8Array(0)),
    refused('I14 one byte', 'a.jpg', 'unsupported-format', () => Uint8Array.of(0xff)),
    refused('I14 start of a JPEG and nothing else', 'a.jpg', 'damaged-file', () =>
      Uint8Array.of(0xff, 0xd8, 0xff),
    ),
    refused('I14 signature of a PNG and nothing else', 'a.png', 'damaged-file', () =>
      png(SMALL).subarray(0, 8),
    ),
    refused('I14 signature of a GIF and nothing else', 'a.gif', 'damaged-file', () => ascii('GIF89a')),
    refused('I14 51 MB', 'a.jpg', 'too-large', () => new Uint8Array(51 * 2 ** 20)),
  ];
}
