/** The browser's means of downloading, in the worker that may use the network. */
import { CHUNK_BYTES } from '../../core/hub/chunks';
import { startHasher } from './hash-thread';
import { ownHasher } from './hasher';
import { type Means, sleep } from './means';

/** Without a byte for this long a connection is dead; a slow one is not. */
const STALL_MS = 20_000;

/** `hashing`: address of the hashing thread's script. */
export function browserMeans(hashing: string): Means {
  let stoppedAt = Number.NEGATIVE_INFINITY;
  // Fetch only says that it failed; this says that it was the policy, a redirect's target included.
  addEventListener('securitypolicyviolation', () => {
    stoppedAt = Date.now();
  });
  return {
    fetch: (address, init) => fetch(address, init),
    now: () => Date.now(),
    random: () => Math.random(),
    sleep,
    // A thread takes longer to start than a chunk to hash.
    hasher: (bytes) => (bytes > CHUNK_BYTES ? startHasher(hashing) : ownHasher()),
    online: () => navigator.onLine,
    origin: location.origin,
    async stopped(since) {
      // The event comes a moment after the request has failed.
      await new Promise((resolve) => setTimeout(resolve, 20));
      return stoppedAt >= since;
    },
    stallMs: STALL_MS,
  };
}
