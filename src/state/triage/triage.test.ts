import { describe, expect, it, vi } from 'vitest';
import { testHeader, testItem } from '../../core/triage/testing';
import { FailedError, InvalidError } from '../../sdk/errors';
import type { GatherOptions } from '../../sdk/input-types';
import { OpenRun } from '../../sdk/triage/run';
import type { Runs } from '../../sdk/triage/types';
import type { BenchModel } from '../models';
import { cardOf } from '../testing';
import { drawn, FakeBatch, FakeKeeping, fruitScores, gatheredItems, gathering } from './testing';
import { Triage, type TriageOptions } from './triage';

function made(
  more: { runs?: Partial<Runs>; models?: TriageOptions['models']; here?: () => Promise<BenchModel[]> } = {},
) {
  const said: string[] = [];
  const asked: GatherOptions[] = [];
  let batch: FakeBatch | undefined;
  const fresh = (id: string) => OpenRun.fresh(new FakeKeeping(), testHeader({ id }), false);
  const triage = new Triage({
    winnow: {
      batch: (options) => {
        batch = new FakeBatch(options);
        return batch;
      },
      preview: () => Promise.reject(new Error()),
      gather: (_, options = {}) => {
        asked.push(options);
        return Object.assign(gathering(gatheredItems(2)), { handles: Promise.resolve([]) });
      },
      ...{ keepInputs: async () => {}, keptInputs: async () => [], forgetInputs: async () => {} },
      runs: {
        ...{ list: async () => [], remove: async () => {}, onChange: () => () => {} },
        create: async ({ name, models, thresholds }) =>
          OpenRun.fresh(new FakeKeeping(), { ...testHeader({ name, thresholds }), models }, false),
        open: async (id) => fresh(id),
        import: () => Promise.reject(new InvalidError('damaged-file', 'Record 3 is not as it was written.')),
        ...more.runs,
      },
    },
    announcer: { say: (words) => void said.push(words), alarm: (words) => void said.push(words) },
    models:
      more.models ?? (async () => [{ card: cardOf('m', 'image'), state: 'bundled', bytes: 1, sha256: 'ab' }]),
    ...(more.here && { here: more.here }),
    policy: () => ({ $schema: '', version: 1, models: { m: { rules: [] }, other: { rules: [] } } }),
  });
  return { triage, said, asked, batch: () => batch };
}

describe('triage', () => {
  it('begins a run with the models of the bench and their lines, called after what was dropped in this tab alone', async () => {
    const { triage, batch } = made();
    await triage.add([new Blob()]);
    const { screening, phase } = triage.store.get();
    expect(phase).toBe('open');
    expect(screening?.run.now).toMatchObject({
      thresholds: { m: { rules: [] } },
      models: [{ id: 'm', sha256: 'ab' }],
    });
    expect(Object.keys(screening!.run.now.thresholds)).toEqual(['m']);
    await drawn();
    expect(screening?.title).toBe('fruit');
    expect(screening?.run.now.name).toMatch(/^Run of /);
    expect(batch()?.items).toHaveLength(2);
  });

  it('says why it could not begin, and is empty again', async () => {
    const { triage, said, asked } = made({
      models: () => Promise.reject(new InvalidError('invalid-input', 'No model is chosen.')),
    });
    await triage.add([new Blob()]);
    expect(triage.store.get()).toMatchObject({ phase: 'empty', error: { message: 'No model is chosen.' } });
    expect(said).toEqual(['No model is chosen.']);
    expect(asked).toEqual([]);
    triage.hush();
    expect(triage.store.get().error).toBeUndefined();
  });

  it('takes more while a run is being judged, into the same run', async () => {
    const { triage, asked } = made();
    await triage.add([new Blob()]);
    await triage.add([new Blob()]);
    expect(asked).toHaveLength(2);
    expect(asked[1]?.signal?.aborted).toBe(false);
    // The same files once more are the same items.
    expect(triage.store.get().screening?.run.items.length).toBe(2);
    triage.stop();
    expect(asked.map(({ signal }) => signal?.aborted)).toEqual([true, true]);
  });

  it('judges by the models that the run began with, or says why it cannot', async () => {
    const model = { card: cardOf('m', 'image'), state: 'bundled', bytes: 1, sha256: 'ab' } as const;
    let here: BenchModel[] = [model];
    const { triage, batch } = made({ here: async () => here });
    await triage.add([new Blob()]);
    const first = batch();
    expect(first?.items).toHaveLength(2);
    triage.stop();
    for (const [models, words] of [
      [[{ ...model, sha256: 'cd' }], /not the one that this run began with/],
      [[], /not installed here/],
    ] as const) {
      here = [...models];
      await triage.goOn();
      const view = () => triage.store.get().screening!.store.get();
      await vi.waitFor(() => expect(view().error?.message).toMatch(words));
      expect(batch()).toBe(first);
      expect(triage.store.get().screening?.here(0)).toBe(true);
      expect(view().progress).toMatchObject({ stage: 'waiting', judged: 0 });
    }
    here = [model];
    await triage.goOn();
    expect(batch()?.items).toHaveLength(2);
    await vi.waitFor(() => expect(triage.store.get().screening!.store.get().error).toBeUndefined());
  });

  it('opens an earlier run, and tells when it is not there any more', async () => {
    const { triage, said } = made();
    await triage.open('a');
    expect(triage.store.get().screening?.run.header.id).toBe('a');
    expect(said.at(-1)).toContain('Picked up');
    const gone = made({
      runs: { open: () => Promise.reject(new FailedError('storage-unavailable', 'It is gone.')) },
    });
    await gone.triage.open('a');
    expect(gone.triage.store.get()).toMatchObject({ phase: 'empty', error: { message: 'It is gone.' } });
    await gone.triage.import(new Blob());
    expect(gone.triage.store.get().error?.code).toBe('damaged-file');
  });

  it('A15 asks for the column of the prompts only where nobody could tell', async () => {
    const { triage, asked } = made();
    await triage.add([new Blob()]);
    const look = { format: 'delimited', encoding: 'utf-8', header: true, columns: [] } as const;
    const ask = asked[0]!.columns!;
    expect(await ask({ ...look, text: 1, id: 0 }, 'a.csv')).toEqual({ text: 1, id: 0 });
    const answer = ask(look, 'b.csv');
    expect(triage.store.get().asking?.name).toBe('b.csv');
    triage.store.get().asking?.answer({ text: 2 });
    expect(await answer).toEqual({ text: 2 });
    expect(triage.store.get().asking).toBeUndefined();
    const left = ask(look, 'c.csv');
    await triage.close();
    expect(await left).toBeUndefined();
  });

  it('tells what was left out of a drop', async () => {
    const { triage, asked } = made();
    await triage.add([new Blob()]);
    const skipped = [{ why: 'other' as const, extension: 'exe', count: 3 }];
    asked[0]!.onProgress!({ found: 2, refused: 0, skipped, done: true });
    await drawn();
    expect(triage.store.get().screening?.skipped).toEqual(skipped);
  });

  it('goes on after Stop with what has no scores, without being given anything again', async () => {
    const { triage, batch } = made();
    await triage.add([new Blob()]);
    batch()!.answer('i1', fruitScores(0.9));
    triage.stop();
    await vi.waitFor(() => expect(triage.store.get().screening?.store.get().progress.stage).toBe('stopped'));
    expect(triage.canGoOn).toBe(true);
    await triage.goOn();
    expect(triage.store.get().screening?.run.items).toHaveLength(2);
    expect(batch()!.items.map(({ id }) => id)).toEqual(['i2']);
    await triage.close();
    expect(triage.canGoOn).toBe(false);
  });

  it('T10 what was not listed to its end does not pass for a whole run when it is opened again', async () => {
    const { triage } = made();
    await triage.add([new Blob()]);
    const { run } = triage.store.get().screening!;
    expect(run.now.place).not.toHaveProperty('listing');
    const stopping = triage.add([new Blob()]);
    expect(run.now.place).toMatchObject({ listing: true });
    triage.stop();
    await stopping;
    expect(run.now.place).toMatchObject({ listing: true });

    const died = OpenRun.fresh(new FakeKeeping(), testHeader(), false);
    await died.change({ place: { listing: true } }).catch(() => {});
    const later = made({ runs: { open: async () => died } }).triage;
    await later.open('r');
    const progress = () => later.store.get().screening!.store.get().progress;
    expect(progress()).toMatchObject({ stage: 'waiting', listing: true });
    await later.add([new Blob()]);
    await vi.waitFor(() => expect(progress()).toMatchObject({ stage: 'judging', listing: false, total: 2 }));
    expect(died.now.place).not.toHaveProperty('listing');
  });

  it('T10 what was stopped is still to be listed after something else was', async () => {
    const { triage } = made();
    await triage.add([new Blob()]);
    const { run } = triage.store.get().screening!;
    const stopping = triage.add([new Blob()]);
    triage.stop();
    await stopping;
    await triage.add([new Blob()]);
    expect(run.now.place).toMatchObject({ listing: true });
    await vi.waitFor(() => expect(triage.store.get().screening!.idle).toBe(false));
    triage.stop();
    await triage.goOn();
    expect(run.now.place).not.toHaveProperty('listing');
  });

  it('T10 what an earlier page owed is not listed by something else', async () => {
    const died = OpenRun.fresh(new FakeKeeping(), testHeader(), false);
    died.put([testItem(0, { sha256: 'f'.repeat(64) })]);
    await died.change({ place: { listing: true } }).catch(() => {});
    const { triage } = made({ runs: { open: async () => died } });
    await triage.open('r');
    await triage.add([new Blob()]);
    expect(died.now.place).toMatchObject({ listing: true });
  });

  it('T10 what an earlier page owed and was moved since is listed once its bytes are read', async () => {
    const sha256 = 'f'.repeat(64);
    const died = OpenRun.fresh(new FakeKeeping(), testHeader(), false);
    const [moved] = gatheredItems(1);
    died.put([testItem(0, { sha256, bytes: moved!.bytes })]);
    await died.change({ place: { listing: true } }).catch(() => {});
    const { triage, batch } = made({ runs: { open: async () => died } });
    await triage.open('r');
    await triage.add([new Blob()]);
    expect(died.now.place).toMatchObject({ listing: true });
    const [one, other] = batch()!.items;
    batch()!.answer(other!.id, fruitScores(0.1), 'e'.repeat(64));
    await drawn();
    expect(died.now.place).toMatchObject({ listing: true });
    batch()!.answer(one!.id, fruitScores(0.1), sha256);
    await vi.waitFor(() => expect(died.now.place).not.toHaveProperty('listing'));
  });

  it('stopped before the run is made there is none, and nothing is left', async () => {
    const removed: string[] = [];
    let go = () => {};
    const { triage, asked } = made({
      models: () =>
        new Promise((resolve) => {
          go = () => resolve([]);
        }),
      runs: { remove: async (id) => void removed.push(id) },
    });
    const adding = triage.add([new Blob(), new Blob()]);
    expect(triage.store.get()).toMatchObject({ phase: 'starting', dropped: 2 });
    triage.stop();
    go();
    await adding;
    expect(triage.store.get().phase).toBe('empty');
    expect(asked).toEqual([]);
    expect(removed).toHaveLength(1);
  });

  it('A15 reads a table by another column as long as nothing is decided', async () => {
    const removed: string[] = [];
    const { triage, asked } = made({ runs: { remove: async (id) => void removed.push(id) } });
    await triage.add([new Blob()]);
    const columns = [
      { name: 'id', samples: ['7'] },
      { name: 'text', samples: ['a'] },
      { name: 'other', samples: ['b'] },
    ];
    const look = { format: 'delimited', encoding: 'utf-8', header: true, columns, text: 1, id: 0 } as const;
    await asked[0]!.columns!(look, 'a.csv');
    const [table] = triage.store.get().tables;
    expect(table).toMatchObject({ name: 'a.csv', columns: { text: 1, id: 0 } });
    const before = triage.store.get().screening!;
    before.stop();
    const same = triage.changeColumns(table!);
    triage.store.get().asking?.answer({ text: 1, id: 0 });
    await same;
    expect(triage.store.get().screening).toBe(before);
    const other = triage.changeColumns(table!);
    expect(triage.store.get().asking?.columns).toEqual({ text: 1, id: 0 });
    triage.store.get().asking?.answer({ text: 2, id: 0, header: false });
    await other;
    const after = triage.store.get().screening!;
    expect(after).not.toBe(before);
    expect(removed).toEqual([before.run.header.id]);
    expect(await asked.at(-1)!.columns!(look, 'a.csv')).toEqual({ text: 2, id: 0, header: false });
    // Of a table that nobody has spoken of there is the guess still.
    expect(await asked.at(-1)!.columns!(look, 'b.csv')).toEqual({ text: 1, id: 0 });
    after.stop();
    await after.run.decide([{ item: 'i1', decision: 'clear' }]);
    await triage.changeColumns(triage.store.get().tables[0]!);
    expect(triage.store.get().asking).toBeUndefined();
  });
});
