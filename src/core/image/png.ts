/** PNG (W3C, third edition, which includes APNG): chunks up to the image data, and the walk to IEND. */
import { checkDimensions } from './dimensions';
import { exifOrientation, type Orientation } from './exif';
import { MAX_HEADER_BLOCKS, MAX_PNG_METADATA_BYTES } from './limits';
import { cutShort, damaged, need, type Parse, type Range, tag } from './ranges';
import { notChecked } from './sniff';
import type { FormatHeader, Structure } from './types';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum around a chunk's data. */
const CHUNK_OVERHEAD = 12;
/** 11.2.1: sides and lengths stay below 2^31. */
const MAX_UINT31 = 0x7fff_ffff;
/** Bit depths allowed for each colour type, table 12. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
const METADATA = ['iCCP', 'iTXt', 'zTXt', 'eXIf'];

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA. */
  readonly colour: number;
  readonly interlaced: boolean;
}

interface Chunk {
  readonly type: string;
  readonly start: number;
  readonly length: number;
}

function* chunkAt(size: number, at: number): Parse<Chunk> {
  const view = yield* need(size, at, 8, 'chunks');
  const chunk = { type: tag(view, 4), start: at + 8, length: view.getUint32(0) };
  if (!/^[A-Za-z]{4}$/.test(chunk.type) || chunk.length > MAX_UINT31)
    throw damaged('the PNG has a chunk without a valid type or length');
  if (METADATA.includes(chunk.type) && chunk.length > MAX_PNG_METADATA_BYTES)
    throw damaged(
      `the PNG's ${chunk.type} metadata is ${Math.round(chunk.length / 1e6)} MB; the limit is ${MAX_PNG_METADATA_BYTES / 1e6}`,
    );
  if (chunk.start + chunk.length + 4 > size) throw cutShort('chunks');
  return chunk;
}

/** IHDR. Throws `damaged-file` when it breaks the format's rules. */
export function* pngIhdr(size: number): Parse<PngHeader> {
  const view = yield* need(size, SIGNATURE_BYTES, 8 + 13, 'header');
  if (tag(view, 4) !== 'IHDR' || view.getUint32(0) !== 13)
    throw damaged('the PNG does not start with its header');
  const header = {
    width: view.getUint32(8),
    height: view.getUint32(12),
    depth: view.getUint8(16),
    colour: view.getUint8(17),
    interlaced: view.getUint8(20) === 1,
  };
  if (header.width > MAX_UINT31 || header.height > MAX_UINT31)
    throw damaged(`the PNG header says ${header.width} × ${header.height} pixels`);
  if (!DEPTHS[header.colour]?.includes(header.depth) || view.getUint16(18) !== 0 || view.getUint8(20) > 1)
    throw damaged('the PNG header has a colour type, depth or method that does not exist');
  return header;
}

export function* pngHeader(size: number): Parse<FormatHeader> {
  const { width, height, depth, colour } = yield* pngIhdr(size);
  const found = { width, height, orientation: 1 as Orientation, animated: false, frames: 1 };
  // Before the chunks: the size is the reason to give, whatever else is wrong with a 102-byte bomb.
  checkDimensions('PNG', width, height);
  let alpha = colour >= 4;
  let at = SIGNATURE_BYTES + CHUNK_OVERHEAD + 13;
  for (let blocks = 0; ; blocks++) {
    if (blocks > MAX_HEADER_BLOCKS)
      throw damaged(`the PNG has more than ${MAX_HEADER_BLOCKS} chunks before its picture`);
    const chunk = yield* chunkAt(size, at);
    if (chunk.type === 'IDAT') break;
    if (chunk.type === 'IEND') throw damaged('the PNG has no image data');
    if (chunk.type === 'tRNS') alpha = true;
    if (chunk.type === 'acTL') {
      found.frames = (yield* need(size, chunk.start, 8, 'header')).getUint32(0);
      found.animated = found.frames > 1;
    }
    if (chunk.type === 'eXIf')
      found.orientation = exifOrientation(yield* need(size, chunk.start, chunk.length, 'metadata'));
    at = chunk.start + chunk.length + 4;
  }
  if (depth === 16) throw notChecked('PNG with 16 bits per channel', 'Save it with 8 bits per channel.');
  return { ...found, hasAlpha: alpha ? 'maybe' : 'no' };
}

/** APNG: image data before the first frame control is no frame; viewers without animation show it instead. */
const STILL_APART = 'The still picture that viewers without animation show was not checked.';

/** Every chunk up to IEND; for an animation also that every frame it announces is there and fits. */
export function* pngStructure(size: number): Parse<Structure> {
  const { width, height } = yield* pngIhdr(size);
  let announced = 0;
  let frames = 0;
  let apart = false;
  let at = SIGNATURE_BYTES;
  for (;;) {
    const chunk = yield* chunkAt(size, at);
    at = chunk.start + chunk.length + 4;
    if (chunk.type === 'IEND') break;
    if (chunk.type === 'acTL') announced = (yield* need(size, chunk.start, 8, 'header')).getUint32(0);
    if (chunk.type === 'IDAT' && frames === 0) apart = true;
    if (chunk.type !== 'fcTL') continue;
    frames++;
    const control = yield* need(size, chunk.start, 26, 'frame header');
    if (
      control.getUint32(12) + control.getUint32(4) > width ||
      control.getUint32(16) + control.getUint32(8) > height
    )
      throw damaged(`frame ${frames} is larger than the picture`);
  }
  if (frames < announced) throw damaged(`${announced} frames are announced and ${frames} are there`);
  const notes = apart && announced > 1 ? [STILL_APART] : [];
  return { frames: Math.max(1, announced), end: at, notes };
}

/** Where the compressed rows are. Adjoining chunks' data is not joined: their checksums lie between. */
export function* pngDataRanges(size: number): Parse<Range[]> {
  const ranges: Range[] = [];
  for (let at = SIGNATURE_BYTES; ; ) {
    const chunk = yield* chunkAt(size, at);
    if (chunk.type === 'IEND') return ranges;
    if (chunk.type === 'IDAT') ranges.push({ start: chunk.start, end: chunk.start + chunk.length });
    at = chunk.start + chunk.length + 4;
  }
}
