/** What a worker calls back with, as something to iterate over: it goes on when what it gave has been taken. */
import * as Comlink from 'comlink';
import type { Each } from '../rpc/reading';

/**
 * Batches as `run` gives them. When a worker is lost, `run` is called anew by its supervisor; what came before is then left
 * out. Whoever stops iterating stops the work. Rejects with what `run` rejects with, and returns what it resolves with.
 */
export async function* batches<T, R>(
  run: (listen: () => Each<T>, signal: AbortSignal) => Promise<R>,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly T[], R> {
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const waiting: { found: readonly T[]; taken: () => void }[] = [];
  let wake = () => {};
  let given = 0;
  let over = false;
  const listen = (): Each<T> => {
    let at = 0;
    const known = given;
    return Comlink.proxy((found: readonly T[]) => {
      const fresh = found.slice(Math.max(0, known - at));
      at += found.length;
      if (fresh.length === 0) return;
      given += fresh.length;
      return new Promise<void>((taken) => {
        waiting.push({ found: fresh, taken });
        wake();
      });
    });
  };
  const result = run(listen, either).finally(() => {
    over = true;
    wake();
  });
  // Awaited below; a failure while a batch is being looked at is not unhandled.
  result.catch(() => {});
  try {
    while (!over || waiting.length > 0) {
      const next = waiting.shift();
      if (next) {
        yield next.found;
        next.taken();
      } else
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (over) resolve();
        });
    }
    return await result;
  } finally {
    stop.abort();
    for (const { taken } of waiting) taken();
  }
}
