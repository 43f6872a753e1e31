/**
 * What `JSON.parse` lets through in headers that others wrote: two values under one key (the last wins, silently),
 * `1.0` where a whole number belongs, and as many entries as the text has room for.
 */
import { InvalidError } from '../errors';

export interface JsonRules {
  /** Objects and lists within each other, at most. */
  readonly depth: number;
  /** Entries of any object, at most; of all objects together, at most five times as many. */
  readonly entries: number;
  /** A key that does not count among the entries. */
  readonly free?: string;
  /** Values of any list, at most. */
  readonly list: number;
  /** Every number is written as a plain whole one: no sign, fraction or exponent. */
  readonly whole?: boolean;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** The next character that means something here; a search of the engine’s own is quicker than a look at each. */
const TELLING = /["[\]{},]/g;
const TELLING_WHOLE = /["[\]{},0-9-]/g;
const NUMBER = /[-+.0-9eE]+/y;
const PLAIN = /^(?:0|[1-9][0-9]{0,15})$/;

/** An object with its keys, or a list; and the commas in it. */
interface Frame {
  readonly keys?: Set<string>;
  commas: number;
}

/**
 * Parses UTF-8 JSON after checking the rules on its text. `what` names it in the error; its size is the caller's to
 * limit. Throws `invalid-model` when it is not UTF-8, not JSON or breaks a rule.
 */
export function parseStrictJson(bytes: Uint8Array, rules: JsonRules, what: string): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidError('invalid-model', `${what} is not UTF-8 text.`, {}, { cause });
  }
  return parseStrictText(text, rules, what);
}

/** As `parseStrictJson`, of text. */
export function parseStrictText(text: string, rules: JsonRules, what: string): unknown {
  scanJson(text, rules, what);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notJson(what, cause);
  }
}

/**
 * Throws `invalid-model` when the text breaks a rule. It does not check that the text is JSON: parse it
 * afterwards. `what` names the text in the error. Takes time in proportion to the text.
 */
function scanJson(text: string, rules: JsonRules, what: string): void {
  const frames: Frame[] = [];
  let keys = 0;
  const telling = rules.whole ? TELLING_WHOLE : TELLING;
  for (let end = 0; ; ) {
    telling.lastIndex = end;
    if (!telling.test(text)) return;
    const at = telling.lastIndex - 1;
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      end = stringEnd(text, at);
      const next = end < 0 ? Number.NaN : text.charCodeAt(skipSpace(text, end));
      if (next === COLON) {
        if (++keys > 5 * rules.entries) throw broken(what, `has more than ${5 * rules.entries} entries`);
        addKey(frames, text.slice(at + 1, end - 1), rules, what);
      }
      // A header of nothing but quotes ends here, not after five million strings.
      else if (next !== COMMA && next !== CLOSE_LIST && next !== CLOSE_OBJECT) throw notJson(what);
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      end = numberEnd(text, at, what);
    } else {
      punctuation(frames, code, rules, what);
      end = at + 1;
    }
  }
}

function punctuation(frames: Frame[], code: number, rules: JsonRules, what: string): void {
  switch (code) {
    case OPEN_OBJECT:
    case OPEN_LIST:
      if (frames.length === rules.depth) throw broken(what, `is nested deeper than ${rules.depth} levels`);
      frames.push({ ...(code === OPEN_OBJECT && { keys: new Set<string>() }), commas: 0 });
      break;
    case CLOSE_OBJECT:
    case CLOSE_LIST:
      frames.pop();
      break;
    case COMMA: {
      const frame = frames.at(-1);
      if (!frame) throw notJson(what);
      // One more than entries, for the one that is free.
      const limit = frame.keys ? rules.entries + 1 : rules.list;
      if (++frame.commas >= limit)
        throw broken(what, `has ${frame.keys ? 'an object' : 'a list'} of more than ${limit} values`);
    }
  }
}

/** `written` is the key as it stands between its quotes. */
function addKey(frames: readonly Frame[], written: string, rules: JsonRules, what: string): void {
  const keys = frames.at(-1)?.keys;
  if (!keys) return;
  const key = written.includes('\\') ? unescaped(written, what) : written;
  if (keys.has(key)) throw broken(what, `lists ${shown(key)} twice`);
  keys.add(key);
  const counted = rules.free !== undefined && keys.has(rules.free) ? keys.size - 1 : keys.size;
  if (counted > rules.entries) throw broken(what, `has an object of more than ${rules.entries} values`);
}

function unescaped(written: string, what: string): string {
  try {
    return JSON.parse(`"${written}"`) as string;
  } catch (cause) {
    throw notJson(what, cause);
  }
}

/** The place after the closing quote of the string that opens at `start`; −1 when none closes it. */
export function stringEnd(text: string, start: number): number {
  for (let from = start + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return -1;
    let escapes = 0;
    while (text.charCodeAt(quote - 1 - escapes) === 0x5c) escapes++;
    if (escapes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

/** Whether a colon follows the string that ends at `end`. */
export function isKey(text: string, end: number): boolean {
  return text.charCodeAt(skipSpace(text, end)) === COLON;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 0x20 || (code >= 0x09 && code <= 0x0d); )
    code = text.charCodeAt(++at);
  return at;
}

function numberEnd(text: string, start: number, what: string): number {
  NUMBER.lastIndex = start;
  // Without what a match brings along: a header may hold a million numbers.
  const number = NUMBER.test(text) ? text.slice(start, NUMBER.lastIndex) : '-';
  if (!PLAIN.test(number))
    throw broken(what, `has the number ${shown(number)}, which is not a plain whole one`);
  return start + number.length;
}

/** A name out of a file, fit for a message: quoted, printable, short. */
export function shown(name: string): string {
  const short = name.length > 80 ? `${name.slice(0, 79)}…` : name;
  return `“${short.replace(/\p{C}/gu, '�')}”`;
}

function notJson(what: string, cause?: unknown): InvalidError {
  return new InvalidError('invalid-model', `${what} is not valid JSON. Get it again.`, {}, { cause });
}

function broken(what: string, why: string): InvalidError {
  return new InvalidError('invalid-model', `${what} ${why}. Get the file again, or from another place.`);
}
