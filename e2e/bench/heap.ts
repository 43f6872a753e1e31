/** How much memory the WASM of a page and its workers holds. */
import type { Page } from '@playwright/test';

/** Keeps hold of every WebAssembly memory that is made from here on. Text, because workers have no `__name`. */
const WATCH = `(() => {
  const { Memory } = WebAssembly;
  globalThis.memories ??= [];
  WebAssembly.Memory = new Proxy(Memory, {
    construct(target, given) {
      const memory = new target(...given);
      globalThis.memories.push(memory);
      return memory;
    },
  });
})()`;
/** Threads need shared memory, which tells a runtime's from a decoder's; a worker may have made it before it was watched. */
const HELD = `(globalThis.memories ?? []).reduce(
  (sum, { buffer }) => sum + (buffer instanceof SharedArrayBuffer ? buffer.byteLength : 0), 0)`;
/** Threads of a runtime wait for work and never answer; they hold no memory of their own either. */
const ANSWER_MILLISECONDS = 2_000;

/** From here on, memories of this page's workers are known. Call it before the first worker starts. */
export async function watchHeaps(page: Page): Promise<void> {
  page.on('worker', (worker) => void worker.evaluate(WATCH).catch(() => undefined));
  await page.evaluate(WATCH);
}

/** Megabytes (10⁶ bytes) of WASM memory that the page and its workers hold; undefined when none is known. */
export async function heapOf(page: Page): Promise<number | undefined> {
  const held = [
    page.evaluate<number>(HELD),
    ...page.workers().map((worker) => worker.evaluate<number>(HELD)),
  ];
  const late = new Promise<number>((resolve) => setTimeout(resolve, ANSWER_MILLISECONDS, 0));
  const bytes = await Promise.all(held.map((one) => Promise.race([one.catch(() => 0), late])));
  const sum = bytes.reduce((a, b) => a + b, 0);
  return sum > 0 ? sum / 1e6 : undefined;
}
