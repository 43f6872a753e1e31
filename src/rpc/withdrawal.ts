/**
 * Withdrawing a job from a worker that hears nothing. A network's run keeps its thread until it is over, seconds for a long
 * text, and an 'abort' waits in the queue meanwhile. Where threads share memory, the signal therefore carries a word that
 * both sides see, and the worker says by which word of its own the run that is under way is ended.
 */

/** The words that both sides see, each an Int32. */
const WITHDRAWN = 0;
const RUNNING = 1;

/** Of the brake that a worker sends: the word that the page writes to, and the bit that it sets there. Others are the worker's. */
export const SAID = 0;
export const STOP = 1;

/** Absent where memory cannot be shared: then a run that is under way ends by itself. */
export function sharedWords(): Int32Array<SharedArrayBuffer> | undefined {
  return globalThis.crossOriginIsolated ? new Int32Array(new SharedArrayBuffer(8)) : undefined;
}

/** The page's side: says so, and ends what is running for this signal. `brake` is what the worker sent. */
export function withdraw(words: Int32Array | undefined, brake: Int32Array | undefined): void {
  if (!words) return;
  Atomics.store(words, WITHDRAWN, 1);
  // A signal is also closed when its job is done: by then the word belongs to the next run.
  if (!brake || Atomics.load(words, RUNNING) !== 1) return;
  Atomics.or(brake, SAID, STOP);
  Atomics.notify(brake, SAID);
}

/** The worker's side of one signal. */
export interface Crossed {
  readonly words: Int32Array | undefined;
  /** Sends the brake to the other side. */
  readonly tell: (brake: Int32Array) => void;
}

const crossed = new WeakMap<AbortSignal, Crossed & { told?: Int32Array }>();

export function noteCrossed(signal: AbortSignal, side: Crossed): void {
  crossed.set(signal, { ...side });
}

/** Whether a job was withdrawn, known before the event loop brings it. */
export function isWithdrawn(signal: AbortSignal | undefined): boolean {
  if (!signal) return false;
  const words = crossed.get(signal)?.words;
  return signal.aborted || (words !== undefined && Atomics.load(words, WITHDRAWN) === 1);
}

/** From here until the returned function is called, withdrawing the signal sets a bit in the brake's first word. */
export function underway(signal: AbortSignal | undefined, brake: Int32Array | undefined): () => void {
  const side = signal && crossed.get(signal);
  const words = side?.words;
  if (!side || !words || !brake) return () => {};
  Atomics.store(words, RUNNING, 1);
  if (side.told !== brake) side.tell(brake);
  side.told = brake;
  return () => {
    Atomics.store(words, RUNNING, 0);
  };
}
