/** A run on one page: what was judged, by what, under which lines, what people decided, and what was not checked. */

import { differs, errorsOf } from './filters';
import { disagrees } from './orders';
import { type Agreement, agreement } from './sample';
import type { Counts, Sieve, SieveWord } from './sieve';
import type { Snapshot } from './snapshot';
import type { Decision, RunModel, Tail, Thresholds } from './types';

export interface Report {
  readonly run: { readonly id: string; readonly name: string; readonly createdAt: string };
  readonly items: number;
  readonly kinds: { readonly image: number; readonly text: number };
  readonly verdicts: Counts;
  /** Decisions in force; `open`: none, or skipped. */
  readonly decisions: Readonly<Record<Decision | 'open', number>>;
  /** Decided otherwise than the machine, by what it said. */
  readonly differs: Readonly<Partial<Record<SieveWord, number>>>;
  /** Items that models differ on. */
  readonly disagree: number;
  /** Items of which a model did not read everything, such as frames of a long animation. */
  readonly partly: number;
  /** Items per code of what went wrong, most frequent first. */
  readonly errors: readonly { readonly code: string; readonly items: number }[];
  readonly labels: readonly { readonly label: string; readonly items: number }[];
  readonly secondPass: Agreement;
  readonly models: readonly RunModel[];
  readonly thresholds: Thresholds;
  /** Lines were moved since the run began. */
  readonly moved: boolean;
  /** Decisions that were taken back. */
  readonly undone: number;
  /** End of the chain: whoever notes it down can later tell whether an export is the whole of it. */
  readonly tail: Tail;
  readonly firstAt?: string;
  readonly lastAt?: string;
}

/** `sieve` holds the same items in the same order. */
export function reportOf(snapshot: Snapshot, sieve: Sieve, tail: Tail): Report {
  const { header, now, items, records, journal } = snapshot;
  const decisions = { clear: 0, block: 0, escalate: 0, skip: 0, concern: 0, open: 0 };
  const against: Partial<Record<SieveWord, number>> = {};
  const [errors, labels] = [new Map<string, number>(), new Map<string, number>()];
  const pairs: (readonly [Decision, Decision])[] = [];
  let [images, disagree, partly] = [0, 0, 0];
  items.forEach((item, at) => {
    const { decision, second, labels: own } = journal.of(item.id);
    const word = sieve.word(at);
    if (item.kind === 'image') images += 1;
    if (decision) decisions[decision] += 1;
    if (decision === undefined || decision === 'skip') decisions.open += 1;
    if (differs(word, decision)) against[word] = (against[word] ?? 0) + 1;
    if (decision && second) pairs.push([decision, second]);
    if (disagrees(sieve, at)) disagree += 1;
    if (sieve.columns.some(({ scores }) => isPartial(scores[at]?.coverage))) partly += 1;
    for (const code of new Set(errorsOf(item, sieve, at))) errors.set(code, (errors.get(code) ?? 0) + 1);
    for (const label of own) labels.set(label, (labels.get(label) ?? 0) + 1);
  });
  const last = records.at(-1);
  return {
    run: { id: header.id, name: now.name, createdAt: header.createdAt },
    ...{ items: items.length, kinds: { image: images, text: items.length - images } },
    ...{ verdicts: sieve.counts(), decisions, differs: against, disagree, partly },
    errors: ranked(errors).map(([code, count]) => ({ code, items: count })),
    labels: ranked(labels).map(([label, count]) => ({ label, items: count })),
    secondPass: agreement(pairs),
    ...{ models: now.models, thresholds: now.thresholds, tail },
    moved: JSON.stringify(now.thresholds) !== JSON.stringify(header.thresholds),
    undone: records.filter(({ decision }) => decision === 'undo').length,
    ...(last && { firstAt: records[0]!.at, lastAt: last.at }),
  };
}

/** A failure checked nothing, and is counted among the errors. */
const isPartial = (coverage: { readonly checked: number; readonly total: number } | undefined): boolean =>
  coverage !== undefined && coverage.checked > 0 && coverage.checked < coverage.total;

const ranked = (counts: ReadonlyMap<string, number>) =>
  [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
