/** From a model's contributions to the underlines in the prompt. */
import type { Policy, Scores } from '../../core/policy';
import type { PromptSpan } from '../../ui';

/** Logits by which a word raises a risk: e^1.2 ≈ 3.3 times, e^0.6 ≈ 1.8 times, e^0.25 ≈ 1.3 times the odds. */
const STRENGTHS = [
  { push: 1.2, strength: 3 },
  { push: 0.6, strength: 2 },
  { push: 0.25, strength: 1 },
] as const;

/** More underlines than this say nothing to anybody and cost a node each. */
const MOST = 400;

/** Words that pushed any of the rules' scores up, the heavier the more. In order, not overlapping. */
export function pushingSpans(scores: Scores, policy: Policy): readonly PromptSpan[] {
  const rules = Object.hasOwn(policy.models, scores.model) ? policy.models[scores.model]!.rules : [];
  const columns = rules.map((rule) => scores.labels.map((label) => rule.labels.includes(label)));
  const found: (PromptSpan & { push: number })[] = [];
  for (const { start, end, logits } of scores.contributions ?? []) {
    const push = Math.max(...columns.map((risky) => raise(logits, risky)));
    const step = STRENGTHS.find((each) => push >= each.push);
    if (step) found.push({ start, end, strength: step.strength, push });
  }
  const kept = found.length > MOST ? found.sort((a, b) => b.push - a.push).slice(0, MOST) : found;
  return kept
    .sort((a, b) => a.start - b.start)
    .filter((span, at, all) => at === 0 || span.start >= all[at - 1]!.end);
}

/** How far the logits of the risky labels rise above those of the others: what moves a softmax. */
function raise(logits: readonly number[], risky: readonly boolean[]): number {
  let on = Number.NEGATIVE_INFINITY;
  let off = Number.NEGATIVE_INFINITY;
  for (const [at, logit] of logits.entries()) {
    if (risky[at]) on = Math.max(on, logit);
    else off = Math.max(off, logit);
  }
  return Number.isFinite(off) ? on - off : on;
}
