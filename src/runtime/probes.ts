/**
 * Neutral inputs made in code, and what a model answers on them: compared with a reference where the card has one, and
 * otherwise with what the model itself answered when it was installed.
 */
import type { ModelCard, SelfTestCase } from '../catalog/card';
import { FailedError, InvalidError, throwIfAborted } from '../core/errors';
import { pattern } from '../core/image/patterns';
import type { Precision } from '../core/policy/types';
import { probabilitiesOf } from './answer';
import { lengthOf } from './chain';
import { pixelsFeed } from './preprocess';
import type { Runnable } from './runnable';
import type { Reference } from './store/manifest';

/** Largest difference to what the same model answered before: rounding, which other threads or CPUs change. */
const TOLERANCE: Readonly<Record<Precision, number>> = {
  exact: 1e-4,
  int8: 0.02,
  'int8-blocks': 0.02,
  half: 0.02,
};
/** Beyond this time an opening checks no further probe than the first. */
const ENOUGH_MILLISECONDS = 100;
/** float32 probabilities of a softmax sum to 1 within this. */
const SUM_SLACK = 1e-3;

interface Answer {
  readonly probabilities: readonly number[];
  readonly logits: readonly number[];
}

/** `pattern:` a picture of core/image/patterns, `text:` the text, `embedding:` the seed of one of length 1. */
function probesOf({ card, head }: Runnable, towerless: boolean): readonly string[] {
  if (towerless && head) return ['embedding:1', 'embedding:2'];
  if (card.task === 'image') return ['pattern:hills', 'pattern:stripes'];
  return ['text:The boats leave the harbour at six.', 'text:Two lemons, a crate of pineapple and a map.'];
}

async function answer(model: Runnable, probe: string): Promise<Answer> {
  const at = probe.indexOf(':');
  const [kind, value] = [probe.slice(0, at), probe.slice(at + 1)];
  const { card, engine, head } = model;
  if (kind === 'text') {
    const { probabilities, logits = probabilities } = await model.score(value);
    return { probabilities, logits };
  }
  if (kind === 'pattern' && card.input.kind === 'image')
    return probabilitiesOf(card, await engine.run({ pixels: pixelsFeed(pattern(value), card.input) }));
  if (kind === 'embedding' && head && card.embedding) {
    const { width } = card.embedding;
    const feed = { data: direction(Number(value), width), dims: [1, width] };
    return probabilitiesOf(card, await head.run({ embedding: feed }));
  }
  throw new InvalidError('invalid-model', `The check of ${card.name} does not fit it. Install it again.`);
}

/** A direction that looks like any: numbers of a linear congruential generator (Knuth's MMIX), brought to length 1. */
function direction(seed: number, width: number): Float32Array {
  let state = BigInt(seed);
  const values = Float32Array.from({ length: width }, () => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffff_ffff_ffff_ffffn;
    return Number(state >> 40n) / 2 ** 23 - 1;
  });
  const length = lengthOf(values);
  return values.map((value) => value / length);
}

/**
 * What the model answers on its probes, to be kept as its own reference. Throws FailedError('self-test-failed') when the
 * answers are no probabilities, or the same for different inputs: a network that was read wrong does either.
 */
export async function makeReference(
  model: Runnable,
  precision: Precision,
  towerless: boolean,
  signal?: AbortSignal,
): Promise<Reference> {
  const { card } = model;
  const answers: (Answer & { probe: string })[] = [];
  for (const probe of probesOf(model, towerless)) {
    throwIfAborted(signal);
    answers.push({ probe, ...(await answer(model, probe)) });
  }
  for (const { probabilities } of answers) {
    const sum = probabilities.reduce((total, value) => total + value, 0);
    const sound =
      probabilities.every((value) => value >= 0 && value <= 1 + SUM_SLACK) &&
      (card.activation !== 'softmax' || Math.abs(sum - 1) <= SUM_SLACK);
    if (!sound) throw failed(card, 'gave numbers that are no probabilities', {});
  }
  const [first, ...others] = answers;
  if (others.every(({ logits }) => logits.every((value, at) => value === first!.logits[at])))
    throw failed(card, 'gave the same scores for different inputs', {});
  const cases = answers.map(({ probe, probabilities }) => ({ probe, values: probabilities }));
  return { tolerance: TOLERANCE[precision], cases };
}

/**
 * Largest difference between the model's answers and those it gave when it was installed: of the first probe, and of
 * the others while that takes no time. Throws FailedError('self-test-failed') beyond the tolerance.
 */
export async function checkReference(
  model: Runnable,
  { cases, tolerance }: Reference,
  onProgress?: (done: number, total: number) => void,
): Promise<number> {
  const started = performance.now();
  let largest = 0;
  for (const [at, { probe, values }] of cases.entries()) {
    const { probabilities } = await answer(model, probe);
    largest = Math.max(largest, distance(model.card, values, probabilities, tolerance));
    onProgress?.(at + 1, cases.length);
    if (performance.now() - started > ENOUGH_MILLISECONDS) break;
  }
  return largest;
}

/** Largest difference to the card's goldens; undefined when it has none. Throws as `checkReference`. */
export async function checkGoldens(
  model: Runnable,
  onProgress?: (done: number, total: number) => void,
): Promise<number | undefined> {
  const { selfTest } = model.card;
  if (!selfTest) return undefined;
  let largest = 0;
  for (const [at, golden] of selfTest.cases.entries()) {
    const { probabilities } = await answer(model, probeOf(golden));
    largest = Math.max(
      largest,
      distance(model.card, golden.probabilities, probabilities, selfTest.tolerance),
    );
    onProgress?.(at + 1, selfTest.cases.length);
  }
  return largest;
}

const probeOf = (golden: SelfTestCase): string =>
  'text' in golden ? `text:${golden.text}` : `pattern:${golden.pattern}`;

function distance(
  card: ModelCard,
  expected: readonly number[],
  found: readonly number[],
  tolerance: number,
): number {
  const largest = Math.max(...expected.map((value, at) => Math.abs(value - found[at]!)));
  // Written so that NaN fails too.
  if (!(largest <= tolerance) || expected.length !== found.length)
    throw failed(card, `was off by ${largest.toFixed(3)}`, { distance: largest, tolerance });
  return largest;
}

function failed(card: ModelCard, what: string, data: Record<string, number>): FailedError {
  return new FailedError(
    'self-test-failed',
    `${card.name} ${what} in its check, so it is not used. Try another browser, or other files.`,
    data,
  );
}
