import 'fake-indexeddb/auto';
import type * as Comlink from 'comlink';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FailedError } from '../../core/errors';
import { verifyChain } from '../../core/triage/chain';
import { RunFileCheck } from '../../core/triage/run-file';
import { testHeader, testItem, testScores } from '../../core/triage/testing';
import type { DecisionRecord, RunHeader } from '../../core/triage/types';
import { TRIAGE_DATABASE } from '../../rpc/databases';
import type { JournalContract } from '../../rpc/journal';
import { createJournal } from '../../runtime/triage';
import { changeOf, type Keeping } from './keeper';
import { OpenRun } from './run';
import type { RunsChange, Saving } from './types';

/** Tabs, each with a worker of its own, that hear of each other at once. */
class Tab implements Keeping {
  static all: Tab[] = [];
  readonly worker = createJournal();
  fails: FailedError | undefined;
  delay = 0;
  readonly #listeners = new Set<(change: RunsChange) => void>();
  constructor() {
    Tab.all.push(this);
  }
  async run<R>(job: (remote: Comlink.Remote<JournalContract>) => Promise<R>): Promise<R> {
    if (this.fails) throw this.fails;
    if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay));
    return job(this.worker as unknown as Comlink.Remote<JournalContract>);
  }
  news(what: 'records' | 'items' | 'now' | 'list', run: string): void {
    for (const tab of Tab.all)
      for (const listener of tab.#listeners)
        listener({ what, run, ...(tab === this && { here: true as const }) });
  }
  onChange(listener: (change: RunsChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const header = testHeader();
const items = [0, 1, 2, 3].map((at) => testItem(at));
const scores = items.map(({ id }, at) => ({ item: id, scores: testScores(at / 3) }));

beforeEach(async () => {
  Tab.all = [];
  await new Promise((resolve) => {
    indexedDB.deleteDatabase(TRIAGE_DATABASE).onsuccess = resolve;
  });
});

async function fresh(of: RunHeader = header) {
  const tab = new Tab();
  await tab.worker.create(of);
  const run = OpenRun.fresh(tab, of, true);
  run.put(items, scores);
  await run.flush();
  return { tab, run };
}

async function opened(id = header.id) {
  const tab = new Tab();
  return { tab, run: await OpenRun.read(tab, await tab.worker.info(id)) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('a run in a tab', () => {
  it('decides with the evidence of the moment, undoes, redoes, and is found again as it was', async () => {
    const { run } = await fresh();
    await run.decide([{ item: 'i4', decision: 'block', reason: 'ripe' }]);
    await run.decide([
      { item: 'i1', decision: 'clear' },
      { item: 'i2', decision: 'clear' },
    ]);
    expect(run.record(1)).toMatchObject({
      ...{ sha256: items[3]!.sha256, reason: 'ripe', verdict: { verdict: 'block', value: 1 } },
      models: [{ id: 'm', thresholds: header.thresholds.m!.rules, scores: { probabilities: [0, 1] } }],
    });
    const undone = await run.undo();
    expect(undone?.of.map(({ item }) => item)).toEqual(['i1', 'i2']);
    expect([run.journal.of('i1').decision, run.journal.of('i4').decision]).toEqual([undefined, 'block']);
    await run.undo();
    expect(await run.undo()).toBeUndefined();
    await run.redo();
    await run.redo();
    expect(await run.redo()).toBeUndefined();
    await run.change({ place: { item: 'i2' } });
    const { run: again } = await opened();
    expect([...again.journal.entries()]).toEqual([...run.journal.entries()]);
    expect(again.items).toEqual(items);
    expect(again.scores('i3')).toEqual([testScores(2 / 3)]);
    expect(again.now.place).toEqual({ item: 'i2' });
    expect(again.tail).toEqual(run.tail);
  });

  it('takes decisions as fast as they are made, also twice of one item, in their order', async () => {
    const { run } = await fresh();
    const answers = await Promise.all([
      run.decide([{ item: 'i1', decision: 'clear' }]),
      run.decide([{ item: 'i1', decision: 'block' }]),
      run.undo(),
      run.decide([{ item: 'i2', decision: 'skip' }]),
    ]);
    expect(answers.every((answer) => answer && 'saved' in answer)).toBe(true);
    expect(run.journal.of('i1')).toMatchObject({ decision: 'clear', rev: 3 });
  });

  it('T03: hears what another tab decided, and is told when that tab was first', async () => {
    const { run: one } = await fresh();
    const { run: other, tab } = await opened();
    await one.decide([{ item: 'i1', decision: 'clear' }]);
    await settled();
    expect(other.journal.of('i1').decision).toBe('clear');
    // The news is late: the other tab still shows the item as it was.
    const late = vi.spyOn(Tab.prototype, 'news').mockImplementation(() => {});
    await one.decide([{ item: 'i2', decision: 'clear' }]);
    late.mockRestore();
    const answer = await other.decide([{ item: 'i2', decision: 'block' }]);
    expect(answer).toMatchObject({ conflicts: [{ item: 'i2', current: { decision: 'clear' } }] });
    expect(other.journal.of('i2').decision).toBe('clear');
    const rev = 'conflicts' in answer ? answer.conflicts[0]!.rev : 0;
    await expect(other.decide([{ item: 'i2', decision: 'block', rev }])).resolves.toHaveProperty('saved');
    await settled();
    expect(one.journal.of('i2').decision).toBe('block');
    expect(tab.fails).toBeUndefined();
  });

  it('S02: what is not saved says so, and goes in at the next attempt', async () => {
    const { run, tab } = await fresh();
    const states: Saving['state'][] = [];
    run.onSaving(({ state }) => states.push(state));
    tab.fails = new FailedError('storage-full', 'Not saved. No room.');
    await expect(run.decide([{ item: 'i1', decision: 'block' }])).rejects.toThrow(/Not saved/);
    run.put([], [{ item: 'i1', scores: testScores(0.9) }]);
    await expect(run.flush()).rejects.toThrow();
    expect(run.journal.of('i1').decision).toBeUndefined();
    expect(states.at(-1)).toBe('failed');
    tab.fails = undefined;
    await run.decide([{ item: 'i1', decision: 'block' }]);
    // A decision that got through is no word about the scores that did not.
    expect(states.at(-1)).toBe('failed');
    await run.flush();
    expect(states.at(-1)).toBe('saved');
    expect((await opened()).run.scores('i1')).toEqual([testScores(0.9)]);
  });

  it('S16: says that it is still saving after two seconds', async () => {
    const { run, tab } = await fresh();
    const states: Saving['state'][] = [];
    run.onSaving(({ state }) => states.push(state));
    tab.delay = 2_200;
    await run.decide([{ item: 'i1', decision: 'block' }]);
    expect(states).toEqual(['saved', 'saving', 'slow', 'saved']);
  });

  it('S16: what could not be kept is tried again by itself, later and later, and nothing of it is lost', async () => {
    const { run, tab } = await fresh();
    const states: Saving['state'][] = [];
    run.onSaving(({ state }) => states.push(state));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      tab.fails = new FailedError('timeout', 'Not saved: the browser’s storage does not answer.');
      const asked = vi.spyOn(tab, 'run');
      run.put([testItem(4)]);
      for (const [wait, attempts] of [
        ...([
          [400, 1],
          [1_900, 1],
          [200, 2],
          [5_000, 3],
          [10_000, 4],
          [10_000, 5],
        ] as const),
      ]) {
        await vi.advanceTimersByTimeAsync(wait);
        expect(asked).toHaveBeenCalledTimes(attempts);
      }
      expect(states.at(-1)).toBe('failed');
      await expect(run.change({ name: 'Other fruit' })).rejects.toThrow('Not saved');
      tab.fails = undefined;
      await vi.advanceTimersByTimeAsync(10_000);
    } finally {
      vi.useRealTimers();
    }
    await vi.waitFor(() => expect(states.at(-1)).toBe('saved'));
    const { run: again } = await opened();
    expect([again.items.length, again.now.name]).toEqual([5, 'Other fruit']);
  });

  it('S09, A14: goes on in memory when storage is gone, one chain, and can still be exported', async () => {
    const { run, tab } = await fresh();
    await run.decide([{ item: 'i1', decision: 'clear' }]);
    await tab.worker.remove(header.id);
    await run.decide([{ item: 'i2', decision: 'block' }]);
    run.put([testItem(4)]);
    await run.flush();
    await run.undo();
    expect(run.kept).toBe(false);
    const lines = (await (await run.export('run')).text()).split('\n').slice(0, -1);
    const check = new RunFileCheck();
    const records = lines.flatMap((text): DecisionRecord[] => {
      const line = check.next(text);
      return line.kind === 'record' ? [line.record] : [];
    });
    expect(check.end()).toMatchObject({ items: 5, records: 3 });
    expect(verifyChain(header, records).hash).toBe(run.tail.hash);
    expect(await (await run.export('csv')).text()).toContain('clear');
    const restored = await new Tab().worker.import(await run.export('run'));
    expect(restored.tail).toEqual(run.tail);
  });

  it('C05: names stay in memory unless the run keeps them', async () => {
    const quiet = { ...header, settings: { ...header.settings, keepNames: false } };
    const { run } = await fresh(quiet);
    expect(run.items[0]!.name).toBe('fruit-0.png');
    expect((await opened()).run.items[0]).not.toHaveProperty('name');
    expect(await (await run.export('run')).text()).not.toContain('fruit-');
  });

  it('C05: names that were kept are gone from what is on disk once they are not to be kept any more', async () => {
    const { run, tab } = await fresh();
    run.put([testItem(4)]);
    await run.flush();
    await run.change({ settings: { ...run.now.settings, keepNames: false } });
    const { pages } = await tab.worker.pages(header.id, 0);
    expect(pages).toHaveLength(2);
    expect(pages.join('')).not.toContain('fruit-');
    const { run: again } = await opened();
    expect(again.items.map(({ id }) => id)).toEqual(['i1', 'i2', 'i3', 'i4', 'i5']);
    expect(again.scores('i2')).toEqual(run.scores('i2'));
    expect(run.items[0]!.name).toBe('fruit-0.png');
  });

  it('T07, S09: after it stood still it reads what others did, and finds out that it is not kept any more', async () => {
    const { run, tab } = await fresh();
    const { run: other } = await opened();
    const deaf = vi.spyOn(Tab.prototype, 'news').mockImplementation(() => {});
    await other.decide([{ item: 'i2', decision: 'block' }]);
    deaf.mockRestore();
    expect(run.journal.of('i2').decision).toBeUndefined();
    await run.refresh();
    expect(run.journal.of('i2').decision).toBe('block');
    expect(run.kept).toBe(true);
    await tab.worker.remove(header.id);
    await run.refresh();
    expect(run.kept).toBe(false);
    expect(run.items).toHaveLength(4);
  });

  it('T11: what a tab of another version says is not believed', () => {
    for (const said of [
      undefined,
      5,
      'records',
      { v: 2, what: 'records', run: 'x' },
      { v: 1, what: 'delete', run: 'x' },
      { v: 1, what: 'records' },
    ])
      expect(changeOf(said)).toEqual({ what: 'other-version' });
    expect(changeOf({ v: 1, what: 'records', run: 'x' })).toEqual({ what: 'records', run: 'x' });
  });
});
