/** One tab at a time: by Web Locks, or where the browser has none, by what the download worker holds. */
import * as Comlink from 'comlink';
import { CancelledError } from '../core/errors';
import type { Fetcher } from './gather';

export interface LockOptions {
  readonly signal: AbortSignal;
  /** Another tab has it. */
  readonly onWait: () => void;
  /** In place of a Web Lock: as `DownloadsContract.hold`. */
  readonly hold: (onHeld: () => void, onWait: () => void, until: AbortSignal) => Promise<void>;
}

/** By the download worker. */
export const heldBy =
  (fetcher: Fetcher, name: string): LockOptions['hold'] =>
  (onHeld, onWait, until) =>
    fetcher.run(
      (remote, signal) => remote.hold(name, Comlink.proxy(onHeld), Comlink.proxy(onWait), signal),
      until,
    );

/** Runs `work` while no other tab does under this name. Rejects with CancelledError when the signal fires first. */
export async function withLock<T>(name: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const { signal, onWait } = options;
  const locks = navigator.locks;
  if (!locks) return whileHeld(options, work);
  let began = false;
  const once = () => {
    began = true;
    return work();
  };
  try {
    const free = await locks.request(name, { ifAvailable: true }, async (held) =>
      held ? { answer: await once() } : undefined,
    );
    if (free) return free.answer;
    onWait();
    return await locks.request(name, { signal }, once);
  } catch (thrown) {
    if (began) throw thrown;
    if (signal.aborted) throw new CancelledError();
    // Denied, as in some frames of other sites.
    if ((thrown as { name?: unknown } | null)?.name === 'SecurityError') return whileHeld(options, work);
    throw thrown;
  }
}

async function whileHeld<T>({ signal, onWait, hold }: LockOptions, work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const withdraw = () => over.abort();
  signal.addEventListener('abort', withdraw, { once: true });
  if (signal.aborted) withdraw();
  try {
    await new Promise<void>((resolve, reject) => {
      hold(resolve, onWait, over.signal).then(() => reject(new CancelledError()), reject);
    });
    // From now on it is given back with the end of the work, which hears of the signal itself.
    signal.removeEventListener('abort', withdraw);
    return await work();
  } finally {
    signal.removeEventListener('abort', withdraw);
    over.abort();
  }
}
