/** GIF89a: screen and first frame, and the walk over all blocks, which counts frames without decoding one. */
import { cutShort, damaged, need, type Parse } from './ranges';
import type { FormatHeader, Structure } from './types';

const SCREEN_BYTES = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

interface Screen {
  readonly width: number;
  readonly height: number;
  /** Of the first block after the global colour table. */
  readonly start: number;
}

function* screen(size: number): Parse<Screen> {
  const view = yield* need(size, 0, SCREEN_BYTES, 'header');
  return {
    width: view.getUint16(6, true),
    height: view.getUint16(8, true),
    start: SCREEN_BYTES + tableBytes(view.getUint8(10)),
  };
}

/** Bytes of the colour table that packed `flags` announce. */
function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** Whether there is more than one frame shows only after the first: `animated` is what the walk finds. */
export function* gifHeader(size: number): Parse<FormatHeader> {
  const { width, height } = yield* screen(size);
  return { width, height, orientation: 1, animated: false, hasAlpha: 'maybe' };
}

export function* gifStructure(size: number): Parse<Structure> {
  const { width, height, start } = yield* screen(size);
  let frames = 0;
  let at = start;
  for (;;) {
    const block = (yield* need(size, at, 1, 'blocks')).getUint8(0);
    if (block === TRAILER) break;
    if (block === EXTENSION) at = yield* skipSubBlocks(size, at + 2);
    else if (block === IMAGE) {
      frames++;
      const frame = yield* need(size, at, 10, 'frame header');
      if (
        frame.getUint16(1, true) + frame.getUint16(5, true) > width ||
        frame.getUint16(3, true) + frame.getUint16(7, true) > height
      )
        throw damaged(`frame ${frames} is larger than the picture`);
      // The table, then a byte with the code size, then the data.
      at = yield* skipSubBlocks(size, at + 10 + tableBytes(frame.getUint8(9)) + 1);
    } else throw damaged('the GIF has a block of unknown kind');
  }
  if (frames === 0) throw damaged('the GIF has no frame');
  return { frames, end: at + 1 };
}

const WINDOW = 32 * 1024;

/** Past a chain of sub-blocks of up to 255 bytes, which ends with an empty one. */
function* skipSubBlocks(size: number, start: number): Parse<number> {
  let at = start;
  while (at < size) {
    const view = yield { start: at, end: Math.min(size, at + WINDOW) };
    let within = 0;
    while (within < view.byteLength) {
      const length = view.getUint8(within);
      within += length + 1;
      if (length === 0) return at + within;
    }
    at += within;
  }
  throw cutShort('image data');
}
