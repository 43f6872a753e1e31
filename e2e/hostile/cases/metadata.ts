/** I12, I17: EXIF and names, both written by strangers. */
import { ascii } from '../encoders/bytes';
import { exif, segment, withSegments } from '../encoders/jpeg';
import { png } from '../encoders/png';
import type { Base, Item } from '../item';

export function metadataCases(base: Base): Item[] {
  const pixels = (id: string, bytes: Item['bytes'], name = 'a.jpg'): Item => ({
    id,
    name,
    expect: 'pixels',
    bytes,
  });
  const jpeg = base['still.jpg']!;
  const megabytes = Array.from({ length: 160 }, () => segment(0xe1, padding));
  return [
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((orientation) =>
      pixels(`I12 orientation ${orientation} with GPS`, () => withSegments(jpeg, [exif(orientation)])),
    ),
    pixels('I12 orientation 0', () => withSegments(jpeg, [exif(0)])),
    pixels('I12 orientation 200', () => withSegments(jpeg, [exif(200)])),
    pixels('I12 EXIF of 64 KB', () => withSegments(jpeg, [exif(6, 65_000)])),
    pixels('I12 EXIF of 10 MB', () => withSegments(jpeg, [exif(6), ...megabytes])),
    pixels('I12 EXIF cut short', () => withSegments(jpeg, [segment(0xe1, ascii('Exif\0\0MM'))])),
    pixels('I12 EXIF directory beyond its end', () =>
      withSegments(jpeg, [segment(0xe1, ascii('Exif\0\0MM\0*\x7f\xff\xff\xff\0\0\0\0'))]),
    ),
    ...Object.entries(NAMES).map(([kind, name]) =>
      pixels(`I17 name with ${kind}`, () => png({ width: 4, height: 4 }), name),
    ),
  ];
}

/** The most that one segment holds, under EXIF's name. */
const padding = new Uint8Array(65_533).map((_, i) => (i < 6 ? 'Exif\0\0'.charCodeAt(i) : i & 127));

const NAMES: Readonly<Record<string, string>> = {
  markup: '<img src=x onerror="globalThis.ran=true">.png',
  'a closing tag': '"></script><svg onload=alert(1)>.png',
  'right-to-left override': 'photo\u202Egnp.exe',
  'bidi isolates': '\u2066\u2067\u2068a\u2069.png',
  '4 KB': `${'pineapple'.repeat(455)}.png`,
  'a formula': '=cmd|/c calc!A1.png',
  'a null byte': 'a.png\0.jpg',
  'line feeds': 'a\r\nContent-Type: text/html\r\n\r\n.png',
  'a path': '../../../../etc/passwd',
  'a prototype': '__proto__',
  'a lone surrogate': '\ud800.png',
  'combining marks': `a${'\u0300'.repeat(200)}.png`,
  'nothing but dots': '....',
  'a markup extension': 'a.<b>',
  'nothing at all': '',
};
