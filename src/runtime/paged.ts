/** Small reads of something whose every read takes a millisecond: whole pages are read, and kept for the next. */
import type { ReadSync } from '../core/prepare/mount';

const PAGE = 64 * 2 ** 10;
/** 16 MiB. Words that are common have small ids (byte-pair encodings number them as they merge), so they share pages. */
const PAGES = 256;

/** `read`, through pages of its first `size` bytes. Reads of a page or more are passed on. */
export function paged(read: ReadSync, size: number): ReadSync {
  const pages = new Map<number, Uint8Array>();
  const page = (at: number): Uint8Array => {
    const found = pages.get(at) ?? read(at * PAGE, Math.min((at + 1) * PAGE, size));
    // Last used comes last; the first is what goes.
    pages.delete(at);
    pages.set(at, found);
    if (pages.size > PAGES) pages.delete(pages.keys().next().value!);
    return found;
  };
  return (start, end) => {
    if (end - start >= PAGE || end > size) return read(start, end);
    const [first, last] = [Math.floor(start / PAGE), Math.floor((end - 1) / PAGE)];
    if (end <= start || first === last) return page(first).slice(start - first * PAGE, end - first * PAGE);
    const out = new Uint8Array(end - start);
    const head = page(first).subarray(start - first * PAGE);
    out.set(head);
    out.set(page(last).subarray(0, end - last * PAGE), head.length);
    return out;
  };
}
