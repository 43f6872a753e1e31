/** A run file into the database: checked as a whole first, then kept, all of it or nothing (A13). */
import { promisifyRequest } from 'idb-keyval';
import { InvalidError } from '../../core/errors';
import { RunFileCheck, type RunSummary } from '../../core/triage/run-file';
import type { DecisionRecord, Item, ItemScores, RunInfo } from '../../core/triage/types';
import type { OnImport } from '../../rpc/journal';
import { within } from '../store/keys';
import { lock, tryLock } from '../store/locks';
import { rowOfRecords } from './append';
import { KEY, type Transaction } from './database';
import { linesOf } from './lines';
import { infoOf, type RunRow } from './rows';

const lockName = (run: string): string => `winnow-import-${run}`;

export async function importRun(
  transact: Transaction,
  file: Blob,
  onImport: OnImport = () => {},
  signal?: AbortSignal,
): Promise<RunInfo> {
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    onImport(done, file.size * 2);
  };
  const check = new RunFileCheck();
  for await (const line of linesOf(file, onBytes, signal)) check.next(line);
  const summary = check.end();
  const unlock = await lock(lockName(summary.header.id), signal);
  try {
    const here = await rowHere(transact, summary);
    if (here) return infoOf(here);
    const draft: RunRow = rowFor(summary);
    await transact(
      'readwrite',
      (store) => void store.put({ ...draft, draft: true }, KEY.run(draft.header.id)),
    );
    try {
      await keep(transact, summary, linesOf(file, onBytes, signal));
      await transact('readwrite', (store) => void store.put(draft, KEY.run(draft.header.id)), {
        durability: 'strict',
      });
    } catch (thrown) {
      await deleteRun(transact, draft.header.id).catch(() => {});
      throw thrown;
    }
    return infoOf(draft);
  } finally {
    unlock();
  }
}

function rowFor({ header, now, tail, items }: RunSummary): RunRow {
  return { v: 1, header, now, tail, items, at: header.createdAt };
}

/** The same run, if it is here already. Throws InvalidError('invalid-input') when it is here with other decisions. */
async function rowHere(transact: Transaction, { header, tail }: RunSummary): Promise<RunRow | undefined> {
  const row = await transact('readonly', (store) =>
    promisifyRequest<RunRow | undefined>(store.get(KEY.run(header.id))),
  );
  if (!row) return undefined;
  if (row.draft) {
    // Its tab is gone: nobody else could hold the lock that is held here.
    await deleteRun(transact, header.id);
    return undefined;
  }
  if (row.tail.hash === tail.hash) return row;
  throw new InvalidError(
    'invalid-input',
    `This run is here already, with ${row.tail.seq} records; the file has ${tail.seq}. Export the one that is here, delete it, then import again.`,
    { run: header.id, here: row.tail.seq, file: tail.seq },
  );
}

/** Lines of one transaction. */
const BATCH = 1_000;

/** Checked again while it is read: the file may have changed since. */
async function keep(
  transact: Transaction,
  { header, tail }: RunSummary,
  lines: AsyncIterable<string>,
): Promise<void> {
  const check = new RunFileCheck();
  const run = header.id;
  let [page, items, scores, records]: [number, Item[], ItemScores[], DecisionRecord[]] = [0, [], [], []];
  const write = () =>
    transact('readwrite', (store) => {
      if (items.length + scores.length > 0) store.put(JSON.stringify({ items, scores }), KEY.page(run, page));
      if (records.length > 0)
        store.put(
          rowOfRecords(records.map((record) => JSON.stringify(record))),
          KEY.record(run, records[0]!.seq),
        );
    });
  for await (const text of lines) {
    const line = check.next(text);
    if (line.kind === 'item') items.push(line.item);
    if (line.kind === 'scores') scores.push(line.scores);
    if (line.kind === 'record') records.push(line.record);
    if (items.length + scores.length + records.length < BATCH) continue;
    await write();
    [page, items, scores, records] = [page + 1, [], [], []];
  }
  await write();
  if (check.end().tail.hash !== tail.hash)
    throw new InvalidError('damaged-file', 'The file changed while it was read. Nothing was kept.');
}

/** Deletes a run with all that belongs to it. */
export function deleteRun(transact: Transaction, run: string): Promise<void> {
  return transact('readwrite', (store) => {
    for (const kind of ['page', 'record']) store.delete(within(kind, run));
    store.delete(KEY.run(run));
  });
}

/** Deletes what imports left whose tab is gone. */
export async function sweep(transact: Transaction, rows: readonly RunRow[]): Promise<void> {
  for (const { draft, header } of rows) {
    if (!draft) continue;
    const unlock = await tryLock(lockName(header.id));
    if (!unlock) continue;
    await deleteRun(transact, header.id).finally(unlock);
  }
}
