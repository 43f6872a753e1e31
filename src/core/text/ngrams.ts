/**
 * Hashed n-grams of a reading: what the linear text model reads. Characters within white-space tokens
 * padded with a space, and words; every feature knows its span.
 */
import { FeatureSink, type NgramFeatures } from './feature-sink';
import { classOf, isWordPart, LETTER, SPACE, standsAlone, unitsOf } from './unicode';

export type { NgramFeatures } from './feature-sink';

export interface NgramConfig {
  /** Hash buckets of character n-grams, then of word n-grams; word buckets follow the character buckets. */
  readonly characterBuckets: number;
  readonly wordBuckets: number;
  /** Lengths in code points, ascending. */
  readonly characterSizes: readonly number[];
  /** Lengths in words, ascending. */
  readonly wordSizes: readonly number[];
  /** Characters of text scored at once, in UTF-16 units. */
  readonly windowCharacters: number;
  /** Weight of what stands in a user name (`@…`) or an address (`https://…`), beside 1 for the rest. */
  readonly nameWeight?: number;
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

/** Features of `text` in order of position within each block; nothing for a text of white space. */
export function ngramFeatures(text: string, config: NgramConfig): NgramFeatures {
  const points = readPoints(text);
  const sink = new FeatureSink(points.count * config.characterSizes.length * 2 + 64);
  const names = config.nameWeight === undefined ? undefined : nameMask(points);
  characterNgrams(points, names, config, sink);
  sink.endBlock();
  wordNgrams(points, names, config, sink);
  sink.endBlock();
  return sink.finish();
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

function characterNgrams(
  points: Points,
  names: Uint8Array | undefined,
  config: NgramConfig,
  sink: FeatureSink,
): void {
  for (let start = 0; start < points.count; ) {
    if (isSpace(points.codes[start]!)) {
      start += 1;
      continue;
    }
    const end = tokenEnd(points, start);
    sink.weight = names?.[start] ? config.nameWeight! : 1;
    tokenNgrams(points, start, end, config, sink);
    start = end;
  }
}

/** 1 for every code point of a user name or an address. */
function nameMask(points: Points): Uint8Array {
  const mask = new Uint8Array(points.count);
  for (let start = 0; start < points.count; ) {
    const end = tokenEnd(points, start);
    if (isName(points, start, end)) mask.fill(1, start, end);
    start = end;
  }
  return mask;
}

function tokenEnd({ codes, count }: Points, start: number): number {
  let end = start + 1;
  while (end < count && !isSpace(codes[end]!)) end += 1;
  return end;
}

/** A token that starts with @ and goes on, or holds `://`. */
function isName({ codes }: Points, start: number, end: number): boolean {
  if (codes[start] === 0x40 && end > start + 1) return true;
  for (let at = start; at + 2 < end; at++)
    if (codes[at] === 0x3a && codes[at + 1] === 0x2f && codes[at + 2] === 0x2f) return true;
  return false;
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
    let hash = CHARACTER_SALT;
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
  /** 1 for words inside a user name or an address. */
  readonly names: Uint8Array;
  readonly count: number;
}

function readWords(points: Points, inNames: Uint8Array | undefined): Words {
  const { codes, offsets, count } = points;
  const hashes = new Int32Array(count);
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  const names = new Uint8Array(count);
  let words = 0;
  for (let start = 0; start < count; ) {
    if (!isWordPart(codes[start]!)) {
      start += 1;
      continue;
    }
    let end = start;
    let hash = WORD_SALT;
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
    names[words] = inNames?.[start] ?? 0;
    words += 1;
    start = end;
  }
  return { hashes, starts, ends, names, count: words };
}

function wordNgrams(
  points: Points,
  inNames: Uint8Array | undefined,
  config: NgramConfig,
  sink: FeatureSink,
): void {
  const { hashes, starts, ends, names, count } = readWords(points, inNames);
  const { characterBuckets, wordBuckets, wordSizes } = config;
  const longest = wordSizes[wordSizes.length - 1] ?? 0;
  for (let first = 0; first < count; first++) {
    let hash = WORD_SALT;
    sink.weight = 1;
    for (let size = 1; size <= longest && first + size <= count; size++) {
      const last = first + size - 1;
      hash = mix(hash, hashes[last]!);
      if (names[last] === 1) sink.weight = config.nameWeight!;
      if (wordSizes.includes(size))
        sink.push(characterBuckets + (finish(hash ^ size) % wordBuckets), starts[first]!, ends[last]!);
    }
  }
}

function isSpace(code: number): boolean {
  return (classOf(code) & SPACE) !== 0;
}
