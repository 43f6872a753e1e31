/** Small reads of something whose every read takes a millisecond: whole pages are read, and kept for the next. */
import type { ReadSync } from '../core/prepare/mount';

export const PAGE = 64 * 2 ** 10;
/** 16 MiB. Words that are common have small ids (byte-pair encodings number them as they merge), so they share pages. */
const PAGES = 256;

/**
 * `read`, through pages of the bytes from `start` up to `end`. Whatever lies outside is read as it is. `check` sees every
 * page that is read, and throws where it is not what it should be.
 */
export function paged(
  read: ReadSync,
  [start, end]: readonly [start: number, end: number],
  check: (page: number, bytes: Uint8Array) => void = () => {},
): ReadSync {
  const pages = new Map<number, Uint8Array>();
  const page = (at: number): Uint8Array => {
    let found = pages.get(at);
    if (!found) {
      found = read(start + at * PAGE, Math.min(start + (at + 1) * PAGE, end));
      check(at, found);
    }
    // Last used comes last; the first is what goes.
    pages.delete(at);
    pages.set(at, found);
    if (pages.size > PAGES) pages.delete(pages.keys().next().value!);
    return found;
  };
  return (from, to) => {
    if (from < start || to > end || to < from) return read(from, to);
    const out = new Uint8Array(to - from);
    for (let at = from; at < to; ) {
      const number = Math.floor((at - start) / PAGE);
      const part = page(number).subarray(at - start - number * PAGE, to - start - number * PAGE);
      out.set(part, at - from);
      at += part.byteLength;
    }
    return out;
  };
}
