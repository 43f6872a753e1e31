/** Long text in overlapping pieces, so that nothing hides past the end of what a model reads (U10, U13). */
import { InvalidError } from '../errors';
import { classOf, codePointBefore, isMark, SPACE } from './unicode';

export interface Window {
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
}

/** How far back from its limit a window may end to end at white space, as a share of its size. */
const LOOK_BACK = 0.25;
/** Longest cluster that is kept whole, in UTF-16 units; a longer one is cut between code points. */
const LONGEST_CLUSTER = 32;

/**
 * Windows of at most `size` UTF-16 units that cover the whole text in order, each starting about `overlap`
 * before the end of the one before. They begin and end at white space where there is some near, otherwise
 * between grapheme clusters, never inside a surrogate pair. One empty window for the empty text.
 * `size` at least 8, 0 ≤ `overlap` ≤ size / 2; otherwise throws `invalid-input`.
 */
export function windows(text: string, size: number, overlap: number): Window[] {
  if (!Number.isInteger(size) || size < 8 || !(overlap >= 0 && overlap <= size / 2))
    throw new InvalidError(
      'invalid-input',
      `Windows of ${size} characters with ${overlap} shared are not possible.`,
    );
  const found: Window[] = [];
  let start = 0;
  for (;;) {
    if (text.length - start <= size) {
      found.push({ start, end: text.length });
      return found;
    }
    const end = boundary(text, start + size, start + size - Math.floor(size * LOOK_BACK));
    found.push({ start, end });
    // At least an eighth of a window further, so that their number stays proportional to the text.
    const next = end - overlap;
    start = Math.max(boundary(text, next, next - Math.floor(size / 8)), after(text, start));
  }
}

/** A place to cut at or before `limit`: after white space down to `lowest`, else between clusters, else between code points. */
function boundary(text: string, limit: number, lowest: number): number {
  for (let at = limit; at > lowest; at--) if ((classOf(text.charCodeAt(at - 1)) & SPACE) !== 0) return at;
  for (let at = limit; at > Math.max(lowest, limit - LONGEST_CLUSTER); at--)
    if (!splitsPair(text, at) && !splitsCluster(text, at)) return at;
  return splitsPair(text, limit) ? limit - 1 : limit;
}

function after(text: string, start: number): number {
  return start + (splitsPair(text, start + 1) ? 2 : 1);
}

function splitsPair(text: string, at: number): boolean {
  const low = text.charCodeAt(at);
  const high = text.charCodeAt(at - 1);
  return low >= 0xdc00 && low <= 0xdfff && high >= 0xd800 && high <= 0xdbff;
}

/** Marks, joiners, selectors, skin tones and tags hang on what precedes them; what follows a joiner hangs on it. */
function splitsCluster(text: string, at: number): boolean {
  const next = text.codePointAt(at);
  if (next === undefined) return false;
  const joined = codePointBefore(text, at) === 0x200d;
  const tone = next >= 0x1f3fb && next <= 0x1f3ff;
  const tag = next >= 0xe0020 && next <= 0xe007f;
  return joined || tone || tag || next === 0x200d || next === 0x200c || isMark(next);
}
