/** ISO base media boxes (ISO/IEC 14496-12), as far as an AVIF needs them. */
import { cutShort, damaged, need, type Parse, tag } from './ranges';

export interface Box {
  readonly type: string;
  /** Of its content, after the header. */
  readonly start: number;
  readonly end: number;
}

/** The box at `at` of the file. `end` may lie beyond the file: the caller decides what that means. */
export function* fileBox(size: number, at: number): Parse<Box> {
  const view = yield* need(size, at, 8, 'boxes');
  const long = view.getUint32(0) === 1 ? yield* need(size, at, 16, 'boxes') : null;
  return boxFrom(view, 0, at, size, long === null ? null : Number(long.getBigUint64(8)));
}

/** The boxes between `start` and `end` of bytes in memory; offsets are into `view`. */
export function* boxes(view: DataView, start = 0, end = view.byteLength): Generator<Box, void> {
  for (let at = start; at + 8 <= end; ) {
    const long = view.getUint32(at) === 1 && at + 16 <= end ? Number(view.getBigUint64(at + 8)) : null;
    const box = boxFrom(view, at, at, end, long);
    if (box.end > end) throw cutShort('boxes');
    yield box;
    at = box.end;
  }
}

/** The first box of a type between two offsets, or undefined. */
export function child(view: DataView, type: string, start = 0, end = view.byteLength): Box | undefined {
  for (const box of boxes(view, start, end)) if (box.type === type) return box;
  return undefined;
}

/** The first box down a path of types, or undefined. */
export function descend(view: DataView, path: readonly string[], within: Box): Box | undefined {
  let box: Box | undefined = within;
  for (const type of path) {
    if (box === undefined) return undefined;
    box = child(view, type, box.start, box.end);
  }
  return box;
}

/** `at`: where the box lies in the file or in memory; `limit`: where a box of size 0 ends. */
function boxFrom(view: DataView, offset: number, at: number, limit: number, long: number | null): Box {
  const short = view.getUint32(offset);
  const length = short === 0 ? limit - at : (long ?? short);
  const header = long === null ? 8 : 16;
  // Lengths of 1 without room for the long form and lengths below the header would loop for ever.
  if (length < header) throw damaged('a box is shorter than its own header');
  return { type: tag(view, offset + 4), start: at + header, end: at + length };
}

/** Reads numbers in order and refuses to run past the end. */
export class Reader {
  constructor(
    readonly view: DataView,
    private at: number,
    private readonly end: number,
  ) {}

  /** An unsigned big-endian number of 0, 1, 2, 4 or 8 bytes; 8 bytes lose precision above 2^53. */
  uint(bytes: number): number {
    const at = this.at;
    if (at + bytes > this.end) throw cutShort('boxes');
    this.at += bytes;
    switch (bytes) {
      case 0:
        return 0;
      case 1:
        return this.view.getUint8(at);
      case 2:
        return this.view.getUint16(at);
      case 4:
        return this.view.getUint32(at);
      case 8:
        return Number(this.view.getBigUint64(at));
      default:
        throw damaged(`a box has a number of ${bytes} bytes`);
    }
  }

  skip(bytes: number): void {
    this.at += bytes;
  }
}
