/** Verdicts of stored scores. A slider moves only this: pure, remembered per scores, no inference. */
import type { SerializedError, WinnowError } from '../core/errors';
import { judge, type Policy, type Rule, type Scores, type Verdict, worst } from '../core/policy';
import { unscored } from '../core/policy/unscored';

/** Scores never change once given, and `withRule` shares the rules of other models: both make good keys. */
const remembered = new WeakMap<Scores, { rules: readonly Rule[] | undefined; verdict: Verdict }>();

/** As `judge`, but unchanged scores under unchanged rules are not judged again. */
export function judged(scores: Scores, policy: Policy): Verdict {
  const rules = policy.models[scores.model]?.rules;
  const known = remembered.get(scores);
  if (known && known.rules === rules) return known.verdict;
  const verdict = judge(scores, policy);
  remembered.set(scores, { rules, verdict });
  return verdict;
}

/** One model's answer within a lane. `scores` is absent while it has none. */
export interface Answer {
  readonly model: string;
  readonly scores?: Scores | undefined;
}

/**
 * What a lane's head says: the worst verdict once every chosen model has answered, before that only a
 * `block`, which no further answer can lessen. `undefined` means not known yet, and never reads as clear.
 */
export function laneVerdict(answers: readonly Answer[], policy: Policy): Verdict | undefined {
  const verdicts: Verdict[] = [];
  for (const { scores } of answers) if (scores) verdicts.push(judged(scores, policy));
  const found = worst(verdicts);
  if (verdicts.length < answers.length && found?.verdict !== 'block') return undefined;
  return found;
}

/** Whether two models that answered differ in their verdict word. */
export function disagree(verdicts: readonly Verdict[]): boolean {
  return new Set(verdicts.map((verdict) => verdict.verdict)).size > 1;
}

/** What scores that do not hold any more count as: an answer that only a person can settle, or another run. */
export function withdrawnScores(
  { model, labels, backend, precision, milliseconds }: Scores,
  { code, message }: SerializedError,
): Scores {
  return {
    ...{ status: 'error', model, labels, probabilities: [], backend, precision, milliseconds },
    ...{ coverage: { unit: 'whole', checked: 0, total: 1 }, reason: message, code },
  };
}

/** What a call that was rejected counts as: an answer that only a person can settle. */
export function failedScores(model: string, error: WinnowError): Scores {
  return unscored({ id: model, labels: [] }, error, 0);
}
