/** Logits → probabilities → Scores: the last steps every model shares, and where bad numbers stop. */
import type { ModelCard } from '../catalog/card';
import { FailedError } from '../core/errors';
import type { Coverage, Part, Scores } from '../core/policy/types';
import type { Engine, Feed } from './engine';

/** One part that went through the network. */
export interface ScoredPart extends Part {
  readonly logits: readonly number[];
}

/**
 * The `logits` output of one item, [1, labels], as probabilities. Throws FailedError('invalid-output') for a
 * wrong length, NaN or infinity, and for logits that are all exactly equal, or a single one that is exactly 0: a trained
 * network does not produce those, a lost device or a zeroed buffer does.
 */
export function probabilitiesOf(
  card: ModelCard,
  outputs: Readonly<Record<string, Feed>>,
): Omit<ScoredPart, 'name'> {
  const logits = outputs.logits && Array.from(outputs.logits.data);
  if (!logits || logits.length !== card.labels.length) throw invalidOutput('the wrong number of scores');
  if (!logits.every(Number.isFinite)) throw invalidOutput('a score that is not a number');
  if (logits.length > 1 && logits.every((value) => value === logits[0]))
    throw invalidOutput('the same score for every label');
  if (logits.length === 1 && logits[0] === 0) throw invalidOutput('nothing but a zero');
  return { logits, probabilities: card.activation === 'softmax' ? softmax(logits) : logits.map(sigmoid) };
}

/** Numerically stable softmax in float64; sums to 1 within rounding. */
export function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const exponents = logits.map((value) => Math.exp(value - largest));
  const total = exponents.reduce((sum, value) => sum + value, 0);
  return exponents.map((value) => value / total);
}

export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/**
 * The part to show: the one furthest past (or nearest to) the card's own block lines. Judging does not
 * depend on this choice, it looks at every part. Parts must not be empty.
 */
export function deciding<T extends Part>(card: ModelCard, parts: readonly T[]): T {
  const names = card.labels.map((label) => label.name);
  const risk = (part: Part) =>
    Math.max(
      ...card.scores
        .filter((score) => score.risk)
        .map(
          (score) =>
            score.labels.reduce((sum, label) => sum + (part.probabilities[names.indexOf(label)] ?? 0), 0) -
            (score.block ?? 0.5),
        ),
    );
  return parts.reduce((most, part) => (risk(part) > risk(most) ? part : most));
}

export interface Timings {
  decode: number;
  preprocess: number;
  run: number;
}

/** Scores of an item whose every part was scored. */
export function scored(
  card: ModelCard,
  engine: Engine,
  parts: readonly ScoredPart[],
  coverage: Omit<Coverage, 'parts'>,
  started: number,
  timings: Timings,
): Scores {
  const shown = deciding(card, parts);
  const listed = parts.map(({ logits: _, ...part }) => part);
  return {
    status: 'scored',
    model: card.id,
    labels: card.labels.map((label) => label.name),
    probabilities: shown.probabilities,
    logits: shown.logits,
    coverage: parts.length > 1 ? { ...coverage, parts: listed } : coverage,
    backend: engine.backend,
    precision: engine.precision,
    milliseconds: performance.now() - started,
    timings: { ...timings },
  };
}

function invalidOutput(what: string): FailedError {
  return new FailedError('invalid-output', `The model gave ${what}. Look at it yourself, or try again.`);
}
