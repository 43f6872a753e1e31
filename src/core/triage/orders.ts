/** Orders of a run's items. All are stable: equals stay as they came. */
import type { Rule } from '../policy/types';
import { CODES } from './columns';
import type { Sieve } from './sieve';
import type { Item } from './types';

export type Order = (typeof ORDERS)[number];
export const ORDERS = ['risk', 'uncertainty', 'disagreement', 'mixed', 'name', 'size', 'added'] as const;

/**
 * The given items, sorted. `risk`: worst verdict first, then furthest past its line. `uncertainty`: nearest to any line
 * first, what has no scores before all. `disagreement`: models furthest apart first. `mixed`: the verdicts spread evenly
 * over the whole, so that hard material does not come in one run. `size`: largest first.
 */
export function sorted(
  order: Order,
  indices: Uint32Array,
  sieve: Sieve,
  items: readonly Pick<Item, 'name' | 'bytes'>[],
): Uint32Array {
  switch (order) {
    case 'added':
      return indices.slice().sort();
    case 'risk':
      return descending(indices, (item) => risk(sieve, item));
    case 'uncertainty':
      return descending(indices, (item) => -uncertainty(sieve, item));
    case 'disagreement':
      return descending(indices, (item) => disagreement(sieve, item));
    case 'size':
      return descending(indices, (item) => items[item]!.bytes);
    case 'name':
      return byName(indices, items);
    case 'mixed':
      return mixed(indices, sieve);
  }
}

/** Verdicts are 2 apart, and margins lie between -1 and 1. */
const risk = (sieve: Sieve, item: number): number => sieve.code[item]! * 2 + sieve.margin[item]!;

/** Distance of the nearest value to its nearest line, 0 to 1; -1 for Needs review, 2 while nothing is known. */
export function uncertainty(sieve: Sieve, item: number): number {
  if (sieve.code[item] === CODES['needs-review']) return -1;
  let nearest = 2;
  for (const { values, rules } of sieve.columns)
    for (let rule = 0; rule < rules.length; rule++) {
      const value = values[rule]![item]!;
      const { review, block } = rules[rule]!;
      nearest = Math.min(nearest, distance(value, review), distance(value, block));
    }
  return nearest;
}

const distance = (value: number, line: number): number => (Number.isNaN(value) ? 2 : Math.abs(value - line));

/**
 * How far the models' answers lie apart, 0 to 1, each placed on one scale: 0 to 1/3 is Clear, to 2/3 Review, to 1 Block.
 * One that could not score counts as beside Block, as the verdict does. 0 with fewer than two answers.
 */
export function disagreement(sieve: Sieve, item: number): number {
  let [least, most, answers] = [1, 0, 0];
  for (const { code, fired, values, rules } of sieve.columns) {
    if (code[item] === CODES.waiting) continue;
    const rule = fired[item]!;
    const place = rule < 0 ? 2 / 3 : position(values[rule]![item]!, rules[rule]!);
    [least, most, answers] = [Math.min(least, place), Math.max(most, place), answers + 1];
  }
  return answers < 2 ? 0 : most - least;
}

/** A value on a scale that does not depend on where the lines are. */
function position(value: number, { review, block }: Rule): number {
  const within = (from: number, to: number) => (to > from ? (value - from) / (to - from) / 3 : 0);
  if (value >= block) return 2 / 3 + within(block, 1);
  return value >= review ? 1 / 3 + within(review, block) : within(0, review);
}

/** Whether models come to different verdicts of an item. */
export function disagrees(sieve: Sieve, item: number): boolean {
  let first: number | undefined;
  for (const { code } of sieve.columns) {
    const one = code[item]!;
    if (one === CODES.waiting) continue;
    if (first !== undefined && one !== first) return true;
    first = one;
  }
  return false;
}

/** Bits of a key that one pass sorts by, and how many values they have. */
const DIGIT = 11;
const DIGITS = 1 << DIGIT;

/**
 * Sorted by keys of 32 bits, a digit at a time (LSD radix): while results stream in, 50,000 items are sorted again every
 * second, and a comparison in script, or numbers that sort natively, take ten times as long. Keys closer than a
 * four-thousand-millionth of their range count as equal; equals go by their numbers.
 */
function descending(given: Uint32Array, key: (item: number) => number): Uint32Array {
  const { length } = given;
  let items = given.slice().sort();
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  const exact = new Float64Array(length);
  for (let at = 0; at < length; at++) {
    const one = key(items[at]!);
    exact[at] = one;
    if (one < least) least = one;
    if (one > most) most = one;
  }
  const range = most - least;
  const whole = Number.isInteger(least) && Number.isInteger(most) && range < 2 ** 32;
  // Whole numbers, such as sizes, stay exact.
  const scale = range > 0 ? (whole ? 1 : (2 ** 32 - 1) / range) : 0;
  let keys = new Uint32Array(length);
  for (let at = 0; at < length; at++) keys[at] = Math.round((most - exact[at]!) * scale);
  for (let shift = 0; shift < 32; shift += DIGIT) {
    const starts = new Uint32Array(DIGITS + 1);
    for (let at = 0; at < length; at++) starts[((keys[at]! >>> shift) & (DIGITS - 1)) + 1]! += 1;
    for (let digit = 1; digit < DIGITS; digit++) starts[digit]! += starts[digit - 1]!;
    const [nextKeys, nextItems] = [new Uint32Array(length), new Uint32Array(length)];
    for (let at = 0; at < length; at++) {
      const to = starts[(keys[at]! >>> shift) & (DIGITS - 1)]!++;
      nextKeys[to] = keys[at]!;
      nextItems[to] = items[at]!;
    }
    [keys, items] = [nextKeys, nextItems];
  }
  return items;
}

/** Numbers within names count as numbers, accents and case do not count; items without a name come last. */
function byName(indices: Uint32Array, items: readonly Pick<Item, 'name'>[]): Uint32Array {
  const known = namesOf(items);
  const { keys } = known;
  let same = known.of.length === indices.length;
  for (let at = 0; at < indices.length; at++) {
    const item = indices[at]!;
    const { name } = items[item]!;
    same &&= known.of[at] === item;
    if (keys[item] && keys[item].name === name) continue;
    keys[item] = { name, key: nameKey(name) };
    same = false;
  }
  if (same) return known.order.slice();
  known.of = indices.slice();
  known.order = indices.slice().sort((a, b) => {
    const [one, other] = [keys[a]!.key, keys[b]!.key];
    return one < other ? -1 : one > other ? 1 : a - b;
  });
  return known.order.slice();
}

interface NameKey {
  readonly name: string | undefined;
  readonly key: string;
}

interface Names {
  readonly keys: NameKey[];
  /** What was sorted last, and how it came out. */
  of: Uint32Array;
  order: Uint32Array;
}

/** Of each list of items: while results stream in it is sorted again and again, and names are what they were. */
const made = new WeakMap<object, Names>();

function namesOf(items: object): Names {
  const names = made.get(items) ?? { keys: [], of: new Uint32Array(0), order: new Uint32Array(0) };
  made.set(items, names);
  return names;
}

/** Compared by code units, it puts `f2` before `f10`: each number goes by its length first. */
function nameKey(name: string | undefined): string {
  if (name === undefined) return '\uffff';
  const plain = name
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  return plain.replace(/0*(\d+)/g, (_, digits: string) => `0${String.fromCharCode(digits.length)}${digits}`);
}

/** Each verdict's items, worst first, at even distances: of 300 items and 3 to block, one in each hundred. */
function mixed(indices: Uint32Array, sieve: Sieve): Uint32Array {
  const ordered = descending(indices, (item) => risk(sieve, item));
  const all = new Uint32Array(5);
  for (const item of ordered) all[sieve.code[item]!]! += 1;
  const seen = new Uint32Array(5);
  const places = new Float64Array(sieve.size);
  for (const item of ordered) {
    const code = sieve.code[item]!;
    places[item] = (seen[code]! + 0.5) / all[code]!;
    seen[code]! += 1;
  }
  return descending(indices, (item) => -places[item]!);
}
