/** Work that can be withdrawn for nothing while it waits, and not any more once it was begun. */
import { CancelledError } from '../core/errors';

/**
 * What `work` gives. Rejects with CancelledError when `until` fires before it said that it began; work that is let in
 * after that gets the same from `begin`.
 */
export function untilBegun<T>(work: (begin: () => void) => Promise<T>, until: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    let begun = false;
    const withdraw = () => {
      if (!begun) reject(new CancelledError());
    };
    const begin = () => {
      if (until.aborted && !begun) throw new CancelledError();
      begun = true;
    };
    until.addEventListener('abort', withdraw, { once: true });
    if (until.aborted) withdraw();
    work(begin)
      .then(resolve, reject)
      .finally(() => until.removeEventListener('abort', withdraw));
  });
}
