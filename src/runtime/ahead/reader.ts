/** The reading side, in a worker of its own: gets ranges of a Blob, and compares them, before they are asked for. */
import { InvalidError } from '../../core/errors';
import { sha256 } from '../store/hash';
import { FAILED, type Reading, Ring, TAKEN, WRITTEN } from './ring';

/** A read of its own takes a millisecond whatever its size; these overlap. */
const IN_FLIGHT = 4;
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
  const read = async (at: number): Promise<ArrayBuffer> => {
    const bytes = await blob.slice(...ranges[at]!).arrayBuffer();
    if ((await sha256(bytes)) !== hashes[at]) throw new InvalidError('damaged-file', 'A range has changed.');
    return bytes;
  };
  try {
    const coming: Promise<ArrayBuffer>[] = [];
    for (let at = 0, next = 0; at < ranges.length; at++) {
      for (; next < Math.min(at + IN_FLIGHT, ranges.length); next++) coming.push(quietly(read(next)));
      const buffer = await coming.shift()!;
      // Not waitAsync, which not every browser has: what is in flight comes to this process all the same.
      while (at - ring.count(TAKEN) >= slots)
        Atomics.wait(ring.counters, TAKEN, ring.count(TAKEN), LOOK_AGAIN);
      ring.slot(at, buffer.byteLength).set(new Uint8Array(buffer));
      nowhere.postMessage(buffer, [buffer]);
      ring.set(WRITTEN, at + 1);
    }
  } catch {
    // The other side reads for itself then, and meets the same error where it can say what it means.
    ring.set(FAILED, 1);
    Atomics.notify(ring.counters, WRITTEN);
  }
}

/** One that fails while an earlier one is awaited is not unhandled: its turn comes. */
function quietly<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  return work;
}
