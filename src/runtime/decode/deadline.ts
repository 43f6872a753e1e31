/** What a decoder may take before it is given up. Decoders cannot be stopped; their late answers are dropped. */
import { CancelledError, FailedError, throwIfAborted } from '../../core/errors';
import { DECODE_DEADLINE_MS } from '../../core/image/limits';

/** How often the budget is looked at. */
const TICK_MS = 250;

/**
 * A budget of time over several steps. The time between them does not count, nor does time in which this thread
 * computed something else, such as another picture's inference: it would have heard of no result.
 */
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
    }
  }

  private raced<T>(step: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      let since = performance.now();
      const spend = () => {
        const now = performance.now();
        this.left -= Math.min(now - since, 2 * TICK_MS);
        since = now;
      };
      const wait = () => setTimeout(tick, Math.max(0, Math.min(this.left, TICK_MS)));
      const tick = () => {
        spend();
        if (this.left > 0) timer = wait();
        else finish(() => reject(timedOut()));
      };
      let timer = wait();
      const onAbort = () => finish(() => reject(new CancelledError()));
      const finish = (settle: () => void) => {
        spend();
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
