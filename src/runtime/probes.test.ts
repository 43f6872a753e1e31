import { describe, expect, it } from 'vitest';
import type { ModelCard } from '../catalog/card';
import { starterImage } from '../catalog/starter-image';
import { type FailedError, toWinnowError } from '../core/errors';
import type { Engine } from './engine';
import { checkGoldens, checkReference, makeReference } from './probes';
import { runnable } from './runnable';

const { selfTest: _, ...starter } = starterImage;
const card: ModelCard = {
  ...starter,
  labels: [{ name: 'a' }, { name: 'b' }],
  scores: [{ name: 'a', labels: ['a'], risk: true, review: 0.5, block: 0.8 }],
};

/** Logits of two numbers, worked out from the sum of the pixels. */
function model(logits: (sum: number) => readonly number[], from: ModelCard = card) {
  const engine: Engine = {
    ...{ backend: 'wasm', precision: 'exact', threads: 1, dispose: async () => {} },
    async run({ pixels, embedding }) {
      let sum = 0;
      for (const value of (pixels ?? embedding)!.data) sum += value;
      return { logits: { data: Float32Array.from(logits(sum)), dims: [1, 2] } };
    },
  };
  return runnable(from, { network: engine, head: engine });
}

const plain = model((sum) => [sum / 1e5, 1]);
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (toWinnowError(error) as FailedError).code,
  );

describe('a model’s own reference', () => {
  it('is what it answers on neutral inputs, and holds until an answer moves', async () => {
    const reference = await makeReference(plain, 'exact', false);
    expect(reference.tolerance).toBe(1e-4);
    expect(reference.cases).toHaveLength(2);
    expect(reference.cases[0]!.values).not.toEqual(reference.cases[1]!.values);
    expect(await checkReference(plain, reference)).toBe(0);
    const near = model((sum) => [sum / 1e5 + 1e-5, 1]);
    expect(await checkReference(near, reference)).toBeGreaterThan(0);
    for (const moved of [
      model((sum) => [sum / 1e5 + 0.01, 1]),
      model((sum) => [1, sum / 1e5]),
      model(() => [0, 1]),
    ])
      expect(await failed(checkReference(moved, reference))).toBe('self-test-failed');
    expect(
      await failed(
        checkReference(
          model(() => [Number.NaN, 1]),
          reference,
        ),
      ),
    ).toBe('invalid-output');
  });

  it('is looser in 8 bits', async () => {
    const reference = await makeReference(plain, 'int8', false);
    expect(reference.tolerance).toBe(0.02);
    expect(
      await checkReference(
        model((sum) => [sum / 1e5 + 0.01, 1]),
        reference,
      ),
    ).toBeGreaterThan(0);
  });

  it('is not made of a network that answers all inputs alike, or nonsense', async () => {
    expect(
      await failed(
        makeReference(
          model(() => [3, 1]),
          'exact',
          false,
        ),
      ),
    ).toBe('self-test-failed');
    expect(
      await failed(
        makeReference(
          model(() => [Number.NaN, 1]),
          'exact',
          false,
        ),
      ),
    ).toBe('invalid-output');
    expect(
      await failed(
        makeReference(
          model(() => [1, 1]),
          'exact',
          false,
        ),
      ),
    ).toBe('invalid-output');
    expect(await failed(makeReference(plain, 'exact', false, AbortSignal.abort()))).toBe('cancelled');
  });

  it('of a head alone is made on directions', async () => {
    const head = { ...card, embedding: { width: 16, normalised: true } };
    const reference = await makeReference(
      model((sum) => [sum, 1], head),
      'exact',
      true,
    );
    expect(reference.cases.map(({ probe }) => probe)).toEqual(['embedding:1', 'embedding:2']);
    expect(
      await checkReference(
        model((sum) => [sum, 1], head),
        reference,
      ),
    ).toBe(0);
  });
});

it('M16: goldens on the card are compared too', async () => {
  const { cases } = await makeReference(plain, 'exact', false);
  const golden = (probabilities: readonly number[]) => ({
    ...card,
    selfTest: { tolerance: 0.001, cases: [{ pattern: 'hills', probabilities }] },
  });
  const { values } = cases.find(({ probe }) => probe === 'pattern:hills')!;
  const answers = (sum: number) => [sum / 1e5, 1];
  expect(await checkGoldens(model(answers, golden(values)))).toBe(0);
  const swapped = golden([...values].reverse());
  expect(await failed(checkGoldens(model(answers, swapped)))).toBe('self-test-failed');
  expect(await failed(checkGoldens(model(answers, golden([...values, 0]))))).toBe('self-test-failed');
  expect(await checkGoldens(plain)).toBeUndefined();
});
