/**
 * Names that strangers gave their files, made fit to be shown: literally, one line, no longer than a line, and without a
 * say in the direction of what stands beside them (I17). They are text; nothing here makes a path of one.
 */

/** Code points of a shown name, at most; an extension as long as this is kept when it is cut. */
export const NAME_LIMIT = 120;
const EXTENSION = /\.[\p{L}\p{N}]{1,10}$/u;

/** What has no place in a line, and what turns letters around: Unicode's bidi controls, separators and other formats. */
const UNSEEN =
  /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
/** Letters written from right to left, as far as this page has to know: Hebrew, Arabic and what lies between and beyond. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Unicode's own way to keep a piece of text from turning its surroundings: UAX #9, 2.5. */
const [ISOLATE, POP] = ['\u2068', '\u2069'];

/**
 * A name to be shown. Control characters become their pictures (U+2400 …) or `[U+202E]`, half characters U+FFFD; beyond
 * 120 code points the middle goes and the extension stays; a name with right-to-left letters comes isolated.
 */
export function displayName(raw: string): string {
  const whole = cut(raw).replace(UNSEEN, seen).toWellFormed();
  const shown = cut(whole);
  return RIGHT_TO_LEFT.test(shown) ? ISOLATE + shown + POP : shown;
}

/** A path as text: its last three parts, each as `displayName` has it. Both kinds of slashes part it. */
export function displayPath(raw: string): string {
  const parts = raw.split(/[\\/]/).filter((part) => part !== '');
  const last = parts.slice(-3).map(displayName).join(' / ');
  return parts.length > 3 ? `… / ${last}` : last;
}

/** Of a name of 4 KB, no more is looked at than is shown. */
function cut(name: string): string {
  // Twice, because a code point is two units at most.
  const points = [...(name.length > 4 * NAME_LIMIT ? shortened(name) : name)];
  if (points.length <= NAME_LIMIT) return points.join('');
  const extension = EXTENSION.exec(name)?.[0] ?? '';
  return `${points.slice(0, NAME_LIMIT - 1 - extension.length).join('')}…${extension}`;
}

const shortened = (name: string): string => name.slice(0, 2 * NAME_LIMIT) + name.slice(-NAME_LIMIT);

function seen(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}
