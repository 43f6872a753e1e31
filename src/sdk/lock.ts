/** One tab at a time, where the browser has Web Locks; elsewhere everybody goes on. */
import { CancelledError } from '../core/errors';

export interface LockOptions {
  readonly signal: AbortSignal;
  /** Another tab has it. */
  readonly onWait: () => void;
}

/** Runs `work` while no other tab does under this name. Rejects with CancelledError when the signal fires first. */
export async function withLock<T>(
  name: string,
  { signal, onWait }: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const locks = navigator.locks;
  if (!locks) return work();
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
    if ((thrown as { name?: unknown } | null)?.name === 'SecurityError') return work();
    throw thrown;
  }
}
