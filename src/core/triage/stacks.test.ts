import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../sha256';
import { directionOf } from './direction';
import { Near } from './near';
import { agreement, inSecondPass } from './sample';
import { Stacks } from './stacks';
import { testItem } from './testing';

const bits = (hash: bigint) => hash.toString(16).padStart(16, '0');
const count = (word: bigint) => [...word.toString(2)].filter((bit) => bit === '1').length;

describe('stacks', () => {
  it('are those that comparing all with all gives', () => {
    const base = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 1, maxLength: 4 });
    const flips = fc.array(fc.array(fc.nat(63), { maxLength: 8 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(base, flips, fc.integer({ min: 0, max: 8 }), (bases, all, limit) => {
        const hashes = all.map((flip, at) =>
          flip.reduce((hash, bit) => hash ^ (1n << BigInt(bit)), bases[at % bases.length]!),
        );
        const stacks = new Stacks(limit);
        hashes.forEach((hash, item) => {
          stacks.add(item, bits(hash));
        });
        // Spread from each item along pairs that are alike.
        for (let item = 0; item < hashes.length; item++) {
          const reached = new Set([item]);
          for (const from of reached)
            hashes.forEach((hash, to) => {
              if (count(hash ^ hashes[from]!) <= limit) reached.add(to);
            });
          expect(stacks.face(item)).toBe(Math.min(...reached));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('name their members, and join for other reasons too', () => {
    const stacks = new Stacks();
    stacks.add(0, '0000000000000000');
    stacks.add(2, '0000000000000003');
    stacks.join(2, 5);
    expect(stacks.all(7)).toEqual(new Map([[0, [0, 2, 5]]]));
  });

  it('takes 20,000, and as many that are made alike on purpose, in bounded time', () => {
    for (const like of [false, true]) {
      const stacks = new Stacks();
      const begin = performance.now();
      for (let item = 0; item < 20_000; item++) {
        const low = Math.imul(item + 1, 0x9e3779b1) >>> 0;
        const high = like ? 0 : Math.imul(item + 7, 0x85ebca6b) >>> 0;
        stacks.add(item, high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0'));
      }
      process.stdout.write(
        `20,000 hashes${like ? ', half alike' : ''}: ${(performance.now() - begin).toFixed(0)} ms\n`,
      );
      expect(stacks.face(0)).toBe(0);
    }
  });
});

describe('embeddings that are near', () => {
  const width = 96;
  const noise = (seed: number) => sha256(`${seed}`);
  const at = (text: string, place: number) =>
    Number.parseInt(text.slice(place * 4, place * 4 + 4), 16) / 65_536 - 0.5;
  const vector = (seed: number, share = 0, other = 0) => {
    const [one, two] = [24, 24].map((_, turn) =>
      [0, 1, 2, 3, 4, 5].map((part) => noise((turn ? other : seed) * 6 + part)).join(''),
    );
    return Float32Array.from({ length: width }, (_, place) => at(one!, place) + share * at(two!, place));
  };

  it('are found, and those that are not are not', () => {
    const near = new Near(width);
    let [found, wrong] = [0, 0];
    for (let item = 0; item < 400; item++) near.add(item, directionOf(vector(item))!);
    for (let item = 0; item < 400; item++) {
      // An angle of about 0.2: a distance of 0.02.
      const alike = near.add(1_000 + item, directionOf(vector(item, 0.2, item + 500))!);
      found += alike.includes(item) ? 1 : 0;
      wrong += alike.filter((one) => one < 1_000 && one !== item).length;
    }
    expect(found).toBeGreaterThan(390);
    expect(wrong).toBe(0);
  });

  it('what has no direction is like nothing', () => {
    for (const bad of [
      [0, 0, 0],
      [Number.NaN, 1, 1],
      [Number.POSITIVE_INFINITY, 1, 1],
    ])
      expect(directionOf(Float32Array.from(bad))).toBeUndefined();
    const near = new Near(3);
    for (const bad of [
      [0, 0, 0],
      [1, 1],
    ])
      expect(near.add(1, Int8Array.from(bad))).toEqual([]);
    near.add(2, directionOf(Float32Array.from([1, 2, 3]))!);
    expect(near.add(3, directionOf(Float32Array.from([2, 4, 6]))!)).toEqual([2]);
    expect(near.add(4, directionOf(Float32Array.from([-1, -2, -3]))!)).toEqual([]);
  });
});

describe('the second pass', () => {
  it('takes the share that was asked for, the same one every time, another with another seed', () => {
    const items = Array.from({ length: 5_000 }, (_, at) => testItem(at));
    const taken = (percent: number, seed: number) =>
      items.filter((item) => inSecondPass({ percent, seed }, item));
    expect(taken(10, 1).length / 50).toBeGreaterThan(8.5);
    expect(taken(10, 1).length / 50).toBeLessThan(11.5);
    expect(taken(10, 1)).toEqual(taken(10, 1));
    expect(taken(10, 1)).not.toEqual(taken(10, 2));
    expect(new Set(taken(20, 1))).toEqual(new Set([...taken(20, 1), ...taken(10, 1)]));
    expect(taken(0, 1)).toHaveLength(0);
    expect(taken(100, 1)).toHaveLength(5_000);
  });

  it('agreement is counted, and kappa is that of a worked example', () => {
    // 20 both clear, 5 and 10 crossed, 15 both block: agreement 0.7, by chance 0.5, kappa 0.4.
    const pairs = [
      ...Array.from({ length: 20 }, () => ['clear', 'clear'] as const),
      ...Array.from({ length: 5 }, () => ['clear', 'block'] as const),
      ...Array.from({ length: 10 }, () => ['block', 'clear'] as const),
      ...Array.from({ length: 15 }, () => ['block', 'block'] as const),
    ];
    const found = agreement(pairs);
    expect(found).toMatchObject({ items: 50, same: 35, share: 0.7 });
    expect(found.kappa).toBeCloseTo(0.4, 12);
    expect(found.pairs[0]).toEqual({ first: 'clear', second: 'clear', items: 20 });
    expect(agreement([])).toEqual({ items: 0, same: 0, pairs: [] });
    expect(agreement([['clear', 'clear']])).not.toHaveProperty('kappa');
  });
});
