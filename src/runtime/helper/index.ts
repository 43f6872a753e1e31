/** A thread beside this worker's own, for what has to go on while that one computes. It is started once, and ends with it. */
import { SAID } from '../../rpc/withdrawal';
import { MORE, POSTED, type Task } from './words';

export interface Helper {
  /**
   * Rejects when it does not start in time. Whoever needs it in what it computes next waits for this first: a thread that
   * computes cannot get another started.
   */
  readonly started: Promise<void>;
  /** What it waits on, as `./words` and `rpc/withdrawal` have it. */
  readonly words: Int32Array<SharedArrayBuffer>;
  post(task: Task): void;
}

/** Milliseconds that it may take to start. */
const START = 2_000;

let helper: Helper | undefined;

/** This worker's, started at the first call. Only where threads share memory. Nothing ends it but the end of this worker. */
export function helperOf(script: string): Helper {
  helper ??= startHelper(script);
  return helper;
}

/** Whether this worker has started one. */
export const isHelped = (): boolean => helper !== undefined;

function startHelper(script: string): Helper {
  const words = new Int32Array(new SharedArrayBuffer(8));
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
    worker.postMessage(words);
  }).finally(() => clearTimeout(late));
  // Not everybody waits for it.
  started.catch(() => {});
  const post = (task: Task) => {
    // First: it would take what comes uncounted for the last.
    Atomics.add(words, POSTED, 1);
    worker?.postMessage(task);
    Atomics.or(words, SAID, MORE);
    Atomics.notify(words, SAID);
  };
  return { started, words, post };
}
