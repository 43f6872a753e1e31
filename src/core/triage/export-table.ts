/** Decisions for other programs: CSV for spreadsheets, JSON lines with all evidence, and the hard cases apart. */
import { judge } from '../policy';
import type { Verdict } from '../policy/types';
import { csvLine } from './csv';
import { combined, inOrder, scoresOf } from './evidence';
import { exportedItem, type Snapshot } from './snapshot';
import type { DecisionRecord, Item, KeptScores, RunModel, ShownVerdict } from './types';

export type TableKind = 'csv' | 'jsonl' | 'hard-csv' | 'hard-jsonl';

/** Lines of this many items at a time: a step that no screen notices. */
const STEP = 500;

/** The whole table in pieces of text, in the order of the items. */
export function* exportTable(snapshot: Snapshot, kind: TableKind): Generator<string> {
  const csv = kind.endsWith('csv');
  if (csv) yield csvLine(HEADINGS);
  const bySeq = (seq: number | undefined) => (seq === undefined ? undefined : snapshot.records[seq - 1]);
  for (let from = 0; from < snapshot.items.length; from += STEP) {
    let text = '';
    for (const item of snapshot.items.slice(from, from + STEP)) {
      const row = rowOf(snapshot, item, bySeq);
      if (kind.startsWith('hard') && row.hard.length === 0) continue;
      text += csv ? csvLine(cells(row)) : `${JSON.stringify(line(row))}\n`;
    }
    if (text !== '') yield text;
  }
}

/** Why an item is hard: worth a look at how the team decides. */
export type Hard = 'skipped' | 'models-disagree' | 'differs' | 'second-pass-differs';

interface Row {
  readonly item: Item;
  readonly concern: boolean;
  /** None while a model has still to answer that could make it worse. */
  readonly verdict: ShownVerdict | undefined;
  readonly verdicts: readonly Verdict[];
  readonly answers: readonly KeptScores[];
  /** The record in force. */
  readonly record: DecisionRecord | undefined;
  readonly second: DecisionRecord | undefined;
  readonly labels: readonly string[];
  readonly note: string | undefined;
  readonly hard: readonly Hard[];
  readonly snapshot: Snapshot;
}

function rowOf(
  snapshot: Snapshot,
  item: Item,
  bySeq: (seq: number | undefined) => DecisionRecord | undefined,
): Row {
  const { now, journal } = snapshot;
  const answers = inOrder(now.models, snapshot.scores.get(item.id) ?? []);
  const policy = { $schema: 'winnow-policy-1', version: 1 as const, models: now.thresholds };
  const verdicts = answers.flatMap((answer) => {
    const model = now.models.find(({ id }) => id === answer.model);
    return model ? [judge(scoresOf(answer, model.labels), policy)] : [];
  });
  const verdict = combined(item, now.models, verdicts);
  const { decision, seq, secondSeq, second, labels, note } = journal.of(item.id);
  const concern = decision === 'concern' || second === 'concern';
  const hard: Hard[] = [];
  if (decision === 'skip') hard.push('skipped');
  if (new Set(verdicts.map((one) => one.verdict)).size > 1) hard.push('models-disagree');
  if (verdict && decision && contradicts(verdict.verdict, decision)) hard.push('differs');
  if (second !== undefined && second !== decision) hard.push('second-pass-differs');
  return {
    item: exportedItem(item, now.settings, concern),
    ...{ concern, verdict, verdicts, answers, labels, note, hard, snapshot },
    ...{ record: bySeq(seq), second: bySeq(secondSeq) },
  };
}

const contradicts = (verdict: string, decision: string): boolean =>
  (verdict === 'clear' && !['clear', 'skip'].includes(decision)) ||
  (verdict === 'block' && decision === 'clear');

const HEADINGS = [
  ...['item', 'kind', 'name', 'path', 'row', 'sha256', 'bytes', 'verdict', 'verdict_model', 'verdict_score'],
  ...[
    'verdict_value',
    'decision',
    'decided_at',
    'by',
    'reason',
    'labels',
    'note',
    'second_decision',
    'unseen',
  ],
  ...['hard', 'error', 'models', 'scores', 'thresholds', 'record', 'record_sha256'],
];

/** C03: of a concern hash, time, label, model and decision; the other cells stay empty. */
function cells(row: Row): readonly (string | number | undefined)[] {
  const { item, verdict, record, second, labels, note, hard, concern } = row;
  if (concern) return concernCells(row);
  const failed = [item.failed?.code, ...row.answers.map(({ code }) => code)].filter(
    (code) => code !== undefined,
  );
  return [
    ...[item.id, item.kind, item.name, item.path, item.row, item.sha256, item.bytes],
    ...[verdict?.verdict ?? 'waiting', verdict?.model, verdict?.score, verdict?.value],
    ...[record?.decision, record?.at, record?.by, record?.reason, labels.join('; '), note],
    ...[second?.decision, record?.unseen && 'yes', hard.join('; '), failed.join('; ')],
    ...[models(row), scores(row), thresholds(row), record?.seq, record?.hash],
  ];
}

function concernCells({ item, record, second }: Row): readonly (string | number | undefined)[] {
  const of = record?.decision === 'concern' ? record : second;
  const known: Record<string, string | number | undefined> = {
    ...{ item: item.id, kind: item.kind, sha256: item.sha256, decision: 'concern', decided_at: of?.at },
    labels: of?.labels?.join('; '),
    models: of?.models?.map(({ id, sha256 }) => `${id} ${sha256}`).join('; '),
    ...{ record: of?.seq, record_sha256: of?.hash },
  };
  return HEADINGS.map((heading) => known[heading]);
}

const models = ({ answers, snapshot }: Row): string =>
  answers
    .map(({ model, precision, backend }) => {
      const known = snapshot.now.models.find(({ id }) => id === model);
      return [model, known?.sha256 || known?.revision, precision, backend, known?.preprocessing].join(' ');
    })
    .join('; ');

const scores = ({ answers, snapshot }: Row): string =>
  answers
    .flatMap(({ model, probabilities }) => {
      const labels = snapshot.now.models.find(({ id }) => id === model)?.labels ?? [];
      return probabilities.map((value, at) => `${model}/${labels[at] ?? at}=${value}`);
    })
    .join('; ');

const thresholds = ({ answers, snapshot }: Row): string =>
  answers
    .flatMap(({ model }) =>
      (snapshot.now.thresholds[model]?.rules ?? []).map(
        ({ score, review, block }) => `${model}/${score} review>=${review} block>=${block}`,
      ),
    )
    .join('; ');

/** A line of JSON: the item, what the machine says now, and the record of the decision with what it said then. */
function line(row: Row): unknown {
  const { item, concern, verdict, verdicts, record, second, labels, note, hard, snapshot } = row;
  if (concern) return concernLine(row);
  return {
    ...{ run: snapshot.header.id, item, verdict: verdict ?? { verdict: 'waiting' } },
    models: row.answers.map((answer, at) => ({
      ...modelOf(snapshot, answer.model),
      ...{ verdict: verdicts[at]?.verdict, scores: answer },
      thresholds: snapshot.now.thresholds[answer.model]?.rules ?? [],
    })),
    ...(record && { decision: record }),
    ...(second && { second }),
    ...(labels.length > 0 && { labels }),
    ...(note !== undefined && { note }),
    ...(hard.length > 0 && { hard }),
  };
}

function concernLine({ item, record, second, snapshot }: Row): unknown {
  const of = record?.decision === 'concern' ? record : second;
  return { run: snapshot.header.id, item: { id: item.id, sha256: item.sha256 }, decision: of };
}

function modelOf(snapshot: Snapshot, id: string): Partial<RunModel> {
  return snapshot.now.models.find((model) => model.id === id) ?? { id };
}
