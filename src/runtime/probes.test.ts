import { describe, expect, it } from 'vitest';
import type { ModelCard } from '../catalog/card';
import { starterImage } from '../catalog/starter-image';
import { type FailedError, toWinnowError } from '../core/errors';
import type { Precision } from '../core/policy/types';
import type { Engine } from './engine';
import { checkAgain, checkGoldens, checkReference, makeReference, type ReferenceOptions } from './probes';
import { type Runnable, runnable } from './runnable';
import type { Reference } from './store/manifest';

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

const own = async (
  from: Runnable,
  precision: Precision,
  options: Partial<ReferenceOptions> = {},
): Promise<Reference> => (await makeReference(from, { precision, towerless: false, ...options })).reference;

const plain = model((sum) => [sum / 1e5, 1]);
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (toWinnowError(error) as FailedError).code,
  );

describe('a model’s own reference', () => {
  it('is what it answers on neutral inputs, and holds until an answer moves', async () => {
    const reference = await own(plain, 'exact');
    expect(reference.tolerance).toBe(1e-4);
    expect(reference.cases).toHaveLength(3);
    expect(reference.cases[0]!.values).not.toEqual(reference.cases[1]!.values);
    expect((await checkReference(plain, reference)).distance).toBe(0);
    const near = model((sum) => [sum / 1e5 + 1e-5, 1]);
    expect((await checkReference(near, reference)).distance).toBeGreaterThan(0);
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

  it('W10: of fewer digits is what the full precision answers, and a flavour that is further off is refused', async () => {
    const outputs = { logits: { data: Float32Array.of(1, 1.02), dims: [1, 2] } };
    const exact = { answers: ['pattern:hills', 'pattern:stripes'].map((probe) => ({ probe, outputs })) };
    const near = model((sum) => [1, 1.03 + sum / 1e9]);
    const { reference, distance } = await makeReference(near, { precision: 'int8', towerless: false, exact });
    const [{ probe, values }] = reference.cases as [{ probe: string; values: number[] }];
    expect([reference.kind, reference.cases.length, probe]).toEqual(['exact', 2, 'pattern:hills']);
    expect(values[1]).toBeCloseTo(1 / (1 + Math.exp(-0.02)), 6);
    expect(distance).toBeGreaterThan(0.002);
    expect((await checkReference(near, reference)).distance).toBeCloseTo(distance, 9);
    const far = model((sum) => [1, 1.2 + sum / 1e9]);
    const refused = makeReference(far, { precision: 'int8', towerless: false, exact });
    await expect(refused).rejects.toMatchObject({
      code: 'self-test-failed',
      message: /as int8 is off by 0\.04.*Install it as exact\.$/,
    });
    const words = { ...exact, instead: 'Choose its other file.' };
    const otherwise = makeReference(far, { precision: 'int8', towerless: false, exact: words });
    await expect(otherwise).rejects.toMatchObject({ message: /allowed\. Choose its other file\.$/ });
    // One answer that is off is enough.
    const [first, second] = exact.answers as [(typeof exact.answers)[0], (typeof exact.answers)[0]];
    const moved = { ...second, outputs: { logits: { data: Float32Array.of(1, 1.2), dims: [1, 2] } } };
    const one = makeReference(near, {
      precision: 'int8',
      towerless: false,
      exact: { answers: [first, moved] },
    });
    await expect(one).rejects.toMatchObject({ code: 'self-test-failed' });
    const stricter = {
      ...card,
      install: {
        family: 'x',
        files: [],
        precision: { wasm: 'int8', webgpu: 'exact' },
        tolerance: { int8: 0.001 },
      },
    } as ModelCard;
    const same = model((sum) => [1, 1.03 + sum / 1e9], stricter);
    expect(await failed(makeReference(same, { precision: 'int8', towerless: false, exact }))).toBe(
      'self-test-failed',
    );
    const nan = { logits: { data: Float32Array.of(Number.NaN, 1), dims: [1, 2] } };
    const broken = { answers: [{ probe: 'pattern:hills', outputs: nan }] };
    expect(await failed(makeReference(near, { precision: 'int8', towerless: false, exact: broken }))).toBe(
      'invalid-output',
    );
  });

  it('is looser in 8 bits', async () => {
    const reference = await own(plain, 'int8');
    expect(reference.tolerance).toBe(0.02);
    const near = model((sum) => [sum / 1e5 + 0.01, 1]);
    expect((await checkReference(near, reference)).distance).toBeGreaterThan(0);
  });

  it('is not made of a network that answers all inputs alike, or nonsense', async () => {
    expect(
      await failed(
        own(
          model(() => [3, 1]),
          'exact',
        ),
      ),
    ).toBe('self-test-failed');
    expect(
      await failed(
        own(
          model(() => [Number.NaN, 1]),
          'exact',
        ),
      ),
    ).toBe('invalid-output');
    expect(
      await failed(
        own(
          model(() => [1, 1]),
          'exact',
        ),
      ),
    ).toBe('invalid-output');
    expect(await failed(own(plain, 'exact', { towerless: false, signal: AbortSignal.abort() }))).toBe(
      'cancelled',
    );
  });

  it('of a head alone is made on directions', async () => {
    const head = { ...card, embedding: { width: 16, normalised: true } };
    const reference = await own(
      model((sum) => [sum, 1], head),
      'exact',
      { towerless: true },
    );
    expect(reference.cases.map(({ probe }) => probe)).toEqual(['embedding:1', 'embedding:2', 'embedding:3']);
    const again = model((sum) => [sum, 1], head);
    expect((await checkReference(again, reference)).distance).toBe(0);
  });
});

it('W08: a known question is asked again of whatever reference there is', async () => {
  const reference = await own(plain, 'exact');
  expect(await checkAgain(plain, reference)).toBe(0);
  const zeros = model(() => [0, 0]);
  expect(await failed(checkAgain(zeros, reference))).toBe('invalid-output');
  const moved = model((sum) => [sum / 1e5 + 0.1, 1]);
  expect(await failed(checkAgain(moved, reference))).toBe('self-test-failed');
  expect(await checkAgain(plain)).toBeUndefined();
  const cases = [{ pattern: 'hills', probabilities: [0.5, 0.5] }];
  const golden = model((sum) => [sum / 1e5, 1], { ...card, selfTest: { tolerance: 1e-4, cases } });
  expect(await failed(checkAgain(golden))).toBe('self-test-failed');
});

it('M16: goldens on the card are compared too', async () => {
  const { cases } = await own(plain, 'exact');
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
