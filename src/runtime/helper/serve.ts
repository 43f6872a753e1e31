/** The helping thread's side. */
import { SAID, STOP } from '../../rpc/withdrawal';
import { readAhead } from '../ahead/reader';
import { POSTED, type Task } from './words';

/** Does what it is sent, and between two tasks passes on what the page says. Throws nothing. */
export function serveHelper(): void {
  let words: Int32Array<SharedArrayBuffer> | undefined;
  let done = 0;
  let brake: Uint8Array | undefined;
  addEventListener('message', async ({ data }: MessageEvent<Int32Array<SharedArrayBuffer> | Task>) => {
    if (data instanceof Int32Array) {
      words = data;
      // Only now: what is sent to a worker that starts goes through the thread that started it, which will soon be busy.
      postMessage('ready');
    } else {
      if ('reading' in data) await readAhead(data.reading);
      else brake = data.braking;
      done += 1;
    }
    if (words) rest(words, done, brake);
  });
}

/**
 * Returns when there is another task. Waits, rather than go back to where messages come: Chromium 156 often never ends a
 * worker, weights and all, one of whose threads is idle when that is to happen (1 to 8 in 100), but does one whose threads wait
 * in memory, as ONNX Runtime's do (after 2 s).
 */
function rest(words: Int32Array<SharedArrayBuffer>, done: number, brake: Uint8Array | undefined): void {
  while (Atomics.load(words, POSTED) === done) {
    Atomics.wait(words, SAID, 0);
    if (Atomics.exchange(words, SAID, 0) & STOP && brake) Atomics.store(brake, 0, 1);
  }
}
