/** Where invisible characters belong: the uses that Unicode and ordinary writing intend (U12). */
import { classOf, codePointBefore, isMark, STABLE, scriptOf, unitsOf } from './unicode';

/** Canonical combining class 9 in the scripts that join conjuncts. Source: UnicodeData.txt, ccc = Virama. */
const VIRAMAS = new Set([
  0x94d, 0x9cd, 0xa4d, 0xacd, 0xb4d, 0xbcd, 0xc4d, 0xccd, 0xd3b, 0xd3c, 0xd4d, 0xdca, 0xf84, 0x1b44, 0xa9c0,
  0xaaf6, 0xabed, 0x11133, 0x11134, 0x11442,
]);

/** Characters either side within which a right-to-left letter makes LRM and RLM ordinary. */
const DIRECTION_REACH = 64;

/** ZWNJ (U+200C) or ZWJ (U+200D) of one unit at `index`: choosing letter forms, conjuncts or an emoji sequence. */
export function joinerBelongs(text: string, index: number): boolean {
  const joiner = text.charCodeAt(index);
  const before = codePointBefore(text, index);
  const after = text.codePointAt(index + 1) ?? -1;
  // Whatever follows: a rule that looked further could change its mind once hidden neighbours are gone.
  if (viramaEndsAt(text, index)) return true;
  if (after >= 0 && VIRAMAS.has(after)) return before >= 0 && scriptOf(before) === 'indic';
  const joinsBefore = baseScript(text, index) === 'joining';
  const joinsAfter = after >= 0 && stableScript(after) === 'joining';
  if (joiner === 0x200c) return joinsBefore && joinsAfter;
  return joinsBefore || joinsAfter || (emojiEndsAt(text, index) && isStableEmoji(after));
}

/** Script of the letter that ends at `index`, looking through at most 8 marks. */
function baseScript(text: string, index: number): string {
  let at = index;
  for (let step = 0; step < 8; step++) {
    const codePoint = codePointBefore(text, at);
    if (codePoint < 0) return 'none';
    if (!isMark(codePoint)) return stableScript(codePoint);
    at -= unitsOf(codePoint);
  }
  return 'none';
}

/** A virama ends at `index`, perhaps behind other marks, whose order normalisation may change. */
function viramaEndsAt(text: string, index: number): boolean {
  let at = index;
  for (let step = 0; step < 8; step++) {
    const codePoint = codePointBefore(text, at);
    if (codePoint < 0x300 || !isMark(codePoint)) return false;
    if (VIRAMAS.has(codePoint)) return true;
    at -= unitsOf(codePoint);
  }
  return false;
}

/** Compatibility forms have none: NFKC may turn them into something else. */
function stableScript(codePoint: number): string {
  return (classOf(codePoint) & STABLE) === 0 ? 'none' : scriptOf(codePoint);
}

/** An emoji, perhaps with its skin tone and presentation selector, ends at `index`. */
function emojiEndsAt(text: string, index: number): boolean {
  let at = index;
  let codePoint = codePointBefore(text, at);
  if (codePoint === 0xfe0f) {
    at -= 1;
    codePoint = codePointBefore(text, at);
  }
  if (codePoint >= 0x1f3fb && codePoint <= 0x1f3ff) codePoint = codePointBefore(text, at - 2);
  return isStableEmoji(codePoint);
}

/** A pictograph that NFKC leaves alone: ™ and Ⓜ become letters, so nothing may hang on them. */
function isStableEmoji(codePoint: number): boolean {
  if (codePoint < 0x80 || (classOf(codePoint) & STABLE) === 0) return false;
  return /\p{Extended_Pictographic}/u.test(String.fromCodePoint(codePoint));
}

/** A variation selector at `index` that its base defines: emoji style, keycap, ideograph, maths, Mongolian. */
export function selectorBelongs(text: string, index: number, selector: number): boolean {
  const base = codePointBefore(text, index);
  if (base < 0) return false;
  if (selector <= 0x180f) return scriptOf(base) === 'mongolian';
  if (selector >= 0xe0100) return scriptOf(base) === 'han';
  const after = text.codePointAt(index + 1) ?? -1;
  if (selector === 0xfe0e || selector === 0xfe0f) {
    if (base < 0x80) return after === 0x20e3 && /[0-9#*]/.test(String.fromCodePoint(base));
    return /\p{Emoji}/u.test(String.fromCodePoint(base));
  }
  return selector <= 0xfe02 && (scriptOf(base) === 'han' || /\p{Sm}/u.test(String.fromCodePoint(base)));
}

/** LRM, RLM or ALM at `index` near a right-to-left letter. */
export function directionMarkBelongs(text: string, index: number): boolean {
  const from = Math.max(0, index - DIRECTION_REACH);
  const near = text.slice(from, index + DIRECTION_REACH);
  // The Arabic letter mark is itself of script Arabic, so it would vouch for itself.
  return /(?!\u061c)[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u.test(
    near,
  );
}

/** ZWSP at `index` between letters of scripts written without spaces, where it marks a word break. */
export function breakBelongs(text: string, index: number): boolean {
  const after = text.codePointAt(index + 1) ?? -1;
  return (
    after >= 0 && stableScript(after) === 'south-east-asian' && baseScript(text, index) === 'south-east-asian'
  );
}

/**
 * Units of the emoji flag tag sequence that starts at `index` (U+1F3F4, two region letters, one to four
 * letters or digits, cancel tag), or 0. Source: UTS #51, emoji tag sequences.
 */
export function flagSequenceLength(text: string, index: number): number {
  if (text.codePointAt(index) !== 0x1f3f4) return 0;
  let at = index + 2;
  for (let count = 0; count <= 7; count++) {
    const codePoint = text.codePointAt(at) ?? -1;
    if (codePoint === 0xe007f) return count >= 3 ? at + 2 - index : 0;
    const letter = codePoint >= 0xe0061 && codePoint <= 0xe007a;
    const digit = codePoint >= 0xe0030 && codePoint <= 0xe0039 && count >= 2;
    if (!letter && !digit) return 0;
    at += 2;
  }
  return 0;
}
