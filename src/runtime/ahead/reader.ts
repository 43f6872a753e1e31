/** The reading side, in a worker of its own: gets ranges of a Blob, and compares them, before they are asked for. */
import { InvalidError } from '../../core/errors';
import { sha256 } from '../store/hash';
import { type ByteRange, FAILED, type Reading, Ring, TAKEN, WRITTEN } from './ring';

/** A read of its own takes a millisecond whatever its size; these overlap. */
const IN_FLIGHT = 4;
/**
 * Bytes of neighbours that are read together: 442 MB in 392 reads take the browser 1.2 s of processor time, in some dozens
 * half of that.
 */
const TOGETHER = 4 * 2 ** 20;
/** Between two of them: less than what they are aligned to. */
const GAP = 64;
/** Milliseconds after which a wait looks again. */
const LOOK_AGAIN = 1_000;

/**
 * A buffer sent to a port that is closed is given back at once. The garbage collector does not hurry for memory outside its
 * heap (340 MB of a guard's 442), and `transfer(0)` only detaches: the browser's own object of it keeps the memory.
 */
function closedPort(): MessagePort {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}

/** Fills the ring, range by range. Whoever empties it ends this worker when it has enough. */
export async function readAhead({ blob, ranges, hashes, shared, slots }: Reading): Promise<void> {
  const ring = new Ring(shared, slots);
  const nowhere = closedPort();
  const read = async ({ first, last }: Neighbours): Promise<ArrayBuffer> => {
    const [start, end] = [ranges[first]![0], ranges[last]![1]];
    const bytes = await blob.slice(start, end).arrayBuffer();
    const compare = async ([from, to]: ByteRange, at: number) => {
      if ((await sha256(new Uint8Array(bytes, from - start, to - from))) !== hashes[first + at])
        throw new InvalidError('damaged-file', 'A range has changed.');
    };
    await Promise.all(ranges.slice(first, last + 1).map(compare));
    return bytes;
  };
  const all = neighbours(ranges);
  try {
    const coming: Promise<ArrayBuffer>[] = [];
    for (let turn = 0, next = 0; turn < all.length; turn++) {
      for (; next < Math.min(turn + IN_FLIGHT, all.length); next++) coming.push(quietly(read(all[next]!)));
      const buffer = await coming.shift()!;
      const { first, last } = all[turn]!;
      for (let at = first; at <= last; at++) {
        // Not waitAsync, which not every browser has: what is in flight comes to this process all the same.
        while (at - ring.count(TAKEN) >= slots)
          Atomics.wait(ring.counters, TAKEN, ring.count(TAKEN), LOOK_AGAIN);
        const [from, to] = ranges[at]!;
        ring.slot(at, to - from).set(new Uint8Array(buffer, from - ranges[first]![0], to - from));
        ring.set(WRITTEN, at + 1);
      }
      nowhere.postMessage(buffer, [buffer]);
    }
  } catch {
    // The other side reads for itself then, and meets the same error where it can say what it means.
    ring.set(FAILED, 1);
    Atomics.notify(ring.counters, WRITTEN);
  }
}

/** Ranges `first` to `last`, which lie one after the other. */
interface Neighbours {
  readonly first: number;
  readonly last: number;
}

function neighbours(ranges: readonly ByteRange[]): readonly Neighbours[] {
  const all: Neighbours[] = [];
  let first = 0;
  for (let at = 1; at <= ranges.length; at++) {
    const [range, before] = [ranges[at], ranges[at - 1]!];
    const gap = range ? range[0] - before[1] : -1;
    if (range && gap >= 0 && gap <= GAP && range[1] - ranges[first]![0] <= TOGETHER) continue;
    all.push({ first, last: at - 1 });
    first = at;
  }
  return all;
}

/** One that fails while an earlier one is awaited is not unhandled: its turn comes. */
function quietly<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  return work;
}
