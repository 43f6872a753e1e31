/** Intercepts and thresholds, chosen on the validation part. */
import type { Linear } from './fit';
import type { Scored } from './measure';
import { classFigures } from './metrics';
import type { Lines } from './product';

/** Offsets tried for the offensive and hateful intercepts. */
const OFFSETS = Array.from({ length: 33 }, (_, index) => (index - 16) * 0.075);
/** Macro-F1 wanted on validation: the target of 0.70 and some room, hateful posts being few. */
const MACRO_F1 = 0.715;

/** Intercepts of domain 0 moved to where most validation posts of Davidson are right, with a macro-F1 of at least MACRO_F1. */
export function tuneBias(model: Linear, scored: readonly Scored[]): Linear {
  const posts = scored.filter(({ example }) => example.source === 'davidson');
  const actual = posts.map(({ example }) => example.label);
  const logs = posts.map(({ probabilities }) => probabilities.map(Math.log));
  let best = { value: Number.NEGATIVE_INFINITY, offensive: 0, hateful: 0 };
  for (const offensive of OFFSETS)
    for (const hateful of OFFSETS) {
      const predicted = logs.map(([n, o, h]) => largest(n!, o! + offensive, h! + hateful));
      const { accuracy, macroF1 } = classFigures(predicted, actual, 3);
      const value = accuracy - Math.max(0, MACRO_F1 - macroF1);
      if (value > best.value) best = { value, offensive, hateful };
    }
  const bias = model.bias.slice();
  bias[1]! += best.offensive;
  bias[2]! += best.hateful;
  return { ...model, bias };
}

function largest(a: number, b: number, c: number): number {
  if (a >= b && a >= c) return 0;
  return b >= c ? 1 : 2;
}

/** Of the texts that carry the label, the share that `review` must catch. */
export const REVIEW_RECALL = 0.8;
/** Of the texts past `block`, the share that must carry the label. */
export const BLOCK_PRECISION = 0.9;

/**
 * `review` catches REVIEW_RECALL of the label's validation texts; `block` is the lowest line above it past which
 * BLOCK_PRECISION are right. Rounded to 0.01. Offensive counts Davidson only, which alone has that label.
 */
export function chooseLines(scored: readonly Scored[]): Lines {
  const davidson = scored.filter(({ example }) => example.source === 'davidson');
  return { offensive: linesOf(davidson, 1), hateful: linesOf(scored, 2) };
}

function linesOf(scored: readonly Scored[], label: number): { review: number; block: number } {
  const positives = scored
    .filter(({ example }) => example.label === label)
    .map(({ probabilities }) => probabilities[label]!)
    .sort((a, b) => b - a);
  const caught = positives[Math.ceil(positives.length * REVIEW_RECALL) - 1] ?? 0.5;
  const review = Math.max(0.01, Math.floor(caught * 100) / 100);
  for (let block = review; block < 0.99; block = Math.round(block * 100 + 1) / 100) {
    const past = scored.filter(({ probabilities }) => probabilities[label]! >= block);
    const right = past.filter(({ example }) => example.label === label);
    if (right.length >= BLOCK_PRECISION * past.length) return { review, block };
  }
  return { review, block: 0.99 };
}
