/** A thread beside this worker's own, for what has to go on while that one computes. It is started once, and ends with it. */
import type { Reading } from './ahead/ring';
import type { Braking } from './engines/pass-on';

export type Task = { readonly reading: Reading } | { readonly braking: Braking };

export interface Helper {
  /**
   * Rejects when it does not start in time. Whoever needs it in what it computes next waits for this first: a thread that
   * computes cannot get another started.
   */
  readonly started: Promise<void>;
  post(task: Task): void;
}

/** Milliseconds that it may take to start. */
const START = 2_000;

let helper: Helper | undefined;

/**
 * This worker's, started at the first call. Nothing ends it: a thread ended before the one that started it keeps Chromium 156
 * in one of five to ten cases from ever ending that one, weights and all, when that is to happen soon after.
 */
export function helperOf(script: string): Helper {
  helper ??= startHelper(script);
  return helper;
}

function startHelper(script: string): Helper {
  let worker: Worker | undefined;
  let late: ReturnType<typeof setTimeout> | undefined;
  const started = new Promise<void>((resolve, reject) => {
    // Throws where a worker cannot have workers.
    worker = new Worker(script, { type: 'module' });
    late = setTimeout(reject, START);
    worker.addEventListener('message', () => resolve(), { once: true });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      reject();
    });
  }).finally(() => clearTimeout(late));
  // Not everybody waits for it.
  started.catch(() => {});
  return { started, post: (task) => worker?.postMessage(task) };
}
