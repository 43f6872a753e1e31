/** What the collector of garbage cannot see by itself. */

/** Memory that is reserved, and never touched, for a byte of a blob: the engine collects after some 64 MB of it. */
const WEIGHT = 4;

/** Bytes of blobs that the engine may hold on to; with more than that, whoever makes another waits for it. */
const MOST_HELD = 96 * 2 ** 20;

/** What is reserved at a time while somebody waits, and how often: an engine that does not let go holds nobody up for long. */
const RESERVED = 128 * 2 ** 20;
const MOST_TRIES = 8;

let held = 0;
const collected = new FinalizationRegistry<number>((bytes) => {
  held -= bytes;
});

/**
 * To be called for each blob that will not be used any more once it is stored. A blob weighs some bytes in the engine's
 * books, while the browser holds all of it in memory until the engine lets go: a thread that works in memory of its own
 * is not collected for a gigabyte of blobs. A buffer that nobody fills makes it count them.
 */
export function blobIsGarbage(blob: Blob): void {
  held += blob.size;
  collected.register(blob, blob.size);
  reserve(WEIGHT * blob.size);
}

/** Resolves when so few of those blobs are held that another may be made, or after some dozen milliseconds. */
export async function garbageCollected(): Promise<void> {
  for (let tries = 0; held > MOST_HELD && tries < MOST_TRIES; tries++) {
    reserve(RESERVED);
    // What was collected is told in a task of its own.
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function reserve(bytes: number): void {
  try {
    // Bundlers leave out a plain `new ArrayBuffer` that nobody uses.
    Reflect.construct(ArrayBuffer, [bytes]);
  } catch {
    // No room for it: then the engine collects by itself.
  }
}
