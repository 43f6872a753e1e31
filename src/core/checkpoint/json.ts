/** Reading JSON that somebody else wrote: size first, then parse, then one checked property at a time. */
import { InvalidError } from '../errors';

export type JsonObject = { readonly [key: string]: unknown };

/** Objects and lists within each other, at most; topologies of Keras nest eight deep. */
const DEPTH = 512;

/**
 * Parses UTF-8 JSON of at most `limit` bytes. `what` names the file in the error.
 * Throws `invalid-model` when it is larger, nested deeper than 512 levels, not UTF-8 or not JSON.
 */
export function parseJson(bytes: Uint8Array, limit: number, what: string): unknown {
  if (bytes.byteLength > limit)
    throw new InvalidError('invalid-model', `${what} has ${bytes.byteLength} bytes; the limit is ${limit}.`);
  if (isDeeper(bytes, DEPTH))
    throw new InvalidError('invalid-model', `${what} is nested deeper than ${DEPTH} levels.`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new InvalidError('invalid-model', `${what} is not valid JSON.`, {}, { cause });
  }
}

/** `JSON.parse` takes hundreds of milliseconds, and the memory of as many objects, to refuse a million brackets. */
function isDeeper(json: Uint8Array, limit: number): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const code = json[at];
    if (isText) {
      if (code === 0x5c) at++;
      else if (code === 0x22) isText = false;
    } else if (code === 0x22) isText = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > limit) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

export function asObject(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(what, 'an object');
  return value as JsonObject;
}

export function asArray(value: unknown, what: string, limit = Number.POSITIVE_INFINITY): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(what, 'a list');
  if (value.length > limit)
    throw new InvalidError('invalid-model', `${what} has ${value.length} entries; the limit is ${limit}.`);
  return value;
}

/** A string of 1 to 512 characters. */
export function asString(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '' || value.length > 512)
    throw wrong(what, 'a string of 1 to 512 characters');
  return value;
}

export function asFinite(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(what, 'a finite number');
  return value;
}

/** A whole number of at least `least` that a double holds exactly. */
export function asWhole(value: unknown, what: string, least: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least)
    throw wrong(what, `a whole number from ${least}`);
  return value;
}

/** An object's own property: never one that it inherits, such as `constructor`. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function wrong(what: string, expected: string): InvalidError {
  return new InvalidError('invalid-model', `${what} should be ${expected}.`);
}
