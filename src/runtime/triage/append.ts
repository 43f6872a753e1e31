/** Writing decisions down: one transaction for all that belongs together, with the database as the only judge of who was first. */
import { promisifyRequest } from 'idb-keyval';
import { nextRecords } from '../../core/triage/chain';
import type { DecisionRecord, Draft } from '../../core/triage/types';
import type { Conflict, Records, Writing, Written } from '../../rpc/journal';
import { KEY, type Transaction } from './database';
import { openRow } from './rows';

/** Most that are written at once: a bulk decision of everything there is. */
export const MOST_DRAFTS = 50_000;

/** Records that were written together lie together, one per line: ten thousand puts would take as many times as long. */
export const rowOfRecords = (texts: readonly string[]): string => texts.join('\n');

export function append(
  transact: Transaction,
  run: string,
  drafts: readonly Draft[],
  writing: Writing,
): Promise<Written> {
  const work = async (store: IDBObjectStore): Promise<Written> => {
    const row = await openRow(store, run);
    const since = row.tail.seq > writing.seen ? await recordsSince(store, run, writing.seen + 1) : [];
    const ours = written(since, drafts, writing);
    if (ours) return { saved: ours.map((record) => JSON.stringify(record)) };
    const conflicts = conflictsOf(drafts, since);
    if (conflicts.length > 0) return { conflicts };
    const records = nextRecords(run, row.tail, drafts, writing);
    if (records.length === 0) return { saved: [] };
    const texts = records.map((record) => JSON.stringify(record));
    const { seq, hash } = records.at(-1)!;
    store.put(rowOfRecords(texts), KEY.record(run, records[0]!.seq));
    store.put({ ...row, tail: { seq, hash }, at: writing.at }, KEY.run(run));
    return { saved: texts };
  };
  return transact('readwrite', work, { durability: 'strict', create: false });
}

async function recordsSince(
  store: IDBObjectStore,
  run: string,
  from: number,
): Promise<readonly DecisionRecord[]> {
  const rows = await promisifyRequest<string[]>(store.getAll(rangeFrom(run, from)));
  return rows.flatMap((row) => row.split('\n')).map((text) => JSON.parse(text) as DecisionRecord);
}

const rangeFrom = (run: string, from: number): IDBKeyRange =>
  IDBKeyRange.bound(KEY.record(run, from), KEY.record(run, Number.MAX_SAFE_INTEGER));

/** Characters, and rows, that are sent at once; more makes the page's thread stop to take them in. */
const MOST_SENT = 2 * 2 ** 20;
const TOGETHER = 200;

export async function readRecords(store: IDBObjectStore, run: string, from: number): Promise<Records> {
  const found: string[] = [];
  let characters = 0;
  for (let next = from; ; next = from + found.length) {
    const rows = await promisifyRequest<string[]>(store.getAll(rangeFrom(run, next), TOGETHER));
    for (const row of rows) {
      found.push(...row.split('\n'));
      characters += row.length;
    }
    if (rows.length < TOGETHER) return { records: found, more: false };
    if (characters >= MOST_SENT) return { records: found, more: true };
  }
}

/** What came after all that the tab knows, about items that it decides. */
function conflictsOf(drafts: readonly Draft[], since: readonly DecisionRecord[]): readonly Conflict[] {
  const newest = new Map(since.map((record) => [record.item, record]));
  return drafts.flatMap(({ item, rev }) => {
    const current = newest.get(item);
    return current && current.seq !== rev ? [{ item, rev: current.seq, current }] : [];
  });
}

/** The records of these very drafts: an earlier attempt wrote them, and its answer was lost with its worker or transaction. */
function written(
  since: readonly DecisionRecord[],
  drafts: readonly Draft[],
  { at, by }: Writing,
): readonly DecisionRecord[] | undefined {
  const same = (record: DecisionRecord | undefined, draft: Draft) =>
    record?.item === draft.item &&
    record.decision === draft.decision &&
    record.of === draft.of &&
    record.at === at &&
    (record.decision === 'concern' || record.by === by);
  for (let from = 0; from + drafts.length <= since.length; from++)
    if (drafts.every((draft, one) => same(since[from + one], draft)))
      return since.slice(from, from + drafts.length);
  return undefined;
}
