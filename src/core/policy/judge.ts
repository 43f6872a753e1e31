/** Scores + policy → verdict. Pure: moving a slider runs this and no inference. */
import type { JudgedRule, Policy, Rule, Scores, Verdict } from './types';

/**
 * What the policy makes of one model's scores. Every rule is applied to every part that was scored and the
 * worst part counts. A value equal to a line is past it. Anything but complete, finite scores of the labels
 * the rules name is `needs-review`, never `clear`.
 */
export function judge(scores: Scores, policy: Policy): Verdict {
  if (scores.status !== 'scored')
    return needsReview(scores, scores.reason ?? 'It was not scored. Look at it yourself, or try again.');
  const rules = own(policy.models, scores.model)?.rules ?? [];
  if (rules.length === 0)
    return needsReview(scores, `The policy has no thresholds for ${scores.model}. Reset them.`);
  const parts = scores.coverage.parts?.length ? scores.coverage.parts : [scores];
  const judged: JudgedRule[] = [];
  for (const rule of rules) {
    const columns = rule.labels.map((label) => scores.labels.indexOf(label));
    if (columns.includes(-1))
      return needsReview(scores, `The policy asks for a label that ${scores.model} does not have. Reset it.`);
    if (!(rule.review <= rule.block))
      return needsReview(scores, `The thresholds of ${rule.score} are not in order.`);
    let strongest: JudgedRule | undefined;
    for (const part of parts) {
      const value = sum(part.probabilities, columns, scores.labels.length);
      if (value === undefined)
        return needsReview(scores, 'The model gave numbers that are not probabilities.');
      if (!strongest || value > strongest.value)
        strongest = {
          ...rule,
          value,
          band: band(value, rule),
          ...('name' in part ? { part: part.name } : {}),
        };
    }
    judged.push(strongest!);
  }
  const fired = judged.reduce((most, rule) => (stronger(rule, most) ? rule : most));
  return { verdict: fired.band, model: scores.model, fired, rules: judged };
}

/** Rounding of a float32 softmax over some hundred labels stays well under this. */
const SLACK = 1e-3;

/** P(any of the columns); undefined for a missing, non-finite or impossible probability. */
function sum(
  probabilities: readonly number[],
  columns: readonly number[],
  labels: number,
): number | undefined {
  if (probabilities.length !== labels) return undefined;
  let total = 0;
  // Every column counts, also those no rule names: one NaN means the whole answer is unsound.
  for (const value of probabilities) if (!(value >= 0 && value <= 1 + SLACK)) return undefined;
  for (const column of columns) total += probabilities[column]!;
  // Cumulative levels may exceed 1 by rounding alone.
  return total <= 1 + SLACK ? Math.min(total, 1) : undefined;
}

function band(value: number, rule: Rule): JudgedRule['band'] {
  if (value >= rule.block) return 'block';
  return value >= rule.review ? 'review' : 'clear';
}

const BANDS = ['clear', 'review', 'block'] as const;

/** Higher band first, then further past (or nearer to) the line that matters; the policy's order breaks ties. */
function stronger(a: JudgedRule, b: JudgedRule): boolean {
  const byBand = BANDS.indexOf(a.band) - BANDS.indexOf(b.band);
  if (byBand !== 0) return byBand > 0;
  const line = (rule: JudgedRule) => (rule.band === 'block' ? rule.block : rule.review);
  return a.value - line(a) > b.value - line(b);
}

function needsReview(scores: Scores, reason: string): Verdict {
  return { verdict: 'needs-review', model: scores.model, rules: [], reason };
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
