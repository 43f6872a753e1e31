/** One pass that says of every UTF-16 unit whether it is hidden, and of which kind. */
import {
  breakBelongs,
  directionMarkBelongs,
  flagSequenceLength,
  joinerBelongs,
  selectorBelongs,
} from './benign';
import { isMark, scriptOf, unitsOf } from './unicode';

export type HiddenKind =
  | 'zero-width'
  | 'bidi'
  | 'tag'
  | 'variation-selector'
  | 'control'
  | 'filler'
  | 'combining-run'
  | 'surrogate';

/** A mask value is 0 (visible), 1 + the index of its kind here, or DROP. */
export const KINDS: readonly HiddenKind[] = [
  'zero-width',
  'bidi',
  'tag',
  'variation-selector',
  'control',
  'filler',
  'combining-run',
  'surrogate',
];
/** Belongs where it stands and is not reported, but says nothing to a model: LRM in Hebrew, a leading BOM. */
export const DROP = 100;

const ZERO_WIDTH = 1;
const BIDI = 2;
const TAG = 3;
const SELECTOR = 4;
const CONTROL = 5;
const FILLER = 6;
const RUN = 7;
export const SURROGATE = 8;

/**
 * Longest ordinary run of combining marks on one base, before composition. Latin, Greek and Cyrillic use two
 * (Vietnamese), phonetic notation three; Hebrew with cantillation and Tibetan stacks stay under eight (U05).
 */
const LONGEST_RUN = 3;
const LONGEST_RUN_ELSEWHERE = 8;

/** Kind per UTF-16 unit, or undefined when nothing is hidden for certain (printable ASCII). Linear time. */
export function hiddenMask(text: string): Uint8Array | undefined {
  if (!/[^\t\n\r\x20-\x7e]/.test(text)) return undefined;
  const mask = new Uint8Array(text.length);
  for (let index = 0; index < text.length; ) {
    const codePoint = text.codePointAt(index)!;
    const units = unitsOf(codePoint);
    const flag = codePoint === 0x1f3f4 ? flagSequenceLength(text, index) : 0;
    if (flag > 0) {
      index += flag;
      continue;
    }
    if (codePoint >= 0x7f || codePoint < 0x20) {
      const kind = kindAt(text, index, codePoint);
      if (kind !== 0) mask.fill(kind, index, index + units);
    }
    index += units;
  }
  maskRuns(text, mask);
  return mask;
}

function kindAt(text: string, index: number, c: number): number {
  if (c < 0x20) return c === 0x09 || c === 0x0a || c === 0x0d ? 0 : CONTROL;
  if (c < 0xa0) return CONTROL;
  if (c < 0x300) return c === 0xad ? ZERO_WIDTH : 0;
  if (c >= 0x2000 && c < 0x2070) return punctuationKind(text, index, c);
  if (c >= 0xd800 && c < 0xe000) return SURROGATE;
  if (isSelector(c)) return selectorBelongs(text, index, c) ? 0 : SELECTOR;
  if (c >= 0xe0000 && c < 0xe1000) return TAG;
  return rareKind(text, index, c);
}

/** The block General Punctuation: joiners, direction controls, invisible operators. */
function punctuationKind(text: string, index: number, c: number): number {
  if (c === 0x200b) return breakBelongs(text, index) ? 0 : ZERO_WIDTH;
  if (c === 0x200c || c === 0x200d) return joinerBelongs(text, index) ? 0 : ZERO_WIDTH;
  if (c === 0x200e || c === 0x200f) return directionMarkBelongs(text, index) ? DROP : BIDI;
  if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)) return BIDI;
  return c >= 0x2060 ? ZERO_WIDTH : 0;
}

function rareKind(text: string, index: number, c: number): number {
  switch (c) {
    case 0x61c:
      return directionMarkBelongs(text, index) ? DROP : BIDI;
    case 0xfeff:
      return index === 0 ? DROP : ZERO_WIDTH;
    case 0x34f:
    case 0x180e:
      return ZERO_WIDTH;
    case 0x115f:
    case 0x1160:
    case 0x17b4:
    case 0x17b5:
    case 0x2800:
    case 0x3164:
    case 0xffa0:
      return FILLER;
    case 0xfff9:
    case 0xfffa:
    case 0xfffb:
      return CONTROL;
    default:
      // Shorthand and musical format controls.
      return (c >= 0x1bca0 && c <= 0x1bca3) || (c >= 0x1d173 && c <= 0x1d17a) ? CONTROL : 0;
  }
}

function isSelector(c: number): boolean {
  return (
    (c >= 0xfe00 && c <= 0xfe0f) ||
    (c >= 0xe0100 && c <= 0xe01ef) ||
    (c >= 0x180b && c <= 0x180d) ||
    c === 0x180f
  );
}

/** Marks the runs that are too long, counting across hidden characters: removing those must not build a run. */
function maskRuns(text: string, mask: Uint8Array): void {
  let base = -1;
  let first = 0;
  let count = 0;
  for (let index = 0; index <= text.length; ) {
    const codePoint = index < text.length ? text.codePointAt(index)! : -1;
    const units = codePoint < 0 ? 1 : unitsOf(codePoint);
    if (codePoint >= 0x300 && mask[index] === 0 && isMark(codePoint)) {
      if (count === 0) first = index;
      count += 1;
    } else if (codePoint < 0 || mask[index] === 0) {
      if (count > longestRun(base)) maskMarks(text, mask, first, index);
      base = codePoint;
      count = 0;
    }
    index += units;
  }
}

function maskMarks(text: string, mask: Uint8Array, from: number, to: number): void {
  for (let index = from; index < to; ) {
    const units = unitsOf(text.codePointAt(index)!);
    if (mask[index] === 0) mask.fill(RUN, index, index + units);
    index += units;
  }
}

/** Longest ordinary run of marks on `base` (-1 for none). */
export function longestRun(base: number): number {
  if (base < 0) return LONGEST_RUN;
  const script = scriptOf(base);
  return script === 'latin' || script === 'cyrillic' || script === 'greek' || script === 'none'
    ? LONGEST_RUN
    : LONGEST_RUN_ELSEWHERE;
}
