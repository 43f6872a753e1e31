/** An embedding's direction, small enough to be held of every picture of a run. */

/**
 * Each number in 1/127 of the largest. Two directions so rounded differ from the exact ones by an angle of about 0.005 at a
 * width of 512, a fiftieth of that at which two pictures are called alike. Undefined for what has none: zeros, or a number
 * that is not finite.
 */
export function directionOf(embedding: Float32Array): Int8Array | undefined {
  let most = 0;
  for (const value of embedding) {
    if (!Number.isFinite(value)) return undefined;
    most = Math.max(most, Math.abs(value));
  }
  return most > 0 ? Int8Array.from(embedding, (value) => Math.round((127 * value) / most)) : undefined;
}
