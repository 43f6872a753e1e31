/**
 * JSON as strangers send it. Refused, before anything is built of it, is what JSON.parse would let through: keys that
 * reach a prototype, keys that come twice (the last would win silently), nesting without end, whole numbers that a
 * double cannot hold (A08, A09).
 */
import { InvalidError } from '../errors';

export interface JsonLimits {
  /** Objects and lists inside each other. */
  readonly depth: number;
  /** Values in all. */
  readonly values: number;
}

export const LINE_LIMITS: JsonLimits = { depth: 16, values: 100_000 };

const PROTOTYPE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WHOLE = /^-?\d+$/;
const SPACE = /[ \t\n\r]*/y;

/**
 * Objects come without a prototype. Throws InvalidError('invalid-input') with what is wrong and at which character.
 */
export function parseStrictJson(text: string, limits: JsonLimits = LINE_LIMITS): unknown {
  return new Reader(text, limits).whole();
}

class Reader {
  #at = 0;
  #values = 0;

  constructor(
    private readonly text: string,
    private readonly limits: JsonLimits,
  ) {}

  whole(): unknown {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.text.length) throw this.#wrong('goes on after its end');
    return value;
  }

  #value(depth: number): unknown {
    this.#space();
    if (depth > this.limits.depth) throw this.#wrong(`is nested more than ${this.limits.depth} deep`);
    if (++this.#values > this.limits.values) throw this.#wrong(`has more than ${this.limits.values} values`);
    switch (this.text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#list(depth);
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): unknown {
    const object: Record<string, unknown> = Object.create(null);
    this.#at++;
    if (this.#eats('}')) return object;
    do {
      this.#space();
      if (this.text[this.#at] !== '"') throw this.#wrong('has a field without a name');
      const key = this.#string();
      if (PROTOTYPE_KEYS.has(key)) throw this.#wrong(`may not have a field named ${key}`);
      if (key in object) throw this.#wrong('has the same field twice');
      if (!this.#eats(':')) throw this.#wrong('has a field without a value');
      object[key] = this.#value(depth + 1);
    } while (this.#eats(','));
    if (!this.#eats('}')) throw this.#wrong('has an object that does not end');
    return object;
  }

  #list(depth: number): unknown {
    const list: unknown[] = [];
    this.#at++;
    if (this.#eats(']')) return list;
    do list.push(this.#value(depth + 1));
    while (this.#eats(','));
    if (!this.#eats(']')) throw this.#wrong('has a list that does not end');
    return list;
  }

  #string(): string {
    const start = this.#at;
    let end = start;
    do {
      end = this.text.indexOf('"', end + 1);
      if (end < 0) throw this.#wrong('has a string that does not end');
    } while (this.#isEscaped(end));
    const inner = this.text.slice(start + 1, end);
    const escaped = inner.includes('\\');
    this.#at = end + 1;
    // Control characters are not allowed either; JSON.parse knows them all.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (!escaped && !/[\u0000-\u001f]/.test(inner)) return inner;
    try {
      return JSON.parse(this.text.slice(start, end + 1)) as string;
    } catch {
      throw this.#wrong('has a string that is not valid');
    }
  }

  /** Whether an odd number of backslashes stands before the quote at `end`. */
  #isEscaped(end: number): boolean {
    let before = end - 1;
    while (this.text[before] === '\\') before--;
    return (end - before) % 2 === 0;
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const found = NUMBER.exec(this.text)?.[0];
    if (!found) throw this.#wrong('is not valid JSON');
    const value = Number(found);
    if (!Number.isFinite(value) || (WHOLE.test(found) && !Number.isSafeInteger(value)))
      throw this.#wrong('has a number that is too large');
    this.#at += found.length;
    return value;
  }

  #word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.#at)) throw this.#wrong('is not valid JSON');
    this.#at += word.length;
    return value;
  }

  #eats(character: string): boolean {
    this.#space();
    if (this.text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.text);
    this.#at = SPACE.lastIndex;
  }

  #wrong(what: string): InvalidError {
    return new InvalidError('invalid-input', `It ${what}, at character ${this.#at + 1}.`, { at: this.#at });
  }
}
