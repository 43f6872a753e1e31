import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../onnx/graph';
import { layoutOf, parseLayout } from './layout';
import { WeightPlan } from './plan';
import { rearranged } from './rearranged';

/** Weights of so many bytes each, and a table behind them. */
function planned(sizes: readonly number[]) {
  const plan = new WeightPlan();
  const g = new GraphBuilder('fruit');
  const making = (name: string, size: number) => ({
    tensors: [{ name, dtype: 'U8' as const, shape: [size] }],
    reads: size,
    make: async () => [new Uint8Array(size)],
  });
  for (const [at, size] of sizes.entries()) plan.add(g, making(`w${at}`, size));
  plan.addTable(making('words', 10));
  return layoutOf(plan);
}

const orderOf = (layout: ReturnType<typeof planned>) =>
  [...layout.weights.keys()].sort(
    (a, b) => layout.weights[a]!.place.offset - layout.weights[b]!.place.offset,
  );

describe('rearranged', () => {
  it('lays weights in the order in which they are asked for, and nothing else anywhere else', () => {
    const layout = planned([100, 5, 64, 1_000]);
    const found = rearranged(layout, [2, 0, 3, 1])!;
    expect(found.sequence).toEqual([2, 0, 3, 1]);
    expect(orderOf(found.layout)).toEqual([2, 0, 3, 1]);
    expect(found.layout.tables).toEqual(layout.tables);
    expect(found.layout.weights.map(({ seen }) => seen)).toEqual(layout.weights.map(({ seen }) => seen));
    expect(parseLayout(structuredClone(found.layout))).toEqual(found.layout);
  });

  it('counts the last time, and puts first what nobody asked for', () => {
    expect(rearranged(planned([1, 1, 1, 1]), [3, 1, 2, 3, 1])!.sequence).toEqual([0, 2, 3, 1]);
  });

  it('is nothing where nothing would move', () => {
    expect(rearranged(planned([1, 2, 3]), [0, 1, 2])).toBeUndefined();
    expect(rearranged(planned([1, 2, 3]), [])).toBeUndefined();
    expect(rearranged(planned([]), [])).toBeUndefined();
  });

  it('is nothing where tables lie among weights', () => {
    const layout = planned([100, 100]);
    const among = {
      ...layout,
      tables: layout.tables.map((one) => ({ ...one, place: { offset: 64, length: 10 } })),
    };
    expect(rearranged(among, [1, 0])).toBeUndefined();
  });

  it('keeps every weight in bounds and apart from the others, whatever the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(1_000), { maxLength: 30 }),
        (sizes, picks) => {
          const layout = planned(sizes);
          const found = rearranged(
            layout,
            picks.map((pick) => pick % sizes.length),
          );
          if (!found) return;
          let end = 0;
          for (const index of found.sequence) {
            const { offset, length } = found.layout.weights[index]!.place;
            expect(offset).toBeGreaterThanOrEqual(end);
            expect(offset % 64).toBe(0);
            expect(length).toBe(sizes[index]);
            end = offset + length;
          }
          expect(end).toBeLessThanOrEqual(layout.tables[0]!.place.offset);
        },
      ),
      { seed: 20_261_130 },
    );
  });
});
