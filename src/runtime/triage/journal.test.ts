import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FailedError, InvalidError, UnsupportedError } from '../../core/errors';
import { verifyChain } from '../../core/triage/chain';
import { Journal } from '../../core/triage/journal';
import { exportRun } from '../../core/triage/run-file';
import { testDraft, testHeader, testItem, testScores } from '../../core/triage/testing';
import type { Act, DecisionRecord, Item, KeptScores, RunHeader } from '../../core/triage/types';
import { TRIAGE_DATABASE } from '../../rpc/databases';
import type { JournalContract, Page, Written } from '../../rpc/journal';
import { createJournal } from '.';
import { MAX_FILE } from './lines';

const header = testHeader();
const items = Array.from({ length: 12 }, (_, at) => testItem(at));
const page: Page = { items, scores: items.map(({ id }, at) => ({ item: id, scores: testScores(at / 12) })) };
const T = '2026-11-01T10:00:00.000Z';
/** By a tab that has seen the records up to `seen`. */
const by = (seen: number, at = T) => ({ at, by: 'B', seen });

beforeEach(async () => {
  await new Promise((resolve) => {
    indexedDB.deleteDatabase(TRIAGE_DATABASE).onsuccess = resolve;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function begun(journal: JournalContract, of: RunHeader = header): Promise<void> {
  await journal.create(of);
  await journal.put(of.id, page);
}

const recordsOf = async (journal: JournalContract) =>
  (await journal.records(header.id, 1)).records.map((text) => JSON.parse(text) as DecisionRecord);
const savedOf = (answer: Written) =>
  'saved' in answer ? answer.saved.map((text) => JSON.parse(text) as DecisionRecord) : [];
const decide = (at: number, decision: Act, rev = 0) => testDraft(header, items[at]!, decision, { rev });

describe('runs in this browser', () => {
  it('S14: a page that dies while the database is made or remade leaves what was there, and the next one goes on', async () => {
    // While it is made for the first time: nothing is there, and nothing half.
    const made = vi.spyOn(IDBDatabase.prototype, 'createObjectStore').mockImplementationOnce(() => {
      throw new Error('The page died.');
    });
    await expect(createJournal().create(header)).rejects.toThrow();
    made.mockRestore();
    expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(TRIAGE_DATABASE);
    await begun(createJournal());
    // By a newer version: the old schema and all that is in it stay.
    const upgrade = indexedDB.open(TRIAGE_DATABASE, 2);
    await new Promise<void>((resolve) => {
      upgrade.onupgradeneeded = () => {
        upgrade.result.deleteObjectStore('triage');
        upgrade.transaction!.abort();
      };
      upgrade.onerror = () => resolve();
    });
    const journal = createJournal();
    expect(await journal.list()).toMatchObject([{ id: header.id, items: 12 }]);
    expect((await journal.pages(header.id, 0)).pages.map((one) => JSON.parse(one))).toEqual([page]);
  });

  it('are listed, come back as they were put, change, and go', async () => {
    const journal = createJournal();
    expect(await journal.list()).toEqual([]);
    await begun(journal);
    const { name, models, thresholds, settings } = header;
    await journal.change(header.id, { name: 'Other', models, thresholds, settings, place: { item: 'i3' } });
    await journal.put(header.id, { items: [{ ...items[0]!, bytes: 7 }], scores: [] });
    const [info] = await createJournal().list();
    expect(info).toMatchObject({
      id: header.id,
      header,
      items: 12,
      now: { name: 'Other', place: { item: 'i3' } },
    });
    const { pages, next } = await journal.pages(header.id, 0);
    expect(pages.map((one) => JSON.parse(one))).toEqual([
      page,
      { items: [{ ...items[0], bytes: 7 }], scores: [] },
    ]);
    expect(next).toBeUndefined();
    expect(name).toBe('Fruit');
    await expect(journal.create(header)).resolves.toMatchObject({ id: header.id });
    await expect(journal.create({ ...header, name: 'Third' })).rejects.toThrow(InvalidError);
    await journal.remove(header.id);
    expect(await journal.list()).toEqual([]);
    await expect(journal.info(header.id)).rejects.toThrow(InvalidError);
    expect((await journal.pages(header.id, 0)).pages).toEqual([]);
  });

  it('C05: names reach the disk only where the run keeps them', async () => {
    const journal = createJournal();
    const quiet = { ...header, settings: { ...header.settings, keepNames: false } };
    await begun(journal, quiet);
    expect(JSON.stringify(await journal.pages(header.id, 0))).not.toContain('fruit-');
  });

  it('S17: pages come in pieces, all of them', async () => {
    const journal = createJournal();
    await journal.create(header);
    for (let at = 0; at < 40; at++)
      await journal.put(header.id, { items: [testItem(at, { name: 'x'.repeat(200_000) })], scores: [] });
    const ordinals: number[] = [];
    let turns = 0;
    for (let from: number | undefined = 0; from !== undefined; turns++) {
      const { pages, next } = await journal.pages(header.id, from);
      ordinals.push(...pages.flatMap((one) => (JSON.parse(one) as Page).items.map(({ ordinal }) => ordinal)));
      from = next;
    }
    expect(ordinals).toEqual(Array.from({ length: 40 }, (_, at) => at));
    expect(turns).toBeGreaterThan(1);
  });
});

describe('decisions', () => {
  it('are a chain that another worker goes on with', async () => {
    await begun(createJournal());
    for (const [at, decision] of (['clear', 'block', 'skip'] as const).entries()) {
      const answer = await createJournal().append(header.id, [decide(at, decision)], by(at));
      expect(savedOf(answer)).toMatchObject([{ seq: at + 1, decision, by: 'B' }]);
    }
    const records = await recordsOf(createJournal());
    expect(verifyChain(header, records).seq).toBe(3);
    expect((await createJournal().info(header.id)).tail).toMatchObject({ seq: 3, hash: records[2]!.hash });
  });

  it('are written together or not at all', async () => {
    const journal = createJournal();
    await begun(journal);
    await journal.append(header.id, [decide(1, 'clear')], by(0));
    const both = [decide(0, 'block'), decide(1, 'block')];
    const answer = await journal.append(header.id, both, by(0, 'later'));
    expect(answer).toMatchObject({ conflicts: [{ item: 'i2', rev: 1, current: { decision: 'clear' } }] });
    expect(await recordsOf(journal)).toHaveLength(1);
    const bad = { ...decide(0, 'block'), labels: [Number.NaN as never] };
    await expect(journal.append(header.id, [decide(2, 'clear'), bad], by(1))).rejects.toThrow(InvalidError);
    expect(await recordsOf(journal)).toHaveLength(1);
  });

  it('an act that comes twice is kept once: its first answer was lost with its worker', async () => {
    const journal = createJournal();
    await begun(journal);
    const drafts = [decide(0, 'block'), decide(1, 'block')];
    const first = await journal.append(header.id, drafts, by(0));
    expect(await createJournal().append(header.id, drafts, by(0))).toEqual(first);
    expect(await recordsOf(journal)).toHaveLength(2);
  });

  it('T03: of tabs that decide the same items, one is first, the other hears of it; nothing is lost or written over', async () => {
    const act = fc.record({
      tab: fc.nat(2),
      item: fc.nat(3),
      decision: fc.constantFrom<Act>('clear', 'block', 'escalate'),
      replace: fc.boolean(),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(act, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        async (turns) => {
          round += 1;
          const of = testHeader({ id: round.toString(16).padStart(32, '0') });
          const tabs = [createJournal(), createJournal(), createJournal()];
          await tabs[0]!.create(of);
          // How far each tab has read, and of each item the newest that it knows.
          const seen = tabs.map(() => 0);
          const revs = tabs.map(() => new Map<string, number>());
          const read = async (tab: number) => {
            const { records } = await tabs[tab]!.records(of.id, seen[tab]! + 1);
            for (const { seq, item } of records.map((text) => JSON.parse(text) as DecisionRecord)) {
              seen[tab] = Math.max(seen[tab]!, seq);
              revs[tab]!.set(item, Math.max(revs[tab]!.get(item) ?? 0, seq));
            }
          };
          let saved = 0;
          let time = 0;
          for (const turn of turns) {
            // At once: the database alone decides who is first.
            await Promise.all(
              turn.map(async ({ tab, item, decision, replace }) => {
                const at = `${round}-${time++}`;
                const id = items[item]!.id;
                const ask = () => {
                  const draft = testDraft(of, items[item]!, decision, { rev: revs[tab]!.get(id) ?? 0 });
                  return tabs[tab]!.append(of.id, [draft], { at, seen: seen[tab]! });
                };
                const answer = await ask();
                if ('saved' in answer) {
                  saved += 1;
                  return;
                }
                expect(answer.conflicts).toMatchObject([{ item: id, current: { item: id } }]);
                await read(tab);
                if (replace && 'saved' in (await ask())) saved += 1;
              }),
            );
          }
          const texts = (await tabs[1]!.records(of.id, 1)).records;
          expect(texts).toHaveLength(saved);
          const records = texts.map((text) => JSON.parse(text) as DecisionRecord);
          expect(verifyChain(of, records).seq).toBe(saved);
        },
      ),
      { numRuns: 500 },
    );
  }, 120_000);

  it('S09: of a run that was deleted meanwhile, say so, and make no half one', async () => {
    const journal = createJournal();
    await begun(journal);
    await journal.remove(header.id);
    for (const again of [
      () => journal.append(header.id, [decide(0, 'clear')], by(0)),
      () => journal.put(header.id, page),
    ])
      await expect(again()).rejects.toMatchObject({ code: 'storage-unavailable', data: { lost: true } });
    expect(await journal.list()).toEqual([]);
  });

  it('S02: what does not fit when it is committed is not saved, and says so', async () => {
    const journal = createJournal();
    await begun(journal);
    const real = IDBObjectStore.prototype.put;
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...given
    ) {
      // As Chromium does: every request succeeds, and then the transaction aborts.
      const { transaction } = this;
      const request = real.apply(this, given as never);
      request.onsuccess = () => {
        if (transaction.error) return;
        Object.defineProperty(transaction, 'error', {
          value: new DOMException('No room.', 'QuotaExceededError'),
        });
        transaction.abort();
      };
      return request;
    });
    await expect(journal.append(header.id, [decide(0, 'clear')], by(0))).rejects.toMatchObject({
      code: 'storage-full',
      message: expect.stringMatching(/^Not saved\./),
    });
    put.mockRestore();
    expect(await recordsOf(journal)).toEqual([]);
    await expect(journal.append(header.id, [decide(0, 'clear')], by(0))).resolves.toHaveProperty('saved');
  });

  it('S16: a transaction that never completes is begun anew, and what did reach the disk is not written twice', async () => {
    const journal = createJournal({ milliseconds: 60, attempts: 3 });
    await begun(journal);
    const deaf = (times: number) => {
      let left = times;
      const begin = IDBDatabase.prototype.transaction;
      return vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (
        this: IDBDatabase,
        ...given
      ) {
        const transaction = begin.apply(this, given as never);
        if (given[1] === 'readwrite' && left-- > 0)
          Object.defineProperty(transaction, 'oncomplete', { set: () => {}, get: () => null });
        return transaction;
      });
    };
    const once = deaf(1);
    await expect(journal.append(header.id, [decide(0, 'clear')], by(0))).resolves.toHaveProperty(
      'saved.length',
      1,
    );
    once.mockRestore();
    const always = deaf(9);
    await expect(journal.append(header.id, [decide(1, 'clear')], by(1))).rejects.toMatchObject({
      code: 'timeout',
    });
    always.mockRestore();
    await expect(journal.append(header.id, [decide(1, 'clear')], by(1))).resolves.toHaveProperty('saved');
    expect(verifyChain(header, await recordsOf(journal)).seq).toBe(2);
  });

  it('S18: are in order whatever the clock says', async () => {
    const journal = createJournal();
    await begun(journal);
    await journal.append(header.id, [decide(0, 'clear')], by(0, '2026-11-02T00:00:00.000Z'));
    await journal.append(header.id, [decide(0, 'block', 1)], by(1, '2026-11-01T00:00:00.000Z'));
    const fold = new Journal();
    for (const record of await recordsOf(journal)) fold.apply(record);
    expect(fold.of('i1')).toMatchObject({ decision: 'block', rev: 2 });
  });
});

describe('import', () => {
  async function file(journal: JournalContract): Promise<Blob> {
    await begun(journal);
    for (let at = 0; at < 5; at++) await journal.append(header.id, [decide(at, 'clear')], by(at));
    const records = await recordsOf(journal);
    const fold = new Journal();
    for (const record of records) fold.apply(record);
    const { name, models, thresholds, settings } = header;
    const scores = new Map<string, readonly KeptScores[]>(
      page.scores.map(({ item, scores: one }) => [item, [one]]),
    );
    const now = { name, models, thresholds, settings };
    return new Blob([...exportRun({ header, now, items, scores, records, journal: fold })]);
  }

  it('A14 brings back what was exported: items, scores, decisions, and where the chain goes on', async () => {
    const journal = createJournal();
    const exported = await file(journal);
    const [before, pages] = [await recordsOf(journal), (await journal.pages(header.id, 0)).pages];
    await journal.remove(header.id);
    const seen: number[] = [];
    const info = await journal.import(exported, (done, total) => seen.push(done / total));
    expect(info).toMatchObject({ id: header.id, items: 12, tail: { seq: 5 } });
    expect(seen.at(-1)).toBe(1);
    expect(await recordsOf(journal)).toEqual(before);
    const all = (texts: readonly string[]): Item[] => texts.flatMap((one) => (JSON.parse(one) as Page).items);
    expect(all((await journal.pages(header.id, 0)).pages)).toEqual(all(pages));
    await expect(journal.append(header.id, [decide(0, 'block', 1)], by(5))).resolves.toHaveProperty(
      'saved.length',
      1,
    );
    await expect(journal.import(exported)).rejects.toThrow(/here already, with 6 records; the file has 5/);
  });

  it('of the run that is here, as it is here, changes nothing', async () => {
    const journal = createJournal();
    const exported = await file(journal);
    expect(await journal.import(exported)).toMatchObject({ tail: { seq: 5 } });
    expect(await journal.list()).toHaveLength(1);
  });

  it('A08, A09: what is damaged, too large or no run leaves everything as it was', async () => {
    const journal = createJournal();
    const text = await (await file(journal)).text();
    await journal.remove(header.id);
    for (const bad of [
      '',
      'x',
      text.slice(0, -40),
      text.replace('"bytes":1003', '"bytes":1004'),
      `${text}\n{}`,
      '{"a":'.repeat(1e5),
    ])
      await expect(journal.import(new Blob([bad]))).rejects.toThrow(InvalidError);
    await expect(journal.import(new Blob([text.slice(0, 90), new Uint8Array([0xff, 0xfe])]))).rejects.toThrow(
      InvalidError,
    );
    const large = Object.defineProperty(new Blob([text]), 'size', { value: MAX_FILE + 1 });
    await expect(journal.import(large)).rejects.toThrow(UnsupportedError);
    const line = new Blob(Array.from({ length: 40 }, () => 'x'.repeat(2 ** 17)));
    await expect(journal.import(line)).rejects.toThrow(/line of more than|not a run/);
    expect(await journal.list()).toEqual([]);
  });

  it('A13: one that is cut short at any write leaves nothing behind, and the next brings it all', async () => {
    const journal = createJournal();
    const exported = await file(journal);
    await journal.remove(header.id);
    for (let left = 0; left < 12; left++) {
      let writes = 0;
      const put = IDBObjectStore.prototype.put;
      const broken = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        ...given
      ) {
        if (writes++ === left) throw new DOMException('Gone.', 'UnknownError');
        return put.apply(this, given as never);
      });
      const ended = await journal.import(exported).then(
        () => 'kept',
        (error: unknown) => error,
      );
      broken.mockRestore();
      if (ended === 'kept') await journal.remove(header.id);
      else expect(ended).toBeInstanceOf(FailedError);
      expect(await journal.list()).toEqual([]);
    }
    expect(await journal.import(exported)).toMatchObject({ tail: { seq: 5 } });
  });
});
