/** Stand-ins for tests only: an SDK whose answers the test gives, in the order it likes. */
import type { ModelCard } from '../catalog/card';
import type { Policy, Rule, Scores } from '../core/policy';
import { CancelledError } from '../sdk/errors';

export interface Asked<T> {
  readonly content: T;
  readonly model: string;
  readonly signal: AbortSignal | undefined;
  answer(scores: Scores): void;
  fail(error: Error): void;
}

/** One call that the test settles. It rejects by itself when its signal fires, unless told to be deaf. */
export function asking<T>(asked: Asked<T>[], deaf = false) {
  return (content: T, { model, signal }: { model: string; signal?: AbortSignal }): Promise<Scores> =>
    new Promise((resolve, reject) => {
      asked.push({ content, model, signal, answer: resolve, fail: reject });
      if (!deaf) signal?.addEventListener('abort', () => reject(new CancelledError()));
    });
}

/** Scores of a two-label model; `value` is P(pineapple). */
export function scoresOf(model: string, value: number): Scores {
  return {
    status: 'scored',
    model,
    labels: ['pineapple', 'other'],
    probabilities: [value, 1 - value],
    coverage: { unit: 'whole', checked: 1, total: 1 },
    backend: 'wasm',
    precision: 'exact',
    milliseconds: 1,
  };
}

export function rule(review: number, block: number, score = 'pineapple'): Rule {
  return { score, labels: ['pineapple'], review, block };
}

export function policyOf(rules: Readonly<Record<string, readonly Rule[]>>): Policy {
  const models = Object.fromEntries(Object.entries(rules).map(([id, each]) => [id, { rules: each }]));
  return { $schema: 'winnow-policy-1', version: 1, models };
}

export function cardOf(id: string, task: 'image' | 'text' = 'text'): ModelCard {
  return {
    id,
    name: `Stand-in ${id}`,
    task,
    summary: 'Fires on the word pineapple.',
    facts: 'Text · stand-in',
    source: { name: 'test', url: 'about:blank', revision: '0' },
    licence: 'MIT',
    languages: ['en'],
    intendedUse: 'Tests.',
    notFor: [],
    limits: [],
    labels: [{ name: 'pineapple' }, { name: 'other' }],
    scores: [
      { name: 'pineapple', labels: ['pineapple'], risk: true, review: 0.45, block: 0.7 },
      { name: 'other', labels: ['other'], risk: false },
    ],
    input: {
      kind: 'ngrams',
      characterBuckets: 1,
      wordBuckets: 1,
      characterSizes: [],
      wordSizes: [],
      windowCharacters: 1000,
    },
    activation: 'softmax',
    thresholdNote: 'Starting point, not calibrated on your data.',
  };
}

/** Lets every promise that can settle do so. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 20; round++) await Promise.resolve();
}
