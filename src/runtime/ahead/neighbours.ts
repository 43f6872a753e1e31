/** Ranges of one Blob that are read together, because each read goes through another process. */
import { ALIGNMENT } from '../../core/prepare/plan';
import { discard } from '../discard';
import type { ByteRange } from './ring';

/**
 * Bytes that are read at once at most: 442 MB in 392 reads take the browser 1.2 s of processor time, in some dozens half of
 * that.
 */
const TOGETHER = 4 * 2 ** 20;
/** Ranges `first` to `last` of a list. */
interface Neighbours {
  readonly first: number;
  readonly last: number;
}

/** Every range of the list, those together that follow each other there as they do in the Blob, apart by alignment at most. */
function neighbours(ranges: readonly ByteRange[]): readonly Neighbours[] {
  const all: Neighbours[] = [];
  let first = 0;
  for (let at = 1; at <= ranges.length; at++) {
    const [range, before] = [ranges[at], ranges[at - 1]!];
    const gap = range ? range[0] - before[1] : -1;
    if (range && gap >= 0 && gap < ALIGNMENT && range[1] - ranges[first]![0] <= TOGETHER) continue;
    all.push({ first, last: at - 1 });
    first = at;
  }
  return all;
}

/** Each range's bytes in the order of the list, `atOnce` reads ahead. `visit` may keep nothing of them. Rejects as they do. */
export async function eachRange(
  blob: Blob,
  ranges: readonly ByteRange[],
  atOnce: number,
  visit: (bytes: Uint8Array<ArrayBuffer>, at: number) => void | Promise<void>,
): Promise<void> {
  const all = ranges.length > 0 ? neighbours(ranges) : [];
  const coming: Promise<ArrayBuffer>[] = [];
  for (const [turn, { first, last }] of all.entries()) {
    for (let next = turn + coming.length; next < Math.min(turn + atOnce, all.length); next++) {
      const read = blob.slice(ranges[all[next]!.first]![0], ranges[all[next]!.last]![1]).arrayBuffer();
      // One that fails while an earlier one is awaited is not unhandled: its turn comes.
      read.catch(() => {});
      coming.push(read);
    }
    const buffer = await coming.shift()!;
    const start = ranges[first]![0];
    for (let at = first; at <= last; at++) {
      const [from, to] = ranges[at]!;
      await visit(new Uint8Array(buffer, from - start, to - from), at);
    }
    discard(buffer);
  }
}
