/** What there is to filter a run by. Names of models, scores and labels, and codes; nothing of what items hold. */
import type { Item } from '../../core/triage/types';
import { errorsOf } from '../../sdk/triage';
import type { Screening } from './screening';

export interface Facet {
  readonly value: string;
  readonly label: string;
}

export interface Facets {
  readonly models: readonly Facet[];
  readonly scores: readonly Facet[];
  readonly labels: readonly Facet[];
  /** Most frequent first. */
  readonly errors: readonly Facet[];
}

type Source = Pick<Screening, 'run' | 'sieve'>;

export function facetsOf(source: Source): Facets {
  const { now } = source.run;
  const scores = source.sieve.columns.flatMap(({ rules }) => rules.map(({ score }) => score));
  return {
    models: now.models.map(({ id, name }) => ({ value: id, label: name })),
    scores: plain(scores),
    labels: plain([...now.settings.labels, ...labelsInUse(source)]),
    errors: errors(source),
  };
}

/** Of items that were labelled when there were other labels to choose from. */
function* labelsInUse({ run }: Source): Generator<string> {
  for (const [, { labels }] of run.journal.entries()) yield* labels;
}

function errors({ run, sieve }: Source): readonly Facet[] {
  const found = new Map<string, number>();
  for (let item = 0; item < sieve.size; item++) {
    const { failed } = run.items[item] as Item;
    // Most items have none, and nothing is made for those.
    if (!failed && !sieve.columns.some(({ scores }) => scores[item]?.code !== undefined)) continue;
    for (const code of new Set(errorsOf(run.items[item]!, sieve, item)))
      found.set(code, (found.get(code) ?? 0) + 1);
  }
  return [...found]
    .sort(([, a], [, b]) => b - a)
    .map(([code, times]) => ({
      value: code,
      label: `${errorWords(code)} (${times.toLocaleString('en-GB')})`,
    }));
}

/** `too-large`: "Too large". */
export function errorWords(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const plain = (names: readonly string[]): readonly Facet[] =>
  [...new Set(names)].map((name) => ({ value: name, label: name }));
