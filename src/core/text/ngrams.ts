/**
 * Hashed n-grams of a reading: what the linear text model reads. Characters within white-space tokens
 * padded with a space, words, and pairs of words one apart; every feature knows its span.
 */
import { classOf, isWordPart, LETTER, SPACE, standsAlone, unitsOf } from './unicode';

export interface NgramConfig {
  /** Hash buckets of character n-grams, then of word n-grams; word buckets follow the character buckets. */
  readonly characterBuckets: number;
  readonly wordBuckets: number;
  /** Lengths in code points, ascending. */
  readonly characterSizes: readonly number[];
  /** Lengths in words, ascending. */
  readonly wordSizes: readonly number[];
  /** Also pairs of words with up to this many words between them. */
  readonly wordGap?: number;
  /** Characters of text scored at once, in UTF-16 units. */
  readonly windowCharacters: number;
  /** Part of every hash; 0 when absent. */
  readonly seed?: number;
  /** Weight of the character block and of the word block after each is brought to length one. */
  readonly characterWeight?: number;
  readonly wordWeight?: number;
}

export interface NgramFeatures {
  /** Bucket of each feature: a row of the weight table. One entry per occurrence, so buckets repeat. */
  readonly indices: Int32Array;
  /** What the row is multiplied by. */
  readonly values: Float32Array;
  /** UTF-16 offsets into the reading's text. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** A reading cut into code points (folded to lower case) with their offsets. */
interface Points {
  readonly codes: Uint32Array;
  /** UTF-16 offset of each, plus one past the end. */
  readonly offsets: Uint32Array;
  readonly count: number;
}

const PAD = 0x20;
const CHARACTER_SALT = 0x2545f491;
const WORD_SALT = 0x6c62272e;
const GAP_SALT = 0x1b873593;

/** Features of `text` in order of position within each block; nothing for a text without letters, digits or signs. */
export function ngramFeatures(text: string, config: NgramConfig): NgramFeatures {
  const points = readPoints(text);
  const sink = new FeatureSink(points.count * config.characterSizes.length * 2 + 64);
  characterNgrams(points, config, sink);
  const characters = sink.length;
  wordNgrams(points, config, sink);
  const values = new Float32Array(sink.length);
  weigh(sink, values, 0, characters, config.characterWeight ?? 1);
  weigh(sink, values, characters, sink.length, config.wordWeight ?? 1);
  return sink.finish(values);
}

function readPoints(text: string): Points {
  const codes = new Uint32Array(text.length);
  const offsets = new Uint32Array(text.length + 1);
  let count = 0;
  for (let index = 0; index < text.length; ) {
    const codePoint = text.codePointAt(index)!;
    codes[count] = lower(codePoint);
    offsets[count] = index;
    count += 1;
    index += unitsOf(codePoint);
  }
  offsets[count] = text.length;
  return { codes, offsets, count };
}

/** Lower case when it is one code point; no context, unlike `toLowerCase` on a whole text. */
function lower(codePoint: number): number {
  if (codePoint < 0x80) return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 0x20 : codePoint;
  if ((classOf(codePoint) & LETTER) === 0) return codePoint;
  const folded = String.fromCodePoint(codePoint).toLowerCase();
  const first = folded.codePointAt(0)!;
  return folded.length === unitsOf(first) ? first : codePoint;
}

/** Multiply, xor, shift: the body of MurmurHash3's 32-bit mix over one code point or one word hash. */
function mix(hash: number, value: number): number {
  let k = Math.imul(value, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  const h = hash ^ Math.imul(k, 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** MurmurHash3's finaliser. */
function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function characterNgrams(points: Points, config: NgramConfig, sink: FeatureSink): void {
  const { codes, count } = points;
  for (let start = 0; start < count; ) {
    if (isSpace(codes[start]!)) {
      start += 1;
      continue;
    }
    let end = start + 1;
    while (end < count && !isSpace(codes[end]!)) end += 1;
    tokenNgrams(points, start, end, config, sink);
    start = end;
  }
}

/** N-grams of the token with a space on either side; the pads take no part in the span. */
function tokenNgrams(
  points: Points,
  start: number,
  end: number,
  config: NgramConfig,
  sink: FeatureSink,
): void {
  const { codes, offsets } = points;
  const { characterSizes, characterBuckets } = config;
  const longest = characterSizes[characterSizes.length - 1] ?? 0;
  for (let first = start - 1; first < end; first++) {
    let hash = CHARACTER_SALT ^ (config.seed ?? 0);
    let size = 0;
    for (let at = first; at <= end && size < longest; at++) {
      hash = mix(hash, at < start || at === end ? PAD : codes[at]!);
      size += 1;
      if (size === 1 && first < start) continue;
      if (!characterSizes.includes(size) || (at === end && size === 1)) continue;
      const from = Math.max(first, start);
      sink.push(finish(hash ^ size) % characterBuckets, offsets[from]!, offsets[at === end ? end : at + 1]!);
    }
  }
}

/** Words: runs of letters, marks and digits; in scripts written without spaces, single characters. */
interface Words {
  readonly hashes: Int32Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly count: number;
}

function readWords(points: Points, seed: number): Words {
  const { codes, offsets, count } = points;
  const hashes = new Int32Array(count);
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  let words = 0;
  for (let start = 0; start < count; ) {
    if (!isWordPart(codes[start]!)) {
      start += 1;
      continue;
    }
    let end = start;
    let hash = WORD_SALT ^ seed;
    do {
      hash = mix(hash, codes[end]!);
      end += 1;
    } while (
      end < count &&
      isWordPart(codes[end]!) &&
      !standsAlone(codes[end - 1]!) &&
      !standsAlone(codes[end]!)
    );
    hashes[words] = hash;
    starts[words] = offsets[start]!;
    ends[words] = offsets[end]!;
    words += 1;
    start = end;
  }
  return { hashes, starts, ends, count: words };
}

function wordNgrams(points: Points, config: NgramConfig, sink: FeatureSink): void {
  const words = readWords(points, config.seed ?? 0);
  const { characterBuckets, wordBuckets, wordSizes } = config;
  const longest = wordSizes[wordSizes.length - 1] ?? 0;
  const push = (hash: number, first: number, last: number): void => {
    sink.push(characterBuckets + (finish(hash) % wordBuckets), words.starts[first]!, words.ends[last]!);
  };
  for (let first = 0; first < words.count; first++) {
    let hash = WORD_SALT;
    for (let size = 1; size <= longest && first + size <= words.count; size++) {
      hash = mix(hash, words.hashes[first + size - 1]!);
      if (wordSizes.includes(size)) push(hash ^ size, first, first + size - 1);
    }
    for (let gap = 1; gap <= (config.wordGap ?? 0) && first + gap + 1 < words.count; gap++)
      push(mix(mix(GAP_SALT, words.hashes[first]!), words.hashes[first + gap + 1]!), first, first + gap + 1);
  }
}

function isSpace(code: number): boolean {
  return (classOf(code) & SPACE) !== 0;
}

/**
 * Values of one block: a bucket that occurs n times weighs 1 + ln n, shared evenly over its occurrences, and
 * the block's weights by bucket have Euclidean length `weight`.
 */
function weigh(sink: FeatureSink, values: Float32Array, from: number, to: number, weight: number): void {
  const counts = new Map<number, number>();
  for (let index = from; index < to; index++) {
    const bucket = sink.indices[index]!;
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  let squares = 0;
  for (const count of counts.values()) squares += (1 + Math.log(count)) ** 2;
  const scale = squares === 0 ? 0 : weight / Math.sqrt(squares);
  for (let index = from; index < to; index++) {
    const count = counts.get(sink.indices[index]!)!;
    values[index] = (scale * (1 + Math.log(count))) / count;
  }
}

class FeatureSink {
  indices: Int32Array;
  #starts: Uint32Array;
  #ends: Uint32Array;
  length = 0;

  constructor(capacity: number) {
    this.indices = new Int32Array(capacity);
    this.#starts = new Uint32Array(capacity);
    this.#ends = new Uint32Array(capacity);
  }

  push(bucket: number, start: number, end: number): void {
    if (this.length === this.indices.length) this.#grow();
    this.indices[this.length] = bucket;
    this.#starts[this.length] = start;
    this.#ends[this.length] = end;
    this.length += 1;
  }

  finish(values: Float32Array): NgramFeatures {
    return {
      indices: this.indices.slice(0, this.length),
      values,
      starts: this.#starts.slice(0, this.length),
      ends: this.#ends.slice(0, this.length),
    };
  }

  #grow(): void {
    const size = this.indices.length * 2;
    const indices = new Int32Array(size);
    const starts = new Uint32Array(size);
    const ends = new Uint32Array(size);
    indices.set(this.indices);
    starts.set(this.#starts);
    ends.set(this.#ends);
    this.indices = indices;
    this.#starts = starts;
    this.#ends = ends;
  }
}
