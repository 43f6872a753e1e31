import { describe, expect, it } from 'vitest';
import { movedBetween } from './moved';

const order = (...items: number[]) => Uint32Array.from(items);

describe('what sorting again would move', () => {
  it('counts one item that goes elsewhere as one, however many it passes', () => {
    expect(movedBetween(order(0, 1, 2, 3, 4), order(4, 0, 1, 2, 3), 5)).toBe(1);
    expect(movedBetween(order(0, 1, 2, 3), order(0, 1, 2, 3), 4)).toBe(0);
    expect(movedBetween(order(0, 1, 2, 3), order(3, 2, 1, 0), 4)).toBe(3);
  });

  it('counts what joins and what leaves', () => {
    expect(movedBetween(order(0, 1), order(0, 1, 2), 3)).toBe(1);
    expect(movedBetween(order(0, 1, 2), order(0, 2), 3)).toBe(1);
    expect(movedBetween(order(), order(0, 1), 2)).toBe(2);
  });

  it('agrees with the definition on small lists of every kind', () => {
    for (let seed = 1; seed < 300; seed++) {
      const [one, other] = [shuffled(6, seed), shuffled(6, seed * 31)];
      expect(movedBetween(order(...one), order(...other), 6), `${one} ${other}`).toBe(6 - common(one, other));
    }
  });
});

function shuffled(count: number, seed: number): number[] {
  const items = Array.from({ length: count }, (_, at) => at);
  let state = seed;
  return items
    .map((item) => {
      state = (state * 1103515245 + 12345) & 0x7fffffff;
      return { item, key: state >> 8 };
    })
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** Longest sequence that both have, by trying all. */
function common(one: readonly number[], other: readonly number[]): number {
  let best = 0;
  for (let mask = 0; mask < 2 ** one.length; mask++) {
    const some = one.filter((_, at) => mask & (1 << at));
    const there = other.filter((item) => some.includes(item));
    if (there.every((item, at) => item === some[at])) best = Math.max(best, some.length);
  }
  return best;
}
