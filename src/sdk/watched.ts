/** One job in one worker, for as long as both are there. */
import type * as Comlink from 'comlink';
import { CancelledError, type ErrorCode, FailedError, toWinnowError } from '../core/errors';
import { deadlineOf } from './deadline';
import type { Lifeline } from './lifeline';

/** `signal` is undefined when nobody can withdraw the job: sending one costs a message channel. */
export type Job<T, R> = (remote: Comlink.Remote<T>, signal: AbortSignal | undefined) => Promise<R>;

/** What says that the worker is of no more use, and that another may do better. */
const USELESS: readonly ErrorCode[] = ['worker-died', 'timeout', 'gpu-lost', 'gpu-unavailable'];

export const isLost = (code: ErrorCode): boolean => USELESS.includes(code);

/** A job's answer, or why there will be none: the worker went, or took too long and was ended. */
export async function watched<T, R>(
  life: Lifeline<T>,
  signal: AbortSignal | undefined,
  job: Job<T, R>,
  deadline: number,
): Promise<R> {
  const controller = new AbortController();
  const withdraw = () => controller.abort();
  signal?.addEventListener('abort', withdraw, { once: true });
  let stop = () => {};
  const late = new Promise<never>((_, reject) => {
    stop = deadlineOf(deadline, () => {
      const seconds = Math.round(deadline / 1000);
      reject(
        new FailedError('timeout', `No answer after ${seconds} s. Look at it yourself, or try again.`, {
          seconds,
        }),
      );
    });
  });
  let forget = () => {};
  const gone = new Promise<never>((_, reject) => {
    forget = life.whenGone(reject);
  });
  try {
    return await Promise.race([job(life.remote, signal && controller.signal), gone, late]);
  } catch (thrown) {
    // Whoever else is in this worker is told that it died, and tries again.
    const error = toWinnowError(thrown);
    if (error.code === 'timeout')
      life.end(new FailedError('worker-died', 'The part that scores did not answer.'));
    else if (isLost(error.code)) life.end(error);
    throw thrown;
  } finally {
    forget();
    stop();
    signal?.removeEventListener('abort', withdraw);
    // Closes the signal's port: nothing listens any more, so this aborts nothing.
    controller.abort();
  }
}

/** `work`, but rejecting at once when a signal fires; what goes on in the worker is then ignored. */
export function untilAborted<R>(
  work: Promise<R>,
  signal: AbortSignal | undefined,
  closed: AbortSignal,
): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    const cancel = () => reject(new CancelledError());
    const close = () => reject(new CancelledError('Winnow was closed.', 'closed'));
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    closed.addEventListener('abort', close, { once: true });
    work.then(resolve, reject).finally(() => {
      signal?.removeEventListener('abort', cancel);
      closed.removeEventListener('abort', close);
    });
  });
}
