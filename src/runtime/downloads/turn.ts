/**
 * One tab at a time downloads a file. Web Locks say whose turn it is, and pass it on the moment its holder dies. Where
 * a browser denies them, a lease in the database does: it expires unless it is renewed, and every write checks it.
 */
import { promisifyRequest } from 'idb-keyval';
import { CancelledError } from '../../core/errors';
import { locksManager } from '../store/locks';
import type { Fence } from './chunks';
import { transact } from './database';
import { sleep } from './means';

export interface Turn {
  readonly fence: Fence;
  release(): Promise<void>;
}

/** A holder that has not renewed for this long is taken for dead. A frozen tab is too, and then may not write. */
const LEASE_MS = 1_500;
const RENEW_MS = 400;
const POLL_MS = 250;

interface Lease {
  readonly owner: string;
  /** Milliseconds since 1970: all tabs of a browser read the same clock. */
  readonly until: number;
}

/** Waits for this file's turn; `onWait` is called when somebody else has it. Rejects with CancelledError. */
export async function takeTurn(key: string, signal: AbortSignal, onWait: () => void): Promise<Turn> {
  const free = await lock(key, { ifAvailable: true });
  if (free === 'denied') return takeLease(key, signal, onWait);
  if (free) return { fence: {}, release: free };
  onWait();
  const release = await lock(key, { signal });
  if (release === 'denied') return takeLease(key, signal, onWait);
  if (!release) throw new CancelledError();
  return { fence: {}, release };
}

/** As `DownloadsContract.hold` says. */
export async function holdTurn(
  name: string,
  onHeld: () => void,
  onWait: () => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const turn = await takeTurn(name, signal, onWait);
  onHeld();
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await turn.release();
}

type Release = () => Promise<void>;

/** The lock's release; undefined when it is taken and not waited for. */
function lock(key: string, options: LockOptions): Promise<Release | 'denied' | undefined> {
  return new Promise((resolve, reject) => {
    const locks = locksManager();
    if (!locks) return resolve('denied');
    const request = locks.request(`winnow-source-${key}`, options, (held) => {
      if (!held) return resolve(undefined);
      return new Promise<void>((done) =>
        resolve(async () => {
          done();
          await request;
        }),
      );
    });
    request.catch((error: unknown) => {
      if (options.signal?.aborted) reject(new CancelledError());
      else if ((error as DOMException).name === 'SecurityError') resolve('denied');
      else reject(error);
    });
  });
}

async function takeLease(key: string, signal: AbortSignal, onWait: () => void): Promise<Turn> {
  const owner = crypto.randomUUID();
  for (let waiting = false; !(await claim(key, owner)); waiting = true) {
    if (!waiting) onWait();
    await sleep(POLL_MS, signal);
  }
  const renewing = setInterval(() => void claim(key, owner).catch(() => {}), RENEW_MS);
  return {
    fence: { owner },
    async release() {
      clearInterval(renewing);
      await transact(
        'readwrite',
        async (store) => {
          const lease = await promisifyRequest<Lease | undefined>(store.get(['lease', key]));
          if (lease?.owner === owner) store.delete(['lease', key]);
        },
        { create: false },
      ).catch(() => {
        // It expires by itself.
      });
    },
  };
}

/** Takes or renews the lease, unless another's still runs. */
function claim(key: string, owner: string): Promise<boolean> {
  return transact('readwrite', async (store) => {
    const lease = await promisifyRequest<Lease | undefined>(store.get(['lease', key]));
    const now = Date.now();
    // One from the future was written before the clock was set back, and counts as expired.
    const runs = lease !== undefined && lease.until > now && lease.until <= now + LEASE_MS;
    if (runs && lease.owner !== owner) return false;
    store.put({ owner, until: now + LEASE_MS } satisfies Lease, ['lease', key]);
    return true;
  });
}
