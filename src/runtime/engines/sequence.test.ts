import { describe, expect, it } from 'vitest';
import { LAST, SHAPE } from '../../core/onnx/hoist';
import type { Feeds } from './ort';
import { Sequence, type SequenceParts } from './sequence';

/** A stand-in for the two halves: `answer` of the rows as given and where they end. Notes the lengths that were run. */
function parts(
  answer: (rows: Float32Array, length: number, last: number) => number,
  ends: number[] | undefined,
) {
  const ran: number[] = [];
  const made: number[] = [];
  const given: SequenceParts = {
    input: 'x',
    ends,
    main: async (feeds: Feeds) => {
      const { data, dims } = feeds.x!;
      ran.push(dims[1]!);
      if (feeds.length?.data[0] !== dims[1]) throw new Error('tables of another length');
      const last = (feeds[LAST]?.data[0] as number | undefined) ?? dims[1]! - 1;
      const value = answer(data as Float32Array, dims[1]!, last);
      return { y: { data: Float32Array.of(value), dims: [1] } };
    },
    apart: async (feeds: Feeds) => {
      const length = feeds[SHAPE]!.data[1]!;
      made.push(length);
      return { length: { data: Int32Array.of(length), dims: [1] } };
    },
  };
  return { ran, made, sequence: new Sequence(given) };
}

const WIDTH = 2;
const text = (length: number) => ({
  x: { data: Float32Array.from({ length: length * WIDTH }, (_, i) => i + 1), dims: [1, length, WIDTH] },
});
/** Looks back only, and answers at the end. */
const backwards = (rows: Float32Array, _: number, last: number) =>
  rows.subarray(0, (last + 1) * WIDTH).reduce((sum, value) => sum + value, 0);
const mean = (rows: Float32Array, length: number) =>
  rows.reduce((sum, value) => sum + Math.abs(value), 0) / length;

describe('a text network in lengths', () => {
  it('is padded where that changes nothing, and works tables out once per length', async () => {
    const { sequence, ran, made } = parts(backwards, [1]);
    await sequence.tryPadding(WIDTH);
    expect(ran).toEqual([5, 64]);
    ran.length = 0;
    for (const [length, bucket] of [
      [1, 64],
      [64, 64],
      [65, 128],
      [200, 256],
      [384, 384],
      [385, 385],
    ] as const) {
      const { y } = await sequence.run(text(length));
      expect(ran.pop()).toBe(bucket);
      expect(y!.data[0]).toBe((length * WIDTH * (length * WIDTH + 1)) / 2);
    }
    expect(made).toEqual([5, 64, 128, 256, 384, 385]);
  });

  it('is not padded where padding changes the answer, as a mean over all tokens does', async () => {
    const { sequence, ran } = parts(mean, [1]);
    await sequence.tryPadding(WIDTH);
    ran.length = 0;
    await sequence.run(text(7));
    expect(ran).toEqual([7]);
  });

  it('is not padded where its end cannot be told to it', async () => {
    const { sequence, ran } = parts(backwards, undefined);
    await sequence.tryPadding(WIDTH);
    expect(ran).toEqual([]);
    await sequence.run(text(7));
    expect(ran).toEqual([7]);
  });

  it('is not padded where an answer is not a number', async () => {
    const { sequence, ran } = parts(() => Number.NaN, [1]);
    await sequence.tryPadding(WIDTH);
    ran.length = 0;
    await sequence.run(text(7));
    expect(ran).toEqual([7]);
  });
});
