/** Multinomial logistic regression over sparse rows, by AdaGrad with averaged weights. */
import type { SparseRows } from './features';
import { random, shuffled } from './random';

export interface Target {
  /** Labels that would all be right, as a bit set: 1 neutral, 2 offensive, 4 hateful. */
  readonly allowed: number;
  /** Share of each label instead, when annotators differed. */
  readonly shares?: readonly number[];
  /** How much the row counts. */
  readonly weight: number;
  /** Rows of one domain share an intercept while training: how common a label is differs between corpora. */
  readonly domain: number;
}

export interface FitOptions {
  readonly epochs: number;
  readonly rate: number;
  /** Pull towards zero per step, on the scaled weights. */
  readonly decay: number;
  readonly seed: number;
  /** Share of a row's features left out at each visit. */
  readonly dropout: number;
  /** First intercepts, row-major [domains, 3], and which domains learn theirs. */
  readonly bias: readonly number[];
  readonly learnsBias: readonly boolean[];
}

export interface Linear {
  /** Row-major [buckets, 3]. */
  readonly weights: Float32Array;
  /** Row-major [domains, 3]. */
  readonly bias: Float32Array;
}

const LABELS = 3;

/** `scale` multiplies every bucket's values: its prior. It is folded into the weights that come back. */
export function fitLinear(
  rows: SparseRows,
  targets: readonly Target[],
  scale: Float32Array,
  options: FitOptions,
): Linear {
  const buckets = scale.length;
  const state = {
    weights: new Float32Array(buckets * LABELS),
    squares: new Float32Array(buckets * LABELS).fill(1e-6),
    bias: Float32Array.from(options.bias),
    biasSquares: new Float32Array(options.bias.length).fill(1e-6),
  };
  const average = new Float64Array(buckets * LABELS);
  const next = random(options.seed);
  const order = Array.from({ length: rows.count }, (_, index) => index);
  let averaged = 0;
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const rate = options.rate * (1 - epoch / options.epochs);
    for (const row of shuffled(order, next))
      step(rows, row, targets[row]!, scale, state, options, rate, next);
    if (epoch < options.epochs / 2) continue;
    averaged += 1;
    state.weights.forEach((weight, index) => {
      average[index]! += weight;
    });
  }
  const weights = Float32Array.from(
    average,
    (sum, index) => (sum / averaged) * scale[Math.floor(index / LABELS)]!,
  );
  return { weights, bias: state.bias };
}

interface State {
  readonly weights: Float32Array;
  readonly squares: Float32Array;
  readonly bias: Float32Array;
  readonly biasSquares: Float32Array;
}

const logits = new Float64Array(LABELS);
const slope = new Float64Array(LABELS);

function step(
  rows: SparseRows,
  row: number,
  target: Target,
  scale: Float32Array,
  state: State,
  options: FitOptions,
  rate: number,
  next: () => number,
): void {
  const { weights, squares, bias, biasSquares } = state;
  const from = rows.starts[row]!;
  const to = rows.starts[row + 1]!;
  const domain = target.domain * LABELS;
  const salt = options.dropout > 0 ? (next() * 4294967296) >>> 0 : 0;
  const limit = options.dropout * 4294967296;
  for (let label = 0; label < LABELS; label++) logits[label] = bias[domain + label]!;
  for (let entry = from; entry < to; entry++) {
    const column = rows.columns[entry]!;
    if (limit > 0 && dropped(column, salt, limit)) continue;
    const value = rows.values[entry]! * scale[column]!;
    const at = column * LABELS;
    for (let label = 0; label < LABELS; label++) logits[label]! += value * weights[at + label]!;
  }
  gradient(logits, target, slope);
  for (let label = 0; options.learnsBias[target.domain] && label < LABELS; label++) {
    biasSquares[domain + label]! += slope[label]! ** 2;
    bias[domain + label]! -= (rate * slope[label]!) / Math.sqrt(biasSquares[domain + label]!);
  }
  for (let entry = from; entry < to; entry++) {
    const column = rows.columns[entry]!;
    if (limit > 0 && dropped(column, salt, limit)) continue;
    const value = rows.values[entry]! * scale[column]!;
    const at = column * LABELS;
    for (let label = 0; label < LABELS; label++) {
      const g = slope[label]! * value + options.decay * weights[at + label]!;
      squares[at + label]! += g * g;
      weights[at + label]! -= (rate * g) / Math.sqrt(squares[at + label]!);
    }
  }
}

function dropped(column: number, salt: number, limit: number): boolean {
  let h = Math.imul(column ^ salt, 0x9e3779b1);
  h ^= h >>> 15;
  h = Math.imul(h, 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0 < limit;
}

/** Slope of −ln P(any allowed label): p − p restricted to the allowed labels, times the row's weight. */
function gradient(scores: Float64Array, { allowed, shares, weight }: Target, into: Float64Array): void {
  const largest = Math.max(scores[0]!, scores[1]!, scores[2]!);
  let total = 0;
  let right = 0;
  for (let label = 0; label < LABELS; label++) {
    into[label] = Math.exp(scores[label]! - largest);
    total += into[label]!;
    if ((allowed >> label) & 1) right += into[label]!;
  }
  for (let label = 0; label < LABELS; label++) {
    const p = into[label]! / total;
    const wanted = (allowed >> label) & 1 ? into[label]! / Math.max(right, 1e-30) : 0;
    into[label] = weight * (p - (shares === undefined ? wanted : shares[label]!));
  }
}
