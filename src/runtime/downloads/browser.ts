/** The browser's means of downloading, in the worker that may use the network. */
import { type Means, sleep } from './means';

/** Without a byte for this long a connection is dead; a slow one is not. */
const STALL_MS = 20_000;

export function browserMeans(): Means {
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
