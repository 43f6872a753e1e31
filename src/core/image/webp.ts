/** WebP (RFC 9649): RIFF chunks, canvas and frame sizes, and the walk over all of them. */
import { checkDimensions } from './dimensions';
import { exifOrientation, type Orientation } from './exif';
import { MAX_HEADER_BLOCKS } from './limits';
import { cutShort, damaged, need, type Parse, tag } from './ranges';
import type { FormatHeader, Structure } from './types';

const FIRST_CHUNK = 12;
const FLAG_ANIMATION = 0x02;
/** x, y, width − 1, height − 1, duration: 24 bits each, then a byte of flags. */
const ANMF_BYTES = 16;

interface Chunk {
  readonly type: string;
  readonly start: number;
  readonly length: number;
  /** Chunks are padded to even length. */
  readonly next: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Bytes of the file the RIFF header claims, padded as RIFF pads. */
function* riffEnd(size: number): Parse<number> {
  const view = yield* need(size, 4, 4, 'header');
  return view.getUint32(0, true) + 8;
}

function* chunkAt(end: number, at: number): Parse<Chunk> {
  const view = yield* need(end, at, 8, 'chunks');
  const length = view.getUint32(4, true);
  return { type: tag(view, 0), start: at + 8, length, next: at + 8 + length + (length % 2) };
}

export function* webpHeader(size: number): Parse<FormatHeader> {
  const first = yield* chunkAt(size, FIRST_CHUNK);
  const still = { orientation: 1 as Orientation, animated: false, frames: 1 };
  if (first.type === 'VP8 ' || first.type === 'VP8L') {
    const dimensions = yield* bitstreamSize(size, first);
    // VP8L's alpha bit is a hint that a decoder may ignore (RFC 9649, 3.4).
    return { ...dimensions, ...still, hasAlpha: first.type === 'VP8L' ? 'maybe' : 'no' };
  }
  if (first.type !== 'VP8X') throw damaged('the WebP has no picture chunk');
  const view = yield* need(size, first.start, 10, 'header');
  const canvas = { width: 1 + uint24(view, 4), height: 1 + uint24(view, 7) };
  checkDimensions('WebP', canvas.width, canvas.height);
  if ((view.getUint8(0) & FLAG_ANIMATION) !== 0)
    return { ...canvas, orientation: 1, animated: true, hasAlpha: 'maybe' };
  yield* stillInCanvas(size, first.next, canvas);
  return { ...canvas, ...still, hasAlpha: 'maybe' };
}

/** I06: a picture of another size than its canvas would be judged in one size and seen in the other. */
function* stillInCanvas(size: number, start: number, canvas: Size): Parse<void> {
  let at = start;
  for (let blocks = 0; blocks < MAX_HEADER_BLOCKS; blocks++) {
    const chunk = yield* chunkAt(size, at);
    if (chunk.type === 'VP8 ' || chunk.type === 'VP8L') {
      const picture = yield* bitstreamSize(size, chunk);
      if (picture.width !== canvas.width || picture.height !== canvas.height)
        throw damaged(
          `the WebP's canvas is ${canvas.width} × ${canvas.height} and its picture ${picture.width} × ${picture.height}`,
        );
      return;
    }
    at = chunk.next;
  }
  throw damaged('the WebP has no picture chunk');
}

/** Dimensions inside a VP8 key frame (RFC 6386, 9.1) or a VP8L bitstream (RFC 9649, 3.4). */
function* bitstreamSize(size: number, chunk: Chunk): Parse<Size> {
  if (chunk.type === 'VP8L') {
    const view = yield* need(size, chunk.start, 5, 'header');
    if (view.getUint8(0) !== 0x2f) throw damaged('the WebP bitstream has no signature');
    const bits = view.getUint32(1, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  const view = yield* need(size, chunk.start, 10, 'header');
  if ((view.getUint8(0) & 1) !== 0 || view.getUint16(3) !== 0x9d01 || view.getUint8(5) !== 0x2a)
    throw damaged('the WebP bitstream does not start with a key frame');
  return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
}

export function* webpStructure(size: number): Parse<Structure> {
  const end = yield* riffEnd(size);
  if (end > size) throw cutShort('image data');
  let canvas: Size | undefined;
  let pictures = 0;
  let frames = 0;
  let turned = false;
  for (let at = FIRST_CHUNK; at + 8 <= end; ) {
    const chunk = yield* chunkAt(end, at);
    if (chunk.start + chunk.length > end) throw cutShort('chunks');
    if (chunk.type === 'VP8X') {
      const view = yield* need(end, chunk.start, 10, 'header');
      canvas = { width: 1 + uint24(view, 4), height: 1 + uint24(view, 7) };
    }
    if (chunk.type === 'VP8 ' || chunk.type === 'VP8L') pictures++;
    if (chunk.type === 'ANMF') yield* checkFrame(end, chunk, canvas, ++frames);
    if (chunk.type === 'EXIF') turned ||= yield* isTurned(end, chunk);
    at = chunk.next;
  }
  if (pictures + frames === 0) throw damaged('the WebP has no picture');
  return { frames: Math.max(1, frames), end: Math.min(end, size), ...(turned ? { notes: [TURNED] } : {}) };
}

/** Chromium 156 ignores EXIF in a WebP; a picture is judged as the browser shows it. */
const TURNED = 'Its EXIF asks for a turn; it was judged as this browser shows it.';

function* isTurned(end: number, chunk: Chunk): Parse<boolean> {
  const view = yield* need(end, chunk.start, chunk.length, 'metadata');
  // Some writers keep JPEG's prefix.
  const prefix = view.byteLength >= 6 && tag(view, 0) === 'Exif' ? 6 : 0;
  return exifOrientation(new DataView(view.buffer, view.byteOffset + prefix, view.byteLength - prefix)) !== 1;
}

/** An animation's frame lies within the canvas, and its bitstream has the size the frame announces. */
function* checkFrame(end: number, chunk: Chunk, canvas: Size | undefined, number: number): Parse<void> {
  if (canvas === undefined) throw damaged('the WebP is animated without a canvas');
  const view = yield* need(end, chunk.start, ANMF_BYTES, 'frame header');
  const frame = { width: 1 + uint24(view, 6), height: 1 + uint24(view, 9) };
  if (2 * uint24(view, 0) + frame.width > canvas.width || 2 * uint24(view, 3) + frame.height > canvas.height)
    throw damaged(`frame ${number} is larger than the picture`);
  const frameEnd = chunk.start + chunk.length;
  for (let at = chunk.start + ANMF_BYTES; at < frameEnd; ) {
    const part = yield* chunkAt(frameEnd, at);
    if (part.start + part.length > frameEnd) throw cutShort(`frame ${number}`);
    if (part.type === 'VP8 ' || part.type === 'VP8L') {
      const picture = yield* bitstreamSize(frameEnd, part);
      if (picture.width !== frame.width || picture.height !== frame.height)
        throw damaged(`frame ${number} has another size than it announces`);
      return;
    }
    at = part.next;
  }
  throw damaged(`frame ${number} is empty`);
}

function uint24(view: DataView, offset: number): number {
  return view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
}
