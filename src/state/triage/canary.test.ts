import 'fake-indexeddb/auto';
import type * as Comlink from 'comlink';
import { describe, expect, it } from 'vitest';
import { testHeader } from '../../core/triage/testing';
import { TRIAGE_DATABASE } from '../../rpc/databases';
import type { JournalContract } from '../../rpc/journal';
import type { KeptHandle, ReadingContract } from '../../rpc/reading';
import { createReading } from '../../runtime/inputs/reading';
import { createJournal } from '../../runtime/triage';
import { inputsOf } from '../../sdk/gather-input';
import type { Reader } from '../../sdk/kept-inputs';
import type { Keeping } from '../../sdk/triage/keeper';
import { OpenRun } from '../../sdk/triage/run';
import { drawn, fruitScores, stage } from './testing';

/** In every name; nowhere in what is kept or exported. */
const CANARY = 'quietharbour';

/** A file that the system lists and does not give. */
function broken(name: string, kind: 'NotReadableError' | 'SecurityError' | 'OddError'): File {
  const file = new File(['x'.repeat(40)], name);
  const refuse = () => Promise.reject(new DOMException(`${name} could not be read`, kind));
  return Object.assign(file, {
    arrayBuffer: refuse,
    slice: () => Object.assign(new Blob(), { arrayBuffer: refuse }),
  });
}

const handle = (name: string, get: () => File): KeptHandle =>
  ({ kind: 'file', name, getFile: async () => get() }) as unknown as KeptHandle;

function folder(name: string, children: readonly unknown[], fails = false): KeptHandle {
  async function* values() {
    yield* children;
    if (fails) throw new DOMException(`${name} is gone`, 'NotFoundError');
  }
  return { kind: 'directory', name, values } as unknown as KeptHandle;
}

async function everything(): Promise<string> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(TRIAGE_DATABASE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const kept: unknown[] = [];
  for (const name of database.objectStoreNames) {
    const store = database.transaction(name).objectStore(name);
    for (const request of [store.getAll(), store.getAllKeys()])
      kept.push(
        await new Promise((resolve) => {
          request.onsuccess = () => resolve(request.result);
        }),
      );
  }
  database.close();
  return JSON.stringify(kept);
}

describe('C03, C05', () => {
  it('no name of a file gets into what is kept or exported by way of the reason why it was not scored', async () => {
    const worker = createReading();
    const reader = {
      run: (job: (remote: ReadingContract, signal?: AbortSignal) => Promise<unknown>) => job(worker),
    } as unknown as Reader;
    const names = (suffix: string) => `${CANARY}-${suffix}`;
    const gathering = inputsOf(reader).gather([
      folder(
        names('folder'),
        [
          handle(names('gone.png'), () => {
            throw new DOMException(names('gone.png'), 'NotFoundError');
          }),
          handle(names('empty.png'), () => new File([], names('empty.png'))),
          handle(names('damaged.zip'), () => new File(['no archive at all'], names('damaged.zip'))),
          handle(names('unreadable.zip'), () => broken(names('unreadable.zip'), 'NotReadableError')),
          handle(names('unreadable.csv'), () => broken(names('unreadable.csv'), 'SecurityError')),
          handle(names('odd.csv'), () => broken(names('odd.csv'), 'OddError')),
          handle(names('fine.png'), () => new File(['picture'], names('fine.png'))),
          handle(names('late.txt'), () => broken(names('late.txt'), 'NotReadableError')),
        ],
        true,
      ),
    ]);

    const journal = createJournal();
    const keeping: Keeping = {
      run: (job) => job(journal as unknown as Comlink.Remote<JournalContract>),
      news() {},
      onChange: () => () => {},
    };
    const quiet = testHeader();
    const header = { ...quiet, settings: { ...quiet.settings, keepNames: false } };
    await journal.create(header);
    const run = OpenRun.fresh(keeping, header, true);
    const it = stage(header, true, run);
    await it.screening.begin(gathering, new AbortController());
    for (const { id, content } of it.batch().items) {
      const failed = await (content as () => Promise<unknown>)().then(
        () => undefined,
        (error: Error) => error.message,
      );
      it.batch().answer(
        id,
        failed === undefined
          ? fruitScores(0.9)
          : fruitScores(0, { status: 'error', probabilities: [], code: 'unreadable-file', reason: failed }),
        failed === undefined ? id : '',
      );
    }
    it.batch().finish();
    await drawn();
    // All of them are items, each with a reason that somebody can read.
    expect(run.items).toHaveLength(9);
    expect(run.items.every(({ name }) => name?.includes(CANARY))).toBe(true);
    expect(run.items.filter(({ failed }) => failed)).toHaveLength(7);
    const late = run.items.find(({ name }) => name === names('late.txt'))!;
    expect(run.scores(late.id)[0]?.reason).toMatch(/cannot be read any more/);
    for (const { ordinal } of run.items) it.screening.acts.select(ordinal);
    it.screening.acts.decide('block');
    await drawn();
    await run.flush();

    const kept = await everything();
    expect(kept).toContain(run.items[0]!.link);
    expect(kept).not.toContain(CANARY);
    for (const kind of ['run', 'jsonl', 'csv', 'hard-csv', 'hard-jsonl'] as const)
      expect(await (await it.screening.export(kind)).text()).not.toContain(CANARY);
    // The check can fail: names that are kept are found by it.
    await it.screening.keepNames(true);
    await run.flush();
    expect(await everything()).toContain(CANARY);
    await it.screening.keepNames(false);
    await run.flush();
    expect(await everything()).not.toContain(CANARY);
  });
});
