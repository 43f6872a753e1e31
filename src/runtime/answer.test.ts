import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { starterImage } from '../catalog/starter-image';
import type { FailedError } from '../core/errors';
import { deciding, probabilitiesOf, softmax } from './answer';

const logits = (values: readonly number[]) => ({
  logits: { data: Float32Array.from(values), dims: [1, values.length] },
});

describe('W09: probabilitiesOf', () => {
  it('gives five probabilities that sum to 1 for five finite logits', () => {
    const finite = fc.float({ min: -80, max: 80, noNaN: true });
    fc.assert(
      fc.property(fc.array(finite, { minLength: 5, maxLength: 5 }), (values) => {
        fc.pre(new Set(values).size > 1);
        const { probabilities } = probabilitiesOf(starterImage, logits(values));
        expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
        for (const value of probabilities) expect(value).toBeGreaterThanOrEqual(0);
      }),
      { seed: 9 },
    );
  });

  it('throws for NaN, infinity, a wrong number of labels, nothing at all, and zeros that nobody computed', () => {
    const bad = [
      logits([1, 2, 3, 4, Number.NaN]),
      logits([1, 2, 3, 4, Number.POSITIVE_INFINITY]),
      logits([1, 2, 3, 4]),
      logits([1, 2, 3, 4, 5, 6]),
      logits([0, 0, 0, 0, 0]),
      {},
    ];
    const single = { ...starterImage, labels: [{ name: 'a' }], activation: 'sigmoid' } as const;
    const zeros = [0, -0].map((value) => () => probabilitiesOf(single, logits([value])));
    for (const give of zeros) expect(give).toThrow(expect.objectContaining({ code: 'invalid-output' }));
    expect(probabilitiesOf(single, logits([1e-30])).probabilities).toEqual([0.5]);
    for (const outputs of bad) {
      let code = '';
      try {
        probabilitiesOf(starterImage, outputs);
      } catch (error) {
        code = (error as FailedError).code;
      }
      expect(code).toBe('invalid-output');
    }
  });
});

describe('softmax', () => {
  it('does not overflow', () => {
    expect(softmax([1000, 999])).toEqual([1 / (1 + Math.exp(-1)), expect.closeTo(1 / (1 + Math.E), 12)]);
  });
});

describe('deciding', () => {
  it('shows the part nearest to, or furthest past, a block line of the card', () => {
    const part = (name: string, ...probabilities: number[]) => ({ name, probabilities });
    const parts = [
      part('a', 0.1, 0, 0.9, 0, 0),
      part('b', 0.1, 0, 0.2, 0.7, 0),
      part('c', 0.1, 0, 0.8, 0.1, 0),
    ];
    expect(deciding(starterImage, parts).name).toBe('b');
  });
});
