/** What a decoder may take before it is given up. Decoders cannot be stopped; their late answers are dropped. */
import { CancelledError, FailedError, throwIfAborted } from '../../core/errors';
import { DECODE_DEADLINE_MS } from '../../core/image/limits';

/** A budget of time over several steps; the time between them, such as inference, does not count. */
export class Deadline {
  private left: number;

  constructor(
    private readonly signal?: AbortSignal,
    milliseconds = DECODE_DEADLINE_MS,
  ) {
    this.left = milliseconds;
  }

  /**
   * The step's result. Throws `timeout` when the budget is used up and `cancelled` when the signal fires; a result
   * that comes later goes to `release`.
   */
  async within<T>(step: Promise<T>, release?: (late: T) => void): Promise<T> {
    const started = performance.now();
    let over = false;
    step.then(
      (value) => over && release?.(value),
      () => {},
    );
    try {
      throwIfAborted(this.signal);
      return await this.raced(step);
    } catch (error) {
      over = true;
      throw error;
    } finally {
      this.left -= performance.now() - started;
    }
  }

  private raced<T>(step: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => finish(() => reject(timedOut())), Math.max(0, this.left));
      const onAbort = () => finish(() => reject(new CancelledError()));
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      signal?.addEventListener('abort', onAbort);
      step.then(
        (value) => finish(() => resolve(value)),
        (error) => finish(() => reject(error)),
      );
    });
  }
}

function timedOut(): FailedError {
  const seconds = DECODE_DEADLINE_MS / 1000;
  return new FailedError(
    'timeout',
    `The decoder stopped after ${seconds} s. Look at it yourself, or try a smaller copy.`,
  );
}
