/**
 * Embeddings that lie close to each other, found without comparing all with all: vectors at a small angle fall on the
 * same side of most random planes (Charikar, 2002), so only those that agree on all planes of some table are compared.
 */

const TABLES = 16;
const PLANES = 12;
/** As in stacks: beyond this only what is made alike on purpose. */
const MOST_COMPARED = 512;

/**
 * Cosine distance up to which two embeddings are called alike. At it, the angle is 0.245, two vectors part at one plane
 * in 13, and 1 - (1 - 0.922^12)^16 = 99.9 % of such pairs are found.
 */
export const ALIKE_DISTANCE = 0.03;

export class Near {
  readonly #planes: Float32Array;
  readonly #tables = Array.from({ length: TABLES }, () => new Map<number, number[]>());
  /** As many bytes as an embedding has numbers: of 50,000 pictures some 40 MB at most. */
  readonly #vectors = new Map<number, { readonly direction: Int8Array; readonly length: number }>();

  /** `width`: numbers per embedding. */
  constructor(
    private readonly width: number,
    private readonly limit = ALIKE_DISTANCE,
  ) {
    this.#planes = planes(width);
  }

  /** Adds the direction of an embedding, and names the earlier items that it is alike to. One of zeros is like none. */
  add(item: number, direction: Int8Array): readonly number[] {
    const length = Math.sqrt(dot(direction, direction));
    if (direction.length !== this.width || length === 0) return [];
    const near = new Set<number>();
    this.#tables.forEach((table, at) => {
      const key = this.#side(direction, at);
      const bucket = table.get(key) ?? [];
      for (const other of bucket.slice(-MOST_COMPARED)) {
        const one = this.#vectors.get(other)!;
        const cosine = near.has(other) ? 0 : dot(direction, one.direction) / (length * one.length);
        if (1 - cosine <= this.limit) near.add(other);
      }
      bucket.push(item);
      table.set(key, bucket);
    });
    this.#vectors.set(item, { direction, length });
    return [...near].sort((a, b) => a - b);
  }

  #side(vector: Int8Array, table: number): number {
    let key = 0;
    for (let plane = 0; plane < PLANES; plane++) {
      const from = (table * PLANES + plane) * this.width;
      let sum = 0;
      for (let at = 0; at < this.width; at++) sum += vector[at]! * this.#planes[from + at]!;
      key = key * 2 + (sum >= 0 ? 1 : 0);
    }
    return key;
  }
}

function dot(a: Int8Array, b: Int8Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

/** Random directions, the same every time. */
function planes(width: number): Float32Array {
  const found = new Float32Array(TABLES * PLANES * width);
  let state = 0x9e3779b9;
  const next = () => {
    state = mix(state + 0x6d2b79f5);
    return (state >>> 0) / 2 ** 32;
  };
  // A sum of uniform numbers is near enough to normal for a direction.
  for (let at = 0; at < found.length; at++) found[at] = next() + next() + next() - 1.5;
  return found;
}

function mix(word: number): number {
  let x = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) | 0;
}
