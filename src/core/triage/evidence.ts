/** What goes into a record of what the machine said: enough to judge it again, and no content. */
import { judge, worst } from '../policy';
import type { Scores, Verdict } from '../policy/types';
import type { Draft, Evidence, Item, KeptScores, RunModel, ShownVerdict, Thresholds } from './types';

/** Scores as they are kept: without words of the text, offsets into it, or notes about the file. */
export function keptScores(scores: Scores): KeptScores {
  const { status, model, probabilities, coverage, backend, precision, milliseconds, code, reason } = scores;
  const { unit, checked, total, parts } = coverage;
  return {
    ...{ status, model, probabilities, backend, precision, milliseconds },
    coverage: {
      ...{ unit, checked, total },
      ...(parts && { parts: parts.map((part) => ({ name: part.name, probabilities: part.probabilities })) }),
    },
    ...(code !== undefined && { code }),
    ...(reason !== undefined && { reason }),
  };
}

/** As `judge` takes them. */
export const scoresOf = (kept: KeptScores, labels: readonly string[]): Scores => ({ ...kept, labels });

/**
 * An item's answers in the order of the run's models, then those of models that are no longer among them by id: the order in
 * which they came is another each time, and the same run gives the same export.
 */
export function inOrder(models: readonly RunModel[], answers: readonly KeptScores[]): readonly KeptScores[] {
  const place = ({ model }: KeptScores): number => {
    const at = models.findIndex(({ id }) => id === model);
    return at < 0 ? models.length : at;
  };
  return [...answers].sort((a, b) => place(a) - place(b) || (a.model < b.model ? -1 : 1));
}

/** What an item's verdict follows from: of texts no model for pictures says anything. */
export type Judged = Pick<Item, 'kind' | 'failed'>;

/**
 * An item's verdict as the sieve has it: the worst of its models' `verdicts`, never Clear before each of them has answered.
 * Undefined while it waits.
 */
export function combined(
  { kind, failed }: Judged,
  models: readonly RunModel[],
  verdicts: readonly Verdict[],
): ShownVerdict | undefined {
  const asked = models.filter(({ task }) => task === kind);
  if (failed || asked.length === 0) return { verdict: 'needs-review' };
  const answered = verdicts.filter(({ model }) => asked.some(({ id }) => id === model));
  const found = worst(answered);
  if (!found || (found.verdict === 'clear' && answered.length < asked.length)) return undefined;
  return shownVerdict(found);
}

/** The verdict, unless it is still waited for, and each model's part in it, for a record. Models that have not answered are left out. */
export function evidenceOf(
  item: Judged,
  models: readonly RunModel[],
  thresholds: Thresholds,
  answers: readonly KeptScores[],
): Required<Pick<Draft, 'models'>> & Pick<Draft, 'verdict'> {
  const verdicts: Verdict[] = [];
  const evidence = inOrder(models, answers).flatMap((answer): Evidence[] => {
    const model = models.find(({ id }) => id === answer.model);
    if (!model) return [];
    const rules = Object.hasOwn(thresholds, model.id) ? thresholds[model.id]!.rules : [];
    const policy = { $schema: 'winnow-policy-1', version: 1 as const, models: thresholds };
    const verdict = judge(scoresOf(answer, model.labels), policy);
    verdicts.push(verdict);
    const { id, sha256, revision, preprocessing, labels } = model;
    const { backend, precision } = answer;
    return [
      {
        ...{ id, sha256, revision, precision, backend, preprocessing, labels },
        scores: decidingScores(answer, verdict),
        thresholds: rules,
      },
    ];
  });
  const verdict = combined(item, models, verdicts);
  return { models: evidence, ...(verdict && { verdict }) };
}

/** Without the parts that no rule took its value from: of a long text there may be hundreds. */
function decidingScores(answer: KeptScores, { rules }: Verdict): Evidence['scores'] {
  const { model: _, backend: __, precision: ___, ...scores } = answer;
  const parts = answer.coverage.parts;
  if (!parts || rules.length === 0) return scores;
  const named = new Set(rules.map(({ part }) => part));
  return { ...scores, coverage: { ...scores.coverage, parts: parts.filter(({ name }) => named.has(name)) } };
}

function shownVerdict({ verdict, model, fired }: Verdict): ShownVerdict {
  return fired ? { verdict, model, score: fired.score, value: fired.value } : { verdict };
}
