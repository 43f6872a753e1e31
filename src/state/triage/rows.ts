/** One item as the table and the review show it. Made for the few that are on the screen, never for all. */
import type { Rule } from '../../core/policy';
import { judge, type Scores, type Verdict } from '../../core/policy';
import type { Sieve, SieveWord } from '../../core/triage/sieve';
import type { Decision, Item, KeptScores, RunModel, Thresholds } from '../../core/triage/types';
import { CHANGED, displayName, displayPath } from '../../sdk/names';
import { differs } from '../../sdk/triage';
import type { Run } from '../../sdk/triage/types';
import type { Decisions, Unsaved } from './decisions';
import type { Looks } from './looks';
import { count } from './progress';

export interface Row {
  readonly ordinal: number;
  readonly item: Item;
  /** Fit to be shown. */
  readonly name: string;
  /** Under the name: where it lay, or why it needs a look. */
  readonly detail: string;
  readonly word: SieveWord;
  /** Of the strongest rule: none while waiting, and for what could not be scored. */
  readonly bar?: { readonly score: string; readonly value: number; readonly rule: Rule };
  readonly decision?: Decision;
  /** What else has to be known of it (I14). */
  readonly note?: string;
  /** A person decided otherwise than the machine. */
  readonly differs: boolean;
  readonly unsaved?: Unsaved;
  readonly labels: readonly string[];
  /** It, or an identical copy, was marked as a concern: nothing of it is shown again. */
  readonly released: boolean;
}

export interface RowSource {
  readonly run: Pick<Run, 'items' | 'scores' | 'journal' | 'now'>;
  readonly sieve: Sieve;
  readonly decisions: Decisions;
  readonly looks: Pick<Looks, 'released'>;
}

export function rowOf({ run, sieve, decisions, looks }: RowSource, ordinal: number): Row {
  const item = run.items[ordinal]!;
  const word = sieve.word(ordinal);
  const decision = decisions.of(item.id);
  const bar = barOf(sieve, ordinal);
  const unsaved = decisions.unsaved.get(item.id);
  const { labels } = run.journal.of(item.id);
  const released = looks.released.has(ordinal);
  return {
    ...{ ordinal, item, name: nameOf(item), word, labels, released },
    detail: released
      ? `${decision === 'concern' ? 'concern, ' : ''}${item.kind === 'image' ? 'picture' : 'text'} released`
      : word === 'needs-review'
        ? reasonOf(item, run.scores(item.id))
        : placeOf(item),
    differs: differs(word, decision),
    ...(bar && { bar }),
    ...(decision && { decision }),
    ...(unsaved && { unsaved }),
    ...(item.was !== undefined && { note: CHANGED }),
  };
}

/** Its name; after a restart without names, what it is and its number. */
export function nameOf({ name, kind, ordinal }: Pick<Item, 'name' | 'kind' | 'ordinal'>): string {
  if (name) return displayName(name);
  return `${kind === 'image' ? 'Picture' : 'Text'} ${count(ordinal + 1)}`;
}

/** The folder, archive or table it lay in. */
function placeOf({ path = '', name = '', row, bytes }: Item): string {
  if (row !== undefined) return `row ${count(row)}`;
  const folder = path.endsWith(name) ? path.slice(0, path.length - name.length) : path;
  return displayPath(folder) || `${count(Math.max(1, Math.round(bytes / 1000)))} kB`;
}

export function reasonOf({ failed }: Item, answers: readonly KeptScores[]): string {
  if (failed) return failed.reason;
  const unscored = answers.find(({ status }) => status !== 'scored');
  return unscored?.reason ?? 'It was not scored. Look at it yourself.';
}

function barOf(sieve: Sieve, ordinal: number): Row['bar'] {
  const column = sieve.columns[sieve.by[ordinal]!] ?? strongest(sieve, ordinal);
  if (!column) return undefined;
  const fired = column.fired[ordinal]!;
  const rule = column.rules[fired];
  const value = column.values[fired]?.[ordinal];
  if (!rule || value === undefined || Number.isNaN(value)) return undefined;
  return { score: rule.score, value, rule };
}

/** While other models have still to answer: the one that has. */
function strongest(sieve: Sieve, ordinal: number) {
  return sieve.word(ordinal) === 'waiting'
    ? sieve.columns.find(({ fired }) => fired[ordinal]! >= 0)
    : undefined;
}

/** What one model says of an item, judged anew by the run's lines. */
export interface Judged {
  readonly model: RunModel;
  readonly scores?: KeptScores;
  readonly verdict?: Verdict;
}

export function judgedBy(
  models: readonly RunModel[],
  thresholds: Thresholds,
  answers: readonly KeptScores[],
): readonly Judged[] {
  const policy = { $schema: 'winnow-policy-1', version: 1 as const, models: thresholds };
  return models.map((model) => {
    const scores = answers.find((answer) => answer.model === model.id);
    if (!scores) return { model };
    const whole: Scores = { ...scores, labels: model.labels };
    return { model, scores, verdict: judge(whole, policy) };
  });
}
