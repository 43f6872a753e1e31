/**
 * Neutral inputs made in code, and what a model answers on them: compared with a reference where the card has one, and
 * otherwise with what the model itself answered when it was installed.
 */
import type { ModelCard, SelfTestCase } from '../catalog/card';
import { FailedError, InvalidError, throwIfAborted } from '../core/errors';
import { pattern } from '../core/image/patterns';
import type { Precision } from '../core/policy/types';
import { probabilitiesOf } from './answer';
import { chain, lengthOf } from './chain';
import type { Engine, Feed } from './engine';
import { pixelsFeed } from './preprocess';
import type { Runnable } from './runnable';
import type { Reference } from './store/manifest';

/**
 * Largest difference of a probability that is still the same model, where its card does not say: in float32 what other
 * threads or CPUs round otherwise, in fewer digits what they cost.
 */
const TOLERANCE: Readonly<Record<Precision, number>> = {
  exact: 1e-4,
  int8: 0.02,
  'int8-blocks': 0.005,
  half: 0.005,
};

/** Neutral inputs by what is asked, short enough for one window; one to three are also answered in float32 when a model is installed. */
export const PROBES: Readonly<Record<ModelCard['task'], readonly string[]>> = {
  image: ['pattern:hills', 'pattern:stripes', 'pattern:noise'],
  text: [
    'text:The boats leave the harbour at six.',
    'text:Two lemons, a crate of pineapple and a map.',
    'text:A lighthouse, and a path to the sea.',
  ],
};
/** Kernels of another kind add the same numbers in another order; what they get wrong they get wrong by far more. */
const ON_WEBGPU = 1e-3;

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
  if (towerless && head) return ['embedding:1', 'embedding:2', 'embedding:3'];
  return PROBES[card.task];
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

/** A network's outputs on some of the probes, with every digit of its files. */
export interface ExactAnswers {
  readonly answers: readonly {
    readonly probe: string;
    readonly outputs: Readonly<Record<string, Feed>>;
  }[];
  /** What to do where less digits are too far off; absent: install it as exact. */
  readonly instead?: string;
}

export interface ReferenceOptions {
  readonly precision: Precision;
  /** There is a head and nothing that would give it an embedding. */
  readonly towerless: boolean;
  /** What the network answers with every digit of its files. Absent: its own answers are the exact ones, or nobody knows. */
  readonly exact?: ExactAnswers | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the model's own answers are to the reference goes with it. */
export interface MadeReference extends CheckResult {
  readonly reference: Reference;
}

/**
 * What the model should answer on its probes, to be kept: in float32 where `exact` has it, otherwise what it answers now.
 * Throws FailedError('self-test-failed') when its own answers are no probabilities, the same for different inputs (a
 * network that was read wrong does either), or further from the exact ones than the card allows.
 */
export async function makeReference(model: Runnable, options: ReferenceOptions): Promise<MadeReference> {
  const { card } = model;
  const { precision, towerless, exact, signal } = options;
  const answers: (Answer & { probe: string })[] = [];
  let milliseconds = Number.POSITIVE_INFINITY;
  for (const probe of neededOf(probesOf(model, towerless), exact)) {
    throwIfAborted(signal);
    // Two tell different inputs apart, and of a slow model no opening would ask for more.
    if (!exact && answers.length >= 2 && milliseconds > ENOUGH_MILLISECONDS) break;
    const ran = performance.now();
    answers.push({ probe, ...(await answer(model, probe)) });
    milliseconds = Math.min(milliseconds, performance.now() - ran);
  }
  for (const { probabilities } of answers) checkSound(card, probabilities);
  const [first, ...others] = answers;
  if (others.every(({ logits }) => logits.every((value, at) => value === first!.logits[at])))
    throw failed(card, 'gave the same scores for different inputs', {});
  const tolerance = card.install?.tolerance?.[precision] ?? TOLERANCE[precision];
  const cases = answers.map(({ probe, probabilities }) => ({ probe, values: probabilities }));
  const own = { reference: { tolerance, cases, ...(precision === 'exact' && { kind: 'exact' as const }) } };
  if (!exact) return { ...own, distance: 0, milliseconds };
  const wanted: { probe: string; values: number[] }[] = [];
  for (const { probe, outputs } of exact.answers)
    wanted.push({ probe, values: await exactly(model, outputs) });
  const distance = Math.max(
    ...wanted.map(({ probe, values }) =>
      largestOf(values, answers.find((each) => each.probe === probe)!.probabilities),
    ),
  );
  if (!(distance <= tolerance)) throw drifted(card, precision, { distance, tolerance }, exact.instead);
  return { reference: { kind: 'exact', tolerance, cases: wanted }, distance, milliseconds };
}

/** Those that are compared, and a second one, so that different inputs can be told apart: a large model takes seconds for each. */
function neededOf(probes: readonly string[], exact: ExactAnswers | undefined): readonly string[] {
  if (!exact) return probes;
  return probes.filter((probe, at) => at < 2 || exact.answers.some((one) => one.probe === probe));
}

/** The exact network's outputs, through the model's own head. */
async function exactly(
  { card, head, engine }: Runnable,
  outputs: Readonly<Record<string, Feed>>,
): Promise<number[]> {
  const network: Engine = { ...engine, run: async () => outputs, dispose: async () => {} };
  const given = await chain(card, { network, ...(head && { head }) }).run({});
  const probabilities = [...probabilitiesOf(card, given).probabilities];
  checkSound(card, probabilities);
  return probabilities;
}

function checkSound(card: ModelCard, probabilities: readonly number[]): void {
  const sum = probabilities.reduce((total, value) => total + value, 0);
  const sound =
    probabilities.every((value) => value >= 0 && value <= 1 + SUM_SLACK) &&
    (card.activation !== 'softmax' || Math.abs(sum - 1) <= SUM_SLACK);
  if (!sound) throw failed(card, 'gave numbers that are no probabilities', {});
}

function drifted(
  card: ModelCard,
  precision: Precision,
  { distance, tolerance }: { readonly distance: number; readonly tolerance: number },
  instead = 'Install it as exact.',
): FailedError {
  return new FailedError(
    'self-test-failed',
    `${card.name} as ${precision} is off by ${distance.toFixed(3)} from what it answers in full precision; at most ${tolerance} is allowed. ${instead}`,
    { distance, tolerance },
  );
}

/** What a check found. */
export interface CheckResult {
  /** Largest difference from the reference. */
  readonly distance: number;
  /** Of one run, the fastest there was. */
  readonly milliseconds: number;
}

/**
 * The model's answers against those it should give: on the first probe, and on the others while that takes no time.
 * Throws FailedError('self-test-failed') beyond the tolerance, and 'invalid-output' for what is no answer.
 */
export async function checkReference(
  model: Runnable,
  reference: Reference,
  onProgress?: (done: number, total: number) => void,
): Promise<CheckResult> {
  const { cases } = reference;
  const tolerance = toleranceOf(model, reference);
  const started = performance.now();
  let largest = 0;
  let fastest = Number.POSITIVE_INFINITY;
  // WebGPU compiles its programs in the first run, which says nothing of the second.
  const twice = model.engine.backend === 'webgpu' ? cases.slice(0, 1) : [];
  for (const [at, { probe, values }] of [...twice, ...cases].entries()) {
    const ran = performance.now();
    const { probabilities } = await answer(model, probe);
    fastest = Math.min(fastest, performance.now() - ran);
    largest = Math.max(largest, distance(model.card, values, probabilities, tolerance));
    onProgress?.(Math.min(at + 1, cases.length), cases.length);
    if (at >= twice.length && performance.now() - started > ENOUGH_MILLISECONDS) break;
  }
  return { distance: largest, milliseconds: fastest };
}

/**
 * The first probe of the reference again, or the card's first golden: the distance. Undefined where there is neither.
 * Throws as `checkReference`.
 */
export async function checkAgain(model: Runnable, reference?: Reference): Promise<number | undefined> {
  const { card } = model;
  const known = reference?.cases[0];
  if (known) {
    const { probabilities } = await answer(model, known.probe);
    return distance(card, known.values, probabilities, toleranceOf(model, reference));
  }
  const golden = card.selfTest?.cases[0];
  if (!golden) return undefined;
  const { probabilities } = await answer(model, probeOf(golden));
  return distance(card, golden.probabilities, probabilities, card.selfTest!.tolerance);
}

const toleranceOf = ({ engine }: Runnable, { tolerance }: Reference): number =>
  engine.backend === 'webgpu' ? Math.max(tolerance, ON_WEBGPU) : tolerance;

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
  const largest = largestOf(expected, found);
  // Written so that NaN fails too.
  if (!(largest <= tolerance) || expected.length !== found.length)
    throw failed(card, `was off by ${largest.toFixed(3)}`, { distance: largest, tolerance });
  return largest;
}

const largestOf = (expected: readonly number[], found: readonly number[]): number =>
  Math.max(...expected.map((value, at) => Math.abs(value - found[at]!)));

function failed(card: ModelCard, what: string, data: Record<string, number>): FailedError {
  return new FailedError(
    'self-test-failed',
    `${card.name} ${what} in its check, so it is not used. Try another browser, or other files.`,
    data,
  );
}
