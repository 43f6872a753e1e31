/** Combining marks that no letter is composed with, such as a stroke through every letter of a word (U05). */
import { ReadingBuilder } from './reading';
import { isMark, isWordPart, scriptOf, unitsOf } from './unicode';

/**
 * A mark shared by all scripts right behind a Latin letter, which in NFKC text is one that did not compose;
 * or four letters beyond ASCII in a row, which no Latin orthography has (Vietnamese reaches three).
 */
const LOOSE = /\p{Script=Latin}(?=\p{M})\p{Script=Inherited}|[\u00c0-\u024f\u1e00-\u1eff]{4}/u;

/**
 * Normalised text without the marks on Latin letters of those words in which one did not compose or every
 * letter has one; undefined when that changes nothing. In such a word composed accents go as well, since a
 * disguise mixes both; other accents stay, because they tell words of many languages apart. Linear time.
 */
export function withoutLooseMarks(
  text: string,
  offsets: Uint32Array,
): { text: string; offsets: Uint32Array } | undefined {
  if (!LOOSE.test(text)) return undefined;
  const out = new ReadingBuilder(text.length);
  for (let index = 0; index < text.length; ) {
    const end = wordEnd(text, index);
    if (end > index && LOOSE.test(text.slice(index, end))) bareWord(out, text, index, end, offsets);
    else copy(out, text, index, Math.max(end, index + 1), offsets);
    index = Math.max(end, index + 1);
  }
  const bare = out.finish(offsets[text.length]!);
  return bare.text === text ? undefined : bare;
}

/** End of the run of letters, marks and digits that starts at `start`; `start` itself when there is none. */
function wordEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length) {
    const codePoint = text.codePointAt(end)!;
    if (!isWordPart(codePoint)) break;
    end += unitsOf(codePoint);
  }
  return end;
}

function bareWord(out: ReadingBuilder, text: string, from: number, to: number, offsets: Uint32Array): void {
  let onLatin = false;
  for (let index = from; index < to; ) {
    const codePoint = text.codePointAt(index)!;
    const units = unitsOf(codePoint);
    if (!isMark(codePoint)) onLatin = scriptOf(codePoint) === 'latin';
    if (!onLatin) copy(out, text, index, index + units, offsets);
    else if (!isMark(codePoint))
      out.pushAll(String.fromCodePoint(codePoint).normalize('NFD').replace(/\p{M}/gu, ''), offsets[index]!);
    else if (scriptOf(codePoint) !== 'none') copy(out, text, index, index + units, offsets);
    index += units;
  }
}

function copy(out: ReadingBuilder, text: string, from: number, to: number, offsets: Uint32Array): void {
  for (let index = from; index < to; index++) out.push(text.charCodeAt(index), offsets[index]!);
}
