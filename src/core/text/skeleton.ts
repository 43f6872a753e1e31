/**
 * The text as it looks: lower case, with look-alike letters made Latin, but only in words that are not
 * genuinely of another script. Works on normalised text, word by word, in linear time.
 */
import { type Likeness, lookAlike } from './lookalikes';
import { withoutLooseMarks } from './loose-marks';
import { normaliseText } from './nfkc';
import { ReadingBuilder } from './reading';
import { classOf, DIGIT, LETTER, MARK, scriptOf, unitsOf } from './unicode';

interface Pass {
  readonly text: string;
  readonly offsets: Uint32Array;
  /** Letters replaced by what they look like; case and digits in words do not count. */
  readonly replaced: number;
}

/** A mapping can complete a word that a further pass maps; two passes settle nearly every text. */
const MOST_PASSES = 6;

/** The skeleton of a normalised text; `offsets` as of that text, mapped through. */
export function skeletonText(normal: string, offsets: Uint32Array): Pass {
  let current: Pass = { text: normal, offsets, replaced: 0 };
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const mapped = mapWords(current.text, current.offsets);
    // A small or Latin letter may compose with marks that its capital or look-alike did not: H̱ becomes ẖ.
    const marked = /\p{M}/u.test(mapped.text);
    const settled = mapped.replaced === 0 && !marked ? mapped : normaliseText(mapped.text, mapped.offsets);
    const bare = withoutLooseMarks(settled.text, settled.offsets);
    const replaced = current.replaced + mapped.replaced;
    const done = mapped.replaced === 0 && bare === undefined && (pass > 0 || !hasDigits(current.text));
    const { text, offsets: places } = bare ?? settled;
    current = { text, offsets: places, replaced };
    if (done) break;
  }
  return current;
}

/** Digits made letters can complete a word, though they are not counted as replaced. */
function hasDigits(text: string): boolean {
  return /[013457]/.test(text);
}

interface Word {
  readonly start: number;
  readonly end: number;
  readonly latin: number;
  readonly strong: number;
  readonly weak: number;
  readonly phonetic: number;
  readonly enclosed: number;
  /** Letters of other scripts that look like nothing Latin, and Latin letters beyond ASCII. */
  readonly genuine: number;
  readonly digits: number;
}

function mapWords(text: string, offsets: Uint32Array): Pass {
  const words = readWords(text);
  const latinText = mostlyLatin(words);
  const out = new ReadingBuilder(text.length);
  let replaced = 0;
  let at = 0;
  for (const word of words) {
    if (isAsciiWord(word)) continue;
    lowerInto(out, text, at, word.start, offsets);
    replaced += wordInto(out, text, word, offsets, whatToMap(word, latinText));
    at = word.end;
  }
  lowerInto(out, text, at, text.length, offsets);
  return { ...out.finish(offsets[text.length]!), replaced };
}

/** Nothing to map: only Latin letters and no digit among them. */
function isAsciiWord(word: Word): boolean {
  return word.strong + word.weak + word.phonetic + word.enclosed + word.digits === 0;
}

/** Whether words made wholly of look-alikes stand among Latin ones: more Latin letters than genuine others. */
function mostlyLatin(words: readonly Word[]): boolean {
  let latin = 0;
  let genuine = 0;
  for (const word of words) {
    if (word.latin > 0) latin += word.latin + word.strong + word.weak;
    else genuine += word.genuine;
  }
  return latin > genuine;
}

/** Which look-alikes of the word become Latin. */
function whatToMap(word: Word, latinText: boolean): Readonly<Record<Likeness, boolean>> {
  const { latin, strong, weak, phonetic, enclosed, genuine } = word;
  const letters = latin + strong + weak + phonetic + enclosed + genuine;
  const mixed = latin + phonetic > 0 && strong + weak > 0 && letters >= 3;
  const disguised = latinText && latin === 0 && weak === 0 && genuine === 0 && strong >= 3;
  return {
    strong: mixed || disguised,
    weak: mixed,
    phonetic: phonetic > 0 && genuine === 0 && letters >= 3,
    enclosed: enclosed >= 3 || (enclosed > 0 && latin >= 2),
    none: false,
  };
}

/** Digits that stand for letters when letters stand on both sides (U09, best effort). */
const LEET: Readonly<Record<number, number>> = {
  48: 0x6f,
  49: 0x69,
  51: 0x65,
  52: 0x61,
  53: 0x73,
  55: 0x74,
};

function wordInto(
  out: ReadingBuilder,
  text: string,
  word: Word,
  offsets: Uint32Array,
  map: Readonly<Record<Likeness, boolean>>,
): number {
  let replaced = 0;
  for (let index = word.start; index < word.end; ) {
    const codePoint = text.codePointAt(index)!;
    const units = unitsOf(codePoint);
    const alike = lookAlike(codePoint);
    const letter = isLeet(text, index, word) ? LEET[codePoint] : undefined;
    if (letter !== undefined) out.push(letter, offsets[index]!);
    else if (alike.latin !== 0 && map[alike.likeness]) {
      out.push(alike.latin, offsets[index]!);
      replaced += 1;
    } else lowerInto(out, text, index, index + units, offsets);
    index += units;
  }
  return replaced;
}

/** A single digit between ASCII letters in a word of at least three letters: `pin3apple`, not `h2o` or `i18n`. */
function isLeet(text: string, index: number, word: Word): boolean {
  if (word.digits === 0 || word.latin < 3 || word.genuine > 0) return false;
  return (
    LEET[text.charCodeAt(index)] !== undefined &&
    isAsciiLetter(text, index - 1) &&
    isAsciiLetter(text, index + 1)
  );
}

function isAsciiLetter(text: string, index: number): boolean {
  const unit = text.charCodeAt(index) | 0x20;
  return unit >= 0x61 && unit <= 0x7a;
}

/** Lower case, code point by code point: no context, so that the map back stays exact. */
function lowerInto(out: ReadingBuilder, text: string, from: number, to: number, offsets: Uint32Array): void {
  for (let index = from; index < to; ) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      out.push(unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit, offsets[index]!);
      index += 1;
      continue;
    }
    const character = String.fromCodePoint(text.codePointAt(index)!);
    const lower = (classOf(text.codePointAt(index)!) & LETTER) === 0 ? character : character.toLowerCase();
    if (lower.length === character.length)
      for (let k = 0; k < lower.length; k++) out.push(lower.charCodeAt(k), offsets[index + k]!);
    else out.pushAll(lower, offsets[index]!);
    index += character.length;
  }
}

function readWords(text: string): Word[] {
  const words: Word[] = [];
  for (let index = 0; index < text.length; ) {
    const codePoint = text.codePointAt(index)!;
    if (!isPart(codePoint)) {
      index += unitsOf(codePoint);
      continue;
    }
    const word = readWord(text, index);
    words.push(word);
    index = word.end;
  }
  return words;
}

function readWord(text: string, start: number): Word {
  const count = { latin: 0, strong: 0, weak: 0, phonetic: 0, enclosed: 0, none: 0, genuine: 0, digits: 0 };
  let end = start;
  while (end < text.length) {
    const codePoint = text.codePointAt(end)!;
    if (!isPart(codePoint)) break;
    end += unitsOf(codePoint);
    if (codePoint < 0x80) count[codePoint < 0x3a ? 'digits' : 'latin'] += 1;
    else countLetter(count, codePoint);
  }
  return { start, end, ...count };
}

function countLetter(count: Record<string, number>, codePoint: number): void {
  const bits = classOf(codePoint);
  const { likeness } = lookAlike(codePoint);
  if (likeness !== 'none') count[likeness]! += 1;
  else if ((bits & LETTER) !== 0) {
    // Latin letters with accents are Latin; other Latin letters (phonetic ones without a plain twin) are genuine.
    const latin = scriptOf(codePoint) === 'latin' && codePoint < 0x250;
    count[latin ? 'latin' : 'genuine']! += 1;
  }
}

function isPart(codePoint: number): boolean {
  if (codePoint < 0x80) return isAsciiPart(codePoint);
  return (classOf(codePoint) & (LETTER | MARK | DIGIT)) !== 0 || lookAlike(codePoint).likeness === 'enclosed';
}

function isAsciiPart(unit: number): boolean {
  const lower = unit | 0x20;
  return (unit >= 0x30 && unit <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}
