import { describe, expect, it } from 'vitest';
import type { WinnowError } from '../errors';
import { layoutOf, parseLayout } from './layout';
import { WeightPlan } from './plan';

const thrown = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as WinnowError).code;
  }
  return 'nothing';
};

describe('parseLayout', () => {
  const good = {
    version: 1,
    seenBytes: 128,
    keptBytes: 96,
    weights: [
      { seen: { offset: 0, length: 64 }, place: { offset: 0, length: 32 }, widen: 'F16' },
      { seen: { offset: 64, length: 16 }, place: { offset: 64, length: 16 } },
    ],
    tables: [{ name: 't', dtype: 'I8', shape: [2, 8], place: { offset: 80, length: 16 } }],
  };

  it('gives back what it was given', () => {
    expect(parseLayout(structuredClone(good))).toEqual(good);
  });

  it('M04, M06: refuses ranges that leave the file, overlap, or do not fit their type', () => {
    const [first, second] = good.weights;
    const [table] = good.tables;
    const bad: object[] = [
      { ...good, version: 2 },
      { ...good, seenBytes: 2 ** 33 },
      { ...good, keptBytes: 79 },
      { ...good, weights: {} },
      { ...good, weights: [second, first] },
      { ...good, weights: [{ ...first, widen: 'F8' }] },
      { ...good, weights: [{ ...first, place: { offset: 0, length: 64 } }] },
      { ...good, weights: [{ ...second, seen: { offset: 120, length: 16 } }] },
      { ...good, weights: [{ ...second, place: { offset: -1, length: 16 } }] },
      { ...good, weights: [{ ...second, place: { offset: 0.5, length: 16 } }] },
      { ...good, tables: [{ ...table, dtype: 'constructor' }] },
      { ...good, tables: [{ ...table, shape: [2, 9] }] },
      { ...good, tables: [{ ...table, shape: [2 ** 30, 2 ** 30] }] },
      { ...good, tables: [{ ...table, place: { offset: 90, length: 16 } }] },
    ];
    for (const layout of bad)
      expect(
        thrown(() => parseLayout(layout)),
        JSON.stringify(layout),
      ).toBe('invalid-model');
  });

  it('refuses to plan more than WASM can address', () => {
    const plan = new WeightPlan();
    plan.seenBytes = 2 ** 32;
    expect(thrown(() => layoutOf(plan))).toBe('unsupported-model');
  });
});
