/** Taking a stranger's object apart: each field by a reader, into a fresh object. */
import { InvalidError } from '../errors';

/** What a value is, or InvalidError('damaged-file') that names it. */
export type Read<T> = (value: unknown, what: string) => T;
/** A reader of a field that may be missing. */
export type ReadOptional<T> = Read<T | undefined> & { readonly optional: true };

type Readers = Readonly<Record<string, Read<unknown>>>;
type OptionalKeys<R extends Readers> = {
  [K in keyof R]: R[K] extends { readonly optional: true } ? K : never;
}[keyof R];
/** The object that a set of readers gives. */
export type Of<R extends Readers> = {
  readonly [K in Exclude<keyof R, OptionalKeys<R>>]: ReturnType<R[K]>;
} & {
  readonly [K in OptionalKeys<R>]?: Exclude<ReturnType<R[K]>, undefined>;
};

export function wrong(what: string, expected: string): InvalidError {
  return new InvalidError('damaged-file', `${what} is not ${expected}.`);
}

export function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(what, 'an object');
  return value as Readonly<Record<string, unknown>>;
}

/**
 * An object of these fields. Others are dropped (A11), or refused where what was hashed may not change: `exact`.
 */
export function fields<R extends Readers>(value: unknown, readers: R, what: string, others?: 'exact'): Of<R> {
  const object = record(value, what);
  const found: Record<string, unknown> = {};
  for (const [key, read] of Object.entries(readers)) {
    const given = Object.hasOwn(object, key) ? object[key] : undefined;
    if (given === undefined && 'optional' in read) continue;
    found[key] = read(given, `${what}'s ${key}`);
  }
  if (others === 'exact')
    for (const key of Object.keys(object))
      if (!Object.hasOwn(readers, key))
        throw new InvalidError(
          'damaged-file',
          `${what} has a field ${JSON.stringify(key.slice(0, 60))} that this version does not know.`,
        );
  return found as Of<R>;
}

export function optional<T>(read: Read<T>): ReadOptional<T> {
  return Object.assign((value: unknown, what: string) => read(value, what), { optional: true as const });
}

/** Of `least` to `most` characters; `pattern` must match. */
export function text(most: number, pattern?: RegExp, least = pattern ? 0 : 1): Read<string> {
  return (value, what) => {
    if (
      typeof value !== 'string' ||
      value.length > most ||
      value.length < least ||
      pattern?.test(value) === false
    )
      throw wrong(what, `a text of ${least} to ${most} characters of the right form`);
    return value;
  };
}

export const num: Read<number> = (value, what) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(what, 'a number');
  return value;
};

export const whole: Read<number> = (value, what) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw wrong(what, 'a whole number from 0');
  return value;
};

export const bool: Read<boolean> = (value, what) => {
  if (typeof value !== 'boolean') throw wrong(what, 'yes or no');
  return value;
};

export function choice<const T>(all: readonly T[]): Read<T> {
  return (value, what) => {
    const found = all.find((one) => one === value);
    if (found === undefined) throw wrong(what, 'a word that this version knows');
    return found;
  };
}

export function list<T>(read: Read<T>, most: number): Read<readonly T[]> {
  return (value, what) => {
    if (!Array.isArray(value) || value.length > most) throw wrong(what, `a list of at most ${most}`);
    return value.map((one) => read(one, what));
  };
}

/** An object whose keys are names of anything. */
export function names<T>(read: Read<T>, most: number): Read<Readonly<Record<string, T>>> {
  return (value, what) => {
    const entries = Object.entries(record(value, what));
    if (entries.length > most) throw wrong(what, `an object of at most ${most} fields`);
    return Object.fromEntries(
      entries.map(([key, one]) => [key, read(one, `${what} of ${key.slice(0, 60)}`)]),
    );
  };
}
