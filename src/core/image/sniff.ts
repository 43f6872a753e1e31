/** What a file is, by its first bytes. Names and declared types are hostile and never asked. */
import { UnsupportedError } from '../errors';
import { tag } from './ranges';
import type { ImageFormat } from './types';

/** Bytes `sniff` looks at: enough for a prologue of comments before `<svg`. */
export const SNIFF_BYTES = 4096;

const PNG_JPEG_GIF_BMP: readonly (readonly [string, ImageFormat])[] = [
  ['\x89PNG\r\n\x1a\n', 'PNG'],
  ['\xff\xd8\xff', 'JPEG'],
  ['GIF87a', 'GIF'],
  ['GIF89a', 'GIF'],
];

/** Magic bytes of what people drop by mistake, and its name in a sentence "… is not checked". */
const OTHERS: readonly (readonly [string, string])[] = [
  ['II*\0', 'TIFF'],
  ['MM\0*', 'TIFF'],
  ['II+\0', 'TIFF'],
  ['MM\0+', 'TIFF'],
  ['\xff\x0a', 'JPEG XL'],
  ['\0\0\0\x0cJXL ', 'JPEG XL'],
  ['\0\0\0\x0cjP  ', 'JPEG 2000'],
  ['\xff\x4f\xff\x51', 'JPEG 2000'],
  ['II\xbc', 'JPEG XR'],
  ['8BPS', 'Photoshop (PSD)'],
  ['\0\0\x01\0', 'An icon file (ICO)'],
  ['%PDF', 'PDF'],
  ['PK\x03\x04', 'A ZIP archive'],
  ['PK\x05\x06', 'A ZIP archive'],
  ['\x1f\x8b', 'A gzip archive'],
  ['Rar!', 'A RAR archive'],
  ['7z\xbc\xaf\x27\x1c', 'A 7-Zip archive'],
  ['\x1a\x45\xdf\xa3', 'Video'],
  ['OggS', 'Sound or video'],
  ['fLaC', 'Sound'],
  ['ID3', 'Sound'],
];

/** ISO base media brands (the MP4 registration authority's list): pictures first, the rest is video. */
const AVIF_BRANDS = ['avif', 'avis'];
const HEIF_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1'];

/** The format of a picture Winnow reads. Throws `unsupported-format`, naming what it is instead. */
export function sniff(view: DataView): ImageFormat {
  const head = latin1(view, 0, Math.min(view.byteLength, 16));
  for (const [magic, format] of PNG_JPEG_GIF_BMP) if (head.startsWith(magic)) return format;
  if (head.startsWith('RIFF')) return riff(head);
  if (head.slice(4, 8) === 'ftyp') return isoMedia(view);
  if (head.startsWith('BM') && isBmp(view)) return 'BMP';
  for (const [magic, name] of OTHERS) if (head.startsWith(magic)) throw notChecked(name);
  throw notChecked(textKind(view) ?? 'A file of unknown kind');
}

/** "HEIC is not checked …" with what to do about it. */
export function notChecked(
  name: string,
  next = 'Convert it to JPEG or PNG, or look at it yourself.',
): UnsupportedError {
  return new UnsupportedError('unsupported-format', `${name} is not checked. ${next}`);
}

function riff(head: string): ImageFormat {
  const form = head.slice(8, 12);
  if (form === 'WEBP') return 'WebP';
  throw notChecked(form === 'AVI ' ? 'Video' : 'A RIFF file');
}

function isoMedia(view: DataView): ImageFormat {
  const end = Math.min(view.getUint32(0), view.byteLength);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += at === 8 ? 8 : 4) brands.push(tag(view, at));
  if (brands.some((brand) => AVIF_BRANDS.includes(brand))) return 'AVIF';
  throw notChecked(brands.some((brand) => HEIF_BRANDS.includes(brand)) ? 'HEIC' : 'Video');
}

/** Two letters are too little to go by: the size of the second header must be one that exists. */
function isBmp(view: DataView): boolean {
  return view.byteLength < 18 || [12, 16, 40, 52, 56, 64, 108, 124].includes(view.getUint32(14, true));
}

/** SVG, HTML, XML or text; null for bytes that are none of them. */
function textKind(view: DataView): string | null {
  const text = latin1(view, 0, view.byteLength)
    .replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .replaceAll('\0', '')
    .toLowerCase();
  if (/<svg[\s>/:]|<!doctype svg|http:\/\/www\.w3\.org\/2000\/svg/.test(text)) return 'SVG';
  if (/^\s*<(!doctype html|html|head|body|script|iframe|meta|!--)/.test(text)) return 'A web page (HTML)';
  if (/^\s*<\?xml/.test(text)) return 'XML';
  return [...text].some(isControl) ? null : 'Text';
}

/** Control characters other than tab, line feed, form feed, return and escape do not occur in text. */
function isControl(character: string): boolean {
  const code = character.charCodeAt(0);
  return code < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(code);
}

function latin1(view: DataView, start: number, end: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + start, end - start);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
