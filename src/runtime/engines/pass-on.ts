/** The helping thread's part in ending a run: what the page says in a word of its own, said in the runtime's memory. */

export interface Braking {
  /** An Int32 that the page sees, too: 1 once the run under way is to end. */
  readonly word: Int32Array<SharedArrayBuffer>;
  /** The byte that ONNX Runtime looks at before every operator. */
  readonly flag: Uint8Array<SharedArrayBuffer>;
}

/** Goes on for as long as this thread is there. */
export async function passOn({ word, flag }: Braking): Promise<never> {
  for (;;) {
    await said(word);
    if (Atomics.exchange(word, 0, 0) === 1) Atomics.store(flag, 0, 1);
  }
}

/** Resolves soon after the word is no longer 0. Where a thread cannot listen meanwhile, it hears nothing else. */
function said(word: Int32Array<SharedArrayBuffer>): unknown {
  const { waitAsync }: Partial<typeof Atomics> = Atomics;
  return waitAsync ? waitAsync(word, 0, 0).value : Atomics.wait(word, 0, 0);
}
