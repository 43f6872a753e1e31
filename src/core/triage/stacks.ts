/** Items that look alike, stacked: whoever has decided one may decide them all. */
import { NEAR } from '../image/phash';
import { ones } from './bits';

/** Bits that two perceptual hashes may differ in and still be taken for one picture. */
export const ALIKE_BITS = NEAR;

/**
 * How many of a bucket an item is compared with. Pictures that share a part of their hash by chance are a few dozen in
 * 50,000; only somebody who makes them alike on purpose gets beyond this, and then some pairs are missed.
 */
const MOST_COMPARED = 512;

/** Sets that only ever grow together. */
export class Union {
  #parent = new Uint32Array(0);

  root(item: number): number {
    const parent = this.#parent;
    if (item >= parent.length) return item;
    let root = item;
    while (parent[root] !== root) root = parent[root]!;
    // The next look is shorter.
    for (let at = item; at !== root; ) {
      const next = parent[at]!;
      parent[at] = root;
      at = next;
    }
    return root;
  }

  /** The lower number stays the root, so that a stack keeps its face. */
  join(a: number, b: number): void {
    if (Math.max(a, b) >= this.#parent.length) this.#grow(Math.max(a, b) * 2 + 256);
    const [one, other] = [this.root(a), this.root(b)];
    if (one !== other) this.#parent[Math.max(one, other)] = Math.min(one, other);
  }

  #grow(size: number): void {
    const parent = Uint32Array.from({ length: size }, (_, item) => item);
    parent.set(this.#parent);
    this.#parent = parent;
  }
}

/**
 * Near-duplicates by perceptual hash, item by item as they come. Two hashes that differ in at most `bits` agree wholly
 * in one of `bits + 1` pieces at least, so only items that share a piece are compared.
 */
export class Stacks {
  readonly #union = new Union();
  /** Of every different hash: the item it came with first, and its halves. */
  readonly #first = new Map<string, number>();
  /** Of each SHA-256, the item it came with first. */
  readonly #bytes = new Map<string, number>();
  /** Goes up whenever something may have joined. */
  changes = 0;
  #items = new Int32Array(256);
  #high = new Int32Array(256);
  #low = new Int32Array(256);
  /** Per piece, by its value: places in these tables. */
  readonly #buckets: readonly Map<number, number[]>[];
  readonly #pieces: readonly (readonly [from: number, to: number])[];

  constructor(private readonly bits = ALIKE_BITS) {
    const pieces = bits + 1;
    this.#pieces = Array.from({ length: pieces }, (_, at) => [
      Math.floor((64 * at) / pieces),
      Math.floor((64 * (at + 1)) / pieces),
    ]);
    this.#buckets = this.#pieces.map(() => new Map());
  }

  /** `phash`: 16 hex digits. */
  add(item: number, phash: string): void {
    this.changes += 1;
    const same = this.#first.get(phash);
    if (same !== undefined) {
      this.#union.join(item, same);
      return;
    }
    const place = this.#first.size;
    this.#first.set(phash, item);
    if (place === this.#items.length) this.#grow();
    this.#items[place] = item;
    this.#high[place] = Number.parseInt(phash.slice(0, 8), 16) | 0;
    this.#low[place] = Number.parseInt(phash.slice(8), 16) | 0;
    this.#pieces.forEach(([from, to], at) => {
      const key = piece(this.#high[place]!, this.#low[place]!, from, to);
      const bucket = this.#buckets[at]!.get(key);
      if (bucket) this.#compare(place, bucket);
      else this.#buckets[at]!.set(key, [place]);
    });
  }

  #compare(place: number, bucket: number[]): void {
    const high = this.#high[place]!;
    const low = this.#low[place]!;
    for (let at = Math.max(0, bucket.length - MOST_COMPARED); at < bucket.length; at++) {
      const other = bucket[at]!;
      const differing = ones(high ^ this.#high[other]!) + ones(low ^ this.#low[other]!);
      if (differing <= this.bits) this.#union.join(this.#items[place]!, this.#items[other]!);
    }
    bucket.push(place);
  }

  #grow(): void {
    const twice = (old: Int32Array) => {
      const made = new Int32Array(old.length * 2);
      made.set(old);
      return made;
    };
    this.#items = twice(this.#items);
    this.#high = twice(this.#high);
    this.#low = twice(this.#low);
  }

  /** Items of the same bytes are alike, whatever they are. `sha256`: hex; empty while nobody has read them. */
  same(item: number, sha256: string): void {
    if (sha256 === '') return;
    const first = this.#bytes.get(sha256);
    if (first === undefined) this.#bytes.set(sha256, item);
    else if (first !== item) this.join(item, first);
  }

  /** Says that two items are alike for another reason, such as embeddings that are close. */
  join(a: number, b: number): void {
    this.changes += 1;
    this.#union.join(a, b);
  }

  /** The item that stands for the stack: its first. */
  face(item: number): number {
    return this.#union.root(item);
  }

  /** Stacks of two and more among items 0 to `size`, by their first item, in order. */
  all(size: number): ReadonlyMap<number, readonly number[]> {
    const found = new Map<number, number[]>();
    // A face is the first of its stack, so it has been passed when the next one comes.
    for (let item = 0; item < size; item++) {
      const face = this.face(item);
      if (face === item) continue;
      const members = found.get(face);
      if (members) members.push(item);
      else found.set(face, [face, item]);
    }
    return new Map([...found].sort(([one], [other]) => one - other));
  }
}

/** Bits `from` to `to` of a hash, as a number. */
function piece(high: number, low: number, from: number, to: number): number {
  let found = 0;
  for (let bit = from; bit < to; bit++)
    found = found * 2 + ((bit < 32 ? high >>> (31 - bit) : low >>> (63 - bit)) & 1);
  return found;
}
