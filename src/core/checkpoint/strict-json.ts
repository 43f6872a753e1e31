/**
 * What `JSON.parse` lets through in headers that others wrote: two values under one key (the last wins, silently),
 * `1.0` where a whole number belongs, and as many entries as the text has room for.
 */
import { InvalidError } from '../errors';

export interface JsonRules {
  /** Objects and lists within each other, at most. */
  readonly depth: number;
  /** Entries of any object, at most. */
  readonly entries: number;
  /** Values of any list, at most. */
  readonly list: number;
  /** Every number is written as a plain whole one: no sign, fraction or exponent. */
  readonly whole?: boolean;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN = [0x7b, 0x5b];
const CLOSE = [0x7d, 0x5d];
const NUMBER = /[-+.0-9eE]+/y;
const PLAIN = /^(?:0|[1-9][0-9]{0,15})$/;
const COLON = /[ \t\n\r]*:/y;

/** An object with its keys, or a list with the commas in it. */
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
  scanJson(text, rules, what);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidError('invalid-model', `${what} is not valid JSON.`, {}, { cause });
  }
}

/**
 * Throws `invalid-model` when the text breaks a rule. It does not check that the text is JSON: parse it
 * afterwards. `what` names the text in the error. Takes time in proportion to the text.
 */
function scanJson(text: string, rules: JsonRules, what: string): void {
  const frames: Frame[] = [];
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = stringEnd(text, at);
      if (end < 0) return;
      if (isKey(text, end)) addKey(frames, text.slice(at, end), rules, what);
      at = end;
    } else if (rules.whole && (code === 0x2d || (code >= 0x30 && code <= 0x39))) {
      at = numberEnd(text, at, what);
    } else {
      punctuation(frames, code, rules, what);
      at++;
    }
  }
}

function punctuation(frames: Frame[], code: number, rules: JsonRules, what: string): void {
  if (OPEN.includes(code)) {
    if (frames.length === rules.depth) throw broken(what, `is nested deeper than ${rules.depth} levels`);
    frames.push({ ...(code === OPEN[0] && { keys: new Set<string>() }), commas: 0 });
  } else if (CLOSE.includes(code)) {
    frames.pop();
  } else if (code === COMMA) {
    const frame = frames.at(-1);
    if (frame && !frame.keys && ++frame.commas >= rules.list)
      throw broken(what, `has a list of more than ${rules.list} values`);
  }
}

function addKey(frames: readonly Frame[], literal: string, rules: JsonRules, what: string): void {
  const keys = frames.at(-1)?.keys;
  if (!keys) return;
  const key = literal.includes('\\') ? unescaped(literal, what) : literal.slice(1, -1);
  if (keys.has(key)) throw broken(what, `lists ${shown(key)} twice`);
  if (keys.size === rules.entries) throw broken(what, `has an object of more than ${rules.entries} entries`);
  keys.add(key);
}

function unescaped(literal: string, what: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch (cause) {
    throw new InvalidError('invalid-model', `${what} is not valid JSON.`, {}, { cause });
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
  COLON.lastIndex = end;
  return COLON.test(text);
}

function numberEnd(text: string, start: number, what: string): number {
  NUMBER.lastIndex = start;
  const number = NUMBER.exec(text)?.[0] ?? '-';
  if (!PLAIN.test(number))
    throw broken(what, `has the number ${shown(number)}, which is not a plain whole one`);
  return start + number.length;
}

/** A name out of a file, fit for a message: quoted, printable, short. */
export function shown(name: string): string {
  const short = name.length > 80 ? `${name.slice(0, 79)}…` : name;
  return `“${short.replace(/\p{C}/gu, '�')}”`;
}

function broken(what: string, why: string): InvalidError {
  return new InvalidError('invalid-model', `${what} ${why}. Get the file again, or from another place.`);
}
