/** The reading side, in a worker of its own: gets ranges of a Blob, and compares them, before they are asked for. */
import { CancelledError, InvalidError } from '../../core/errors';
import { quickHash } from '../quick-hash';
import { eachRange } from './neighbours';
import { ENOUGH, FAILED, type Reading, Ring, TAKEN, WRITTEN } from './ring';

/** A read of its own takes a millisecond whatever its size; these overlap. */
const IN_FLIGHT = 4;
/** Milliseconds after which a wait looks again. */
const LOOK_AGAIN = 1_000;

/** Fills the ring, range by range, until whoever empties it has enough. */
export async function readAhead({ blob, ranges, hashes, shared, slots }: Reading): Promise<void> {
  const ring = new Ring(shared, slots);
  try {
    const hash = await quickHash();
    await eachRange(blob, ranges, IN_FLIGHT, (bytes, at) => {
      if (hash(bytes) !== hashes[at]) throw new InvalidError('damaged-file', 'A range has changed.');
      // Not waitAsync, which not every browser has: what is in flight comes to this process all the same.
      while (at - ring.count(TAKEN) >= slots && !ring.count(ENOUGH))
        Atomics.wait(ring.counters, TAKEN, ring.count(TAKEN), LOOK_AGAIN);
      if (ring.count(ENOUGH)) throw new CancelledError();
      ring.slot(at, bytes.byteLength).set(bytes);
      ring.set(WRITTEN, at + 1);
    });
  } catch {
    // The other side reads for itself then, and meets the same error where it can say what it means.
    ring.set(FAILED, 1);
    Atomics.notify(ring.counters, WRITTEN);
  }
}
