/** JPEG (ITU-T T.81 annex B): markers up to the frame header, and the walk that finds the end of the image. */
import { exifOrientation, type Orientation } from './exif';
import { MAX_HEADER_BLOCKS } from './limits';
import { cutShort, damaged, need, type Parse, tag } from './ranges';
import { notChecked } from './sniff';
import type { FormatHeader, Structure } from './types';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
const TEM = 0x01;
/** Start-of-frame markers; C4, C8 and CC between them mean other things. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;
/** Baseline, extended and progressive Huffman: the processes browsers decode. */
const DECODED_FRAMES = [0xc0, 0xc1, 0xc2];

interface Segment {
  readonly marker: number;
  /** Of its parameters, after the length. */
  readonly start: number;
  readonly length: number;
  /** Where the next marker is expected. */
  readonly next: number;
}

export function* jpegHeader(size: number): Parse<FormatHeader> {
  let orientation: Orientation | undefined;
  let at = 2;
  for (let blocks = 0; blocks < MAX_HEADER_BLOCKS; blocks++) {
    const segment = yield* nextSegment(size, at);
    if (isFrame(segment.marker)) return yield* frameHeader(size, segment, orientation ?? 1);
    if (segment.marker === EOI || segment.marker === SOS)
      throw damaged('the JPEG has no frame header before its data');
    // The first EXIF segment counts, as in browsers.
    if (segment.marker === APP1) orientation ??= yield* orientationOf(size, segment);
    at = segment.next;
  }
  throw damaged(`the JPEG has more than ${MAX_HEADER_BLOCKS} segments before its picture`);
}

function* frameHeader(size: number, segment: Segment, orientation: Orientation): Parse<FormatHeader> {
  const frame = yield* need(size, segment.start, 6, 'header');
  if (!DECODED_FRAMES.includes(segment.marker))
    throw notChecked(
      'JPEG in a lossless, hierarchical or arithmetic form',
      'Save it as an ordinary JPEG or PNG.',
    );
  if (frame.getUint8(0) !== 8)
    throw notChecked(`JPEG with ${frame.getUint8(0)} bits per channel`, 'Save it with 8 bits per channel.');
  if (frame.getUint8(5) === 4) throw notChecked('CMYK JPEG', 'Save it as RGB.');
  return {
    width: frame.getUint16(3),
    height: frame.getUint16(1),
    orientation,
    animated: false,
    frames: 1,
    hasAlpha: 'no',
  };
}

/** The segment at `at`, with any fill bytes before its marker skipped. */
function* nextSegment(size: number, at: number): Parse<Segment> {
  let start = yield* skipPadding(size, at);
  let view = yield* need(size, start, 2, 'header');
  while (view.getUint8(1) === 0xff) view = yield* need(size, ++start, 2, 'header');
  const marker = view.getUint8(1);
  if (marker === SOI || marker === EOI || marker === TEM || isRestart(marker))
    return { marker, start: start + 2, length: 0, next: start + 2 };
  const length = (yield* need(size, start + 2, 2, 'header')).getUint16(0);
  if (length < 2) throw damaged('a JPEG segment is shorter than its own length');
  return { marker, start: start + 4, length: length - 2, next: start + 2 + length };
}

/** Padding between segments: libjpeg skips it, so it is no damage. More than a segment's worth is not padding. */
function* skipPadding(size: number, at: number): Parse<number> {
  if ((yield* need(size, at, 2, 'header')).getUint8(0) === 0xff) return at;
  const view = yield { start: at, end: Math.min(size, at + 0x10000) };
  for (let i = 0; i + 1 < view.byteLength; i++) {
    if (view.getUint8(i) === 0xff && view.getUint8(i + 1) !== 0) return at + i;
  }
  throw at + 0x10000 >= size ? cutShort('header') : damaged('a JPEG marker is missing');
}

/** Undefined when the segment is not EXIF (it may be XMP). */
function* orientationOf(size: number, segment: Segment): Parse<Orientation | undefined> {
  if (segment.length < 6) return undefined;
  const view = yield* need(size, segment.start, segment.length, 'metadata');
  if (tag(view, 0) !== 'Exif') return undefined;
  return exifOrientation(new DataView(view.buffer, view.byteOffset + 6, view.byteLength - 6));
}

/** Finds the EOI after the last scan; whatever follows it is not the picture. */
export function* jpegStructure(size: number): Parse<Structure> {
  let at = 2;
  let scans = 0;
  for (;;) {
    const segment = yield* nextSegment(size, at);
    if (segment.marker === EOI) break;
    at = segment.next;
    if (segment.marker !== SOS) continue;
    scans++;
    at = yield* endOfScan(size, at);
  }
  if (scans === 0) throw damaged('the JPEG has no image data');
  return { frames: 1, end: at + 2 };
}

const WINDOW = 64 * 1024;

/** The next marker after entropy-coded data: an FF that is neither stuffed (FF00), a restart nor fill. */
function* endOfScan(size: number, start: number): Parse<number> {
  let at = start;
  while (at < size) {
    const view = yield { start: at, end: Math.min(size, at + WINDOW) };
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    let found = bytes.indexOf(0xff);
    for (; found >= 0 && found + 1 < bytes.length; found = bytes.indexOf(0xff, found + 1)) {
      const marker = bytes[found + 1]!;
      if (marker !== 0 && marker !== 0xff && !isRestart(marker)) return at + found;
    }
    // An FF that is the window's last byte is looked at again with its successor.
    at += found >= 0 && bytes.length > 1 ? found : bytes.length;
  }
  throw cutShort('image data');
}
