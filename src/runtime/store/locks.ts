/** Web Locks, which tell whether another tab is at work; in frames that deny them everything goes on without. */
import { CancelledError } from '../../core/errors';

/** Gives the lock back. */
export type Unlock = () => void;

/** The browser's locks, where it has them: secure contexts only. */
export const locksManager = (): LockManager | undefined => globalThis.navigator?.locks;

/** Waits for the lock. Rejects with CancelledError when the signal fires first. */
export async function lock(name: string, signal?: AbortSignal): Promise<Unlock> {
  return (await request(name, signal ? { signal } : {})) ?? (() => {});
}

/** The lock if nobody holds it; undefined when somebody does, or nobody can tell. */
export async function tryLock(name: string): Promise<Unlock | undefined> {
  if (!locksManager()) return undefined;
  return request(name, { ifAvailable: true });
}

function request(name: string, options: LockOptions): Promise<Unlock | undefined> {
  return new Promise((resolve, reject) => {
    const locks = locksManager();
    if (!locks) return resolve(undefined);
    locks
      .request(name, options, (held) => {
        if (!held) return resolve(undefined);
        return new Promise<void>((release) => resolve(() => release()));
      })
      .catch((error: unknown) => {
        if (options.signal?.aborted) reject(new CancelledError());
        else if ((error as DOMException).name === 'SecurityError') resolve(undefined);
        else reject(error);
      });
  });
}
