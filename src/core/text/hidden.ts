/** Characters a reader does not see but a model reads, and the escaped form to copy them in. */
import { DROP, type HiddenKind, hiddenMask, KINDS } from './mask';
import { unitsOf } from './unicode';

export type { HiddenKind } from './mask';

export interface HiddenCharacter {
  /** UTF-16 offsets; a combining run covers all its marks, everything else one code point. */
  readonly start: number;
  readonly end: number;
  /** The code point, or the first of the run. */
  readonly codePoint: number;
  /** In words, such as `zero width space`. */
  readonly name: string;
  readonly kind: HiddenKind;
}

const NAMES: Readonly<Record<number, string>> = {
  0: 'null',
  7: 'bell',
  8: 'backspace',
  11: 'vertical tab',
  12: 'form feed',
  27: 'escape',
  127: 'delete',
  133: 'next line',
  173: 'soft hyphen',
  847: 'combining grapheme joiner',
  1564: 'Arabic letter mark',
  6158: 'Mongolian vowel separator',
  8203: 'zero width space',
  8204: 'zero width non-joiner',
  8205: 'zero width joiner',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  8234: 'left-to-right embedding',
  8235: 'right-to-left embedding',
  8236: 'pop directional formatting',
  8237: 'left-to-right override',
  8238: 'right-to-left override',
  8288: 'word joiner',
  8294: 'left-to-right isolate',
  8295: 'right-to-left isolate',
  8296: 'first strong isolate',
  8297: 'pop directional isolate',
  10240: 'blank braille pattern',
  65279: 'zero width no-break space',
};

const CHIPS: Readonly<Record<number, string>> = {
  1564: 'ALM',
  8206: 'LRM',
  8207: 'RLM',
  8234: 'LRE',
  8235: 'RLE',
  8236: 'PDF',
  8237: 'LRO',
  8238: 'RLO',
  8294: 'LRI',
  8295: 'RLI',
  8296: 'FSI',
  8297: 'PDI',
};

const KIND_WORDS: Readonly<Record<HiddenKind, string>> = {
  'zero-width': 'zero-width character',
  bidi: 'direction control',
  tag: 'tag character',
  'variation-selector': 'variation selector',
  control: 'control character',
  filler: 'blank filler',
  'combining-run': 'combining marks',
  surrogate: 'half a character',
};

/**
 * Every hidden character of `text` in order, at most `limit` of them. Uses that belong to ordinary
 * writing are left out: see benign.ts (U12).
 */
export function findHidden(text: string, limit = 10_000): HiddenCharacter[] {
  const found: HiddenCharacter[] = [];
  const mask = hiddenMask(text);
  if (mask === undefined) return found;
  for (let index = 0; index < text.length && found.length < limit; ) {
    const code = mask[index]!;
    if (code === 0 || code === DROP) {
      index += 1;
      continue;
    }
    const hidden = hiddenAt(text, mask, index, KINDS[code - 1]!);
    found.push(hidden);
    index = hidden.end;
  }
  return found;
}

function hiddenAt(text: string, mask: Uint8Array, start: number, kind: HiddenKind): HiddenCharacter {
  const codePoint = text.codePointAt(start)!;
  if (kind !== 'combining-run')
    return { start, end: start + unitsOf(codePoint), codePoint, name: nameOf(codePoint, kind), kind };
  let end = start;
  while (end < text.length && mask[end] === mask[start]) end += 1;
  const count = [...text.slice(start, end)].length;
  return { start, end, codePoint, name: `${count} combining marks`, kind };
}

function nameOf(codePoint: number, kind: HiddenKind): string {
  if (kind === 'tag' && codePoint >= 0xe0020 && codePoint <= 0xe007e)
    return `tag ${String.fromCharCode(codePoint - 0xe0000)}`;
  return NAMES[codePoint] ?? KIND_WORDS[kind];
}

/** Short text for a chip: `RLO`, `TAG a`, `×1000 marks`, otherwise `U+200B`. */
export function chipLabel(hidden: HiddenCharacter): string {
  const { codePoint, kind, name } = hidden;
  if (kind === 'combining-run') return `×${name.replace('combining ', '')}`;
  if (kind === 'tag' && name.startsWith('tag ') && name.length === 5) return `TAG ${name.slice(4)}`;
  return CHIPS[codePoint] ?? `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The text with every hidden character written as `\u{200B}`, for copying into a report (U14). */
export function escapeHidden(text: string): string {
  let escaped = '';
  let at = 0;
  for (const { start, end } of findHidden(text, Number.POSITIVE_INFINITY)) {
    escaped += text.slice(at, start);
    for (const character of text.slice(start, end))
      escaped += `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`;
    at = end;
  }
  return escaped + text.slice(at);
}

/** The text with every lone surrogate replaced by U+FFFD, so that it is valid UTF-8 when stored or sent (U08). */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}
