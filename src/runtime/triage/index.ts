/** Runs and decisions in this browser. A decision counts as saved when its transaction is complete, on disk. */
import { promisifyRequest } from 'idb-keyval';
import { InvalidError, UnsupportedError } from '../../core/errors';
import { beginning } from '../../core/triage/chain';
import { nameless } from '../../core/triage/snapshot';
import type { RunInfo } from '../../core/triage/types';
import type { JournalContract, Page, Pages } from '../../rpc/journal';
import { within } from '../store/keys';
import { append, MOST_DRAFTS, readRecords } from './append';
import { KEY, type Patience, type Transaction, triageTransactions } from './database';
import { deleteRun, importRun, sweep } from './import';
import { infoOf, openRow, type RunRow, rowOf } from './rows';

/** Characters of pages that are sent at once; more makes the page's thread stop to take them in. */
const MOST_SENT = 4 * 2 ** 20;

/** What belongs to a run that is there does not make a database for one that was cleared. */
const KEPT = { create: false } as const;

/** Pages that are read at once. */
const TOGETHER = 16;

export function createJournal(patience?: Patience): JournalContract {
  const transact = triageTransactions(patience);
  return {
    list: () => list(transact),
    create: (header) =>
      transact(
        'readwrite',
        async (store) => {
          const { v, id, createdAt, ...now } = header;
          const there = await promisifyRequest<RunRow | undefined>(store.get(KEY.run(id)));
          // Kept by an earlier attempt, whose answer got lost.
          if (there && JSON.stringify(there.header) === JSON.stringify(header)) return infoOf(there);
          if (there)
            throw new InvalidError('invalid-input', 'A run of that id is here already.', { run: id });
          const row: RunRow = { v, header, now, tail: beginning(header), items: 0, at: createdAt };
          store.put(row, KEY.run(id));
          return infoOf(row);
        },
        { durability: 'strict' },
      ),
    info: (run) => transact('readonly', async (store) => infoOf(await rowOf(store, run))),
    pages: (run, from) => pages(transact, run, from),
    records: (run, from) => transact('readonly', (store) => readRecords(store, run, from)),
    put: (run, page) => put(transact, run, page),
    change: (run, now) =>
      transact(
        'readwrite',
        async (store) => {
          const row = await openRow(store, run);
          if (row.now.settings.keepNames && !now.settings.keepNames) await forgetNames(store, run);
          store.put({ ...row, now }, KEY.run(run));
        },
        KEPT,
      ),
    append: async (run, drafts, writing) => {
      if (drafts.length > MOST_DRAFTS)
        throw new UnsupportedError('too-large', `At most ${MOST_DRAFTS} items can be decided at once.`);
      return append(transact, run, drafts, writing);
    },
    remove: (run) => deleteRun(transact, run),
    import: (file, onImport, signal) => importRun(transact, file, onImport, signal),
    ping: async () => 'pong',
  };
}

/** Newest first. */
async function list(transact: Transaction): Promise<readonly RunInfo[]> {
  const rows = await transact('readonly', (store) => promisifyRequest<RunRow[]>(store.getAll(within('run'))));
  await sweep(transact, rows);
  return rows
    .filter(({ v, draft }) => v === 1 && !draft)
    .map(infoOf)
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}

function pages(transact: Transaction, run: string, from: number): Promise<Pages> {
  return transact('readonly', async (store) => {
    const found: string[] = [];
    for (let characters = 0; characters < MOST_SENT; ) {
      const next = from + found.length;
      const range = IDBKeyRange.bound(KEY.page(run, next), KEY.page(run, Number.MAX_SAFE_INTEGER));
      const some = await promisifyRequest<string[]>(store.getAll(range, TOGETHER));
      found.push(...some);
      if (some.length < TOGETHER) return { pages: found };
      characters += some.reduce((sum, { length }) => sum + length, 0);
    }
    return { pages: found, next: from + found.length };
  });
}

/** In the transaction that says that names are not kept any more: then none is there. */
async function forgetNames(store: IDBObjectStore, run: string): Promise<void> {
  const cursors = store.openCursor(within('page', run));
  for (let cursor = await promisifyRequest(cursors); cursor; cursor = await promisifyRequest(cursors)) {
    const page = JSON.parse(cursor.value as string) as Page;
    if (page.items.some(({ name, path }) => name !== undefined || path !== undefined))
      cursor.update(JSON.stringify({ ...page, items: page.items.map(nameless) }));
    cursor.continue();
  }
}

function put(transact: Transaction, run: string, page: Page): Promise<void> {
  return transact(
    'readwrite',
    async (store) => {
      const row = await openRow(store, run);
      const { keepNames } = row.now.settings;
      // Nobody's names reach the disk because a caller forgot what was set.
      const items = keepNames ? page.items : page.items.map(nameless);
      const range = within('page', run);
      const last = await promisifyRequest(store.openKeyCursor(range, 'prev'));
      const number = last ? (last.key as [string, string, number])[2] + 1 : 0;
      store.put(JSON.stringify({ items, scores: page.scores }), KEY.page(run, number));
      const most = page.items.reduce((count, { ordinal }) => Math.max(count, ordinal + 1), row.items);
      if (most > row.items) store.put({ ...row, items: most }, KEY.run(run));
    },
    KEPT,
  );
}
