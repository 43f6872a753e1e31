/**
 * What a code point is, answered from a table filled on demand: a Unicode property regex costs about
 * 100 ns a character, the table about 2 ns. Properties come from the engine's own Unicode data.
 */

/** Bits of `classOf`. */
export const MARK = 1;
export const SPACE = 2;
export const LETTER = 4;
export const DIGIT = 8;
/** Unchanged by NFKC when it stands alone. */
export const STABLE = 16;
/** May join its predecessor under NFKC: marks, Hangul vowels and finals, halfwidth voicing marks. */
export const EXTENDS = 32;
const KNOWN = 128;

export type Script =
  | 'none'
  | 'latin'
  | 'cyrillic'
  | 'greek'
  | 'han'
  | 'kana'
  | 'hangul'
  | 'joining'
  | 'hebrew'
  | 'indic'
  | 'south-east-asian'
  | 'mongolian'
  | 'other';

const SCRIPTS: readonly (readonly [Script, RegExp])[] = [
  ['latin', /\p{scx=Latin}/u],
  ['cyrillic', /\p{Script=Cyrillic}/u],
  ['greek', /\p{Script=Greek}/u],
  ['han', /\p{Script=Han}/u],
  ['kana', /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}]/u],
  ['hangul', /\p{Script=Hangul}/u],
  // Scripts whose letters join, where ZWNJ and ZWJ choose the form. Source: Unicode 17 §9, ArabicShaping.txt.
  [
    'joining',
    /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Nko}\p{Script=Adlam}\p{Script=Mandaic}\p{Script=Thaana}\p{Script=Hanifi_Rohingya}]/u,
  ],
  ['hebrew', /\p{Script=Hebrew}/u],
  [
    'indic',
    /[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Tibetan}\p{Script=Balinese}\p{Script=Javanese}\p{Script=Newa}\p{Script=Meetei_Mayek}\p{Script=Chakma}]/u,
  ],
  [
    'south-east-asian',
    /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tai_Le}\p{Script=New_Tai_Lue}\p{Script=Tai_Tham}]/u,
  ],
  ['mongolian', /\p{Script=Mongolian}/u],
];

const classes = new Uint8Array(0x110000);
const scripts = new Uint8Array(0x110000);

/** Bits MARK, SPACE, LETTER, DIGIT, STABLE, EXTENDS of a code point (0 to 0x10FFFF). */
export function classOf(codePoint: number): number {
  const known = classes[codePoint]!;
  return known !== 0 ? known : fillClass(codePoint);
}

/**
 * The script of a code point as far as Winnow tells scripts apart; `none` for digits, marks and symbols shared
 * by all, and for characters without a shape: the Arabic letter mark is no letter that a joiner could join.
 */
export function scriptOf(codePoint: number): Script {
  let index = scripts[codePoint]!;
  if (index === 0) {
    index = 1 + findScript(codePoint);
    scripts[codePoint] = index;
  }
  return NAMES[index - 1]!;
}

const NAMES: readonly Script[] = [...SCRIPTS.map(([name]) => name), 'other', 'none'];

function findScript(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  if (/[\p{Script=Common}\p{Script=Inherited}\p{Default_Ignorable_Code_Point}]/u.test(character))
    return NAMES.length - 1;
  const index = SCRIPTS.findIndex(([, pattern]) => pattern.test(character));
  return index < 0 ? NAMES.length - 2 : index;
}

function fillClass(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  let bits = KNOWN;
  if (/\p{M}/u.test(character)) bits |= MARK | EXTENDS;
  if (/\s/u.test(character)) bits |= SPACE;
  if (/\p{L}/u.test(character)) bits |= LETTER;
  if (/\p{N}/u.test(character)) bits |= DIGIT;
  if (joinsBackwards(codePoint)) bits |= EXTENDS;
  const normal = character.normalize('NFKC');
  if (normal === character) bits |= STABLE;
  // Thai and Lao sara am decompose into a mark and a vowel.
  if (/^\p{M}/u.test(normal)) bits |= EXTENDS;
  classes[codePoint] = bits;
  return bits;
}

/**
 * Code points outside \p{M} that NFKC may compose with what precedes them: Hangul jamo in all their
 * compatibility forms, halfwidth katakana voicing marks, Kirat Rai vowel signs.
 * Source: DerivedNormalizationProps.txt, NFC_QC=Maybe, and compatibility decompositions onto those.
 */
function joinsBackwards(c: number): boolean {
  return (
    (c >= 0x1160 && c <= 0x11ff) ||
    (c >= 0x3131 && c <= 0x318e) ||
    (c >= 0xd7b0 && c <= 0xd7ff) ||
    (c >= 0xff9e && c <= 0xffdc) ||
    (c >= 0x16d63 && c <= 0x16d6a)
  );
}

export function isMark(codePoint: number): boolean {
  return (classOf(codePoint) & MARK) !== 0;
}

/** Letters, their marks and digits: what words are made of. */
export function isWordPart(codePoint: number): boolean {
  return (classOf(codePoint) & (LETTER | MARK | DIGIT)) !== 0;
}

/** A character that is a word by itself, in scripts written without spaces: Han and kana. */
export function standsAlone(codePoint: number): boolean {
  if (codePoint < 0x2e80) return false;
  const script = scriptOf(codePoint);
  return script === 'han' || script === 'kana';
}

/** Number of UTF-16 units of a code point. */
export function unitsOf(codePoint: number): 1 | 2 {
  return codePoint > 0xffff ? 2 : 1;
}

/** The code point that ends just before `index`, or -1 at the start. A lone surrogate is itself. */
export function codePointBefore(text: string, index: number): number {
  if (index <= 0) return -1;
  const low = text.charCodeAt(index - 1);
  if (low >= 0xdc00 && low <= 0xdfff && index > 1) {
    const high = text.charCodeAt(index - 2);
    if (high >= 0xd800 && high <= 0xdbff) return text.codePointAt(index - 2)!;
  }
  return low;
}
