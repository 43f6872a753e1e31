/** One worker from start to end: ready, then gone. Knows how it died; restarts nothing. */
import * as Comlink from 'comlink';
import { CancelledError, FailedError, type WinnowError } from '../core/errors';
import { installHandlers } from '../rpc/handlers';
import { trustedScriptUrl } from './trusted';

installHandlers();

/** How long a worker may take to load its script and answer, and how often it is asked without Web Locks. */
const START_MILLISECONDS = 15_000;
const HEARTBEAT_MILLISECONDS = 2_000;

export interface Lifeline<T> {
  readonly remote: Comlink.Remote<T>;
  /**
   * Tells, once, why the worker is gone: `closed` when `end` was called without a reason. Returns the way to stop
   * listening; a promise in its place would hold on to every job that ever waited for it.
   */
  whenGone(tell: (why: WinnowError) => void): () => void;
  end(error?: WinnowError): void;
  readonly ended: boolean;
  /** Another way to tell whether a job is in flight, for another owner. */
  busyWhen(busy: () => boolean): void;
}

/**
 * Starts a worker and waits until it serves. Rejects with FailedError('worker-failed') when it does not.
 * `busy` says whether a job is in flight: a computing worker answers no heartbeat, its deadline watches it.
 */
export async function startWorker<T extends { ping(): Promise<'pong'> }>(
  url: string,
  busy: () => boolean,
): Promise<Lifeline<T>> {
  const name = `winnow-${crypto.randomUUID?.() ?? Math.random().toString(36).slice(2)}`;
  const worker = new Worker(trustedScriptUrl(url), { type: 'module', name });
  const stopWatching = new AbortController();
  const listeners = new Set<(why: WinnowError) => void>();
  let gone: WinnowError | undefined;
  let isBusy = busy;
  const whenGone = (tell: (why: WinnowError) => void) => {
    if (gone) tell(gone);
    else listeners.add(tell);
    return () => listeners.delete(tell);
  };
  const end = (error: WinnowError = new CancelledError('The worker was ended.', 'closed')) => {
    if (gone) return;
    gone = error;
    stopWatching.abort();
    worker.terminate();
    for (const tell of listeners) tell(error);
    listeners.clear();
  };
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    end(failed('worker-died', 'The part that scores stopped.', event.message));
  });
  worker.addEventListener('messageerror', () =>
    end(failed('worker-died', 'The part that scores sent nonsense.')),
  );
  try {
    await ready(worker, whenGone);
  } catch (error) {
    end();
    throw error;
  }
  const remote = Comlink.wrap<T>(worker);
  const died = () => end(failed('worker-died', 'The part that scores stopped.'));
  // The worker holds a lock of its own name while it lives; getting it means that the worker is gone.
  const locks = navigator.locks?.request(name, { signal: stopWatching.signal }, died);
  const listen = () => void heartbeat(remote, () => isBusy(), stopWatching.signal, died);
  if (locks) locks.catch(() => stopWatching.signal.aborted || listen());
  else listen();
  const busyWhen = (next: () => boolean) => {
    isBusy = next;
  };
  return {
    ...{ remote, whenGone, end, busyWhen },
    get ended() {
      return gone !== undefined;
    },
  };
}

function ready(worker: Worker, whenGone: Lifeline<unknown>['whenGone']): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(failed('worker-failed', 'The part that scores could not be started. Reload the page.', why));
    const timer = setTimeout(() => fail('no answer'), START_MILLISECONDS);
    worker.addEventListener('message', function first({ data }) {
      if (data !== 'ready') return;
      worker.removeEventListener('message', first);
      clearTimeout(timer);
      resolve();
    });
    whenGone((error) => {
      clearTimeout(timer);
      fail(error.message);
    });
  });
}

/** Without Web Locks: asks every two seconds; two questions without an answer count as gone. */
async function heartbeat(
  remote: Comlink.Remote<{ ping(): Promise<'pong'> }>,
  busy: () => boolean,
  signal: AbortSignal,
  died: () => void,
): Promise<void> {
  let missed = 0;
  while (!signal.aborted) {
    const answered = Promise.resolve(remote.ping()).then(() => true);
    const waited = new Promise<boolean>((resolve) => setTimeout(resolve, HEARTBEAT_MILLISECONDS, false));
    missed = (await Promise.race([answered, waited])) || busy() ? 0 : missed + 1;
    if (missed >= 2 && !signal.aborted) return died();
    await waited;
  }
}

function failed(code: 'worker-died' | 'worker-failed', message: string, why?: string): FailedError {
  return new FailedError(code, message, why ? { why } : {});
}
