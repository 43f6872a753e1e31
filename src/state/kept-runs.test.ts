import { describe, expect, it } from 'vitest';
import { beginning } from '../core/triage/chain';
import { testHeader } from '../core/triage/testing';
import type { RunInfo } from '../core/triage/types';
import { KeptRuns } from './kept-runs';
import { Keeper } from './storage';
import { Store } from './store';
import { FakeWinnow, settled } from './testing';
import type { TriageState } from './triage/triage';

/** A run in which `records` decisions were made. */
function info(id: string, records: number): RunInfo {
  const header = { ...testHeader(), id };
  const { name, models, thresholds, settings, createdAt: at } = header;
  const tail = { ...beginning(header), seq: records };
  return { id, header, now: { name, models, thresholds, settings }, tail, items: 9, at };
}

function visit(disk: Map<string, string>, kept: readonly RunInfo[]) {
  const winnow = new FakeWinnow([]);
  winnow.keptRuns = kept;
  const keeper = new Keeper(() => ({
    getItem: (key) => disk.get(key) ?? null,
    setItem: (key, value) => void disk.set(key, value),
    removeItem: (key) => void disk.delete(key),
  }));
  const triage = { store: new Store<TriageState>({ phase: 'empty', earlier: [], kept: [], tables: [] }) };
  const runs = new KeptRuns({ winnow, keeper, triage });
  return { winnow, keeper, triage, runs, lost: () => runs.store.get().lost };
}

const READABLE = Promise.resolve(true);

describe('runs with decisions that the browser deleted', () => {
  it('S08: are counted at the next visit, and not again; what nobody decided in is nobody’s loss', async () => {
    const disk = new Map<string, string>();
    const first = visit(disk, [info('a', 3), info('b', 1), info('c', 0)]);
    await first.runs.refresh();
    expect(first.keeper.kept.runs).toEqual(['a', 'b']);
    const second = visit(disk, [info('b', 1)]);
    await second.runs.start(READABLE);
    expect(second.lost()).toBe(1);
    const third = visit(disk, [info('b', 1)]);
    await third.runs.start(READABLE);
    expect(third.lost()).toBe(0);
  });

  it('S08: what somebody deleted is not counted', async () => {
    const disk = new Map<string, string>();
    const first = visit(disk, [info('a', 3)]);
    await first.runs.start(READABLE);
    await first.runs.refresh();
    first.winnow.keptRuns = [];
    first.winnow.tellRuns({ what: 'list', run: 'a' });
    await settled();
    expect(first.keeper.kept.runs).toEqual([]);
    const second = visit(disk, []);
    await second.runs.start(READABLE);
    expect(second.lost()).toBe(0);
  });

  it('S09: are counted while the page is open', async () => {
    const { runs, winnow, lost } = visit(new Map(), [info('a', 3)]);
    await runs.refresh();
    winnow.keptRuns = [];
    await runs.miss();
    expect([lost(), runs.store.get().runs]).toEqual([1, []]);
  });

  it('S13: what only a newer version can read is not missing', async () => {
    const disk = new Map<string, string>();
    const first = visit(disk, [info('a', 3)]);
    await first.runs.refresh();
    const { runs, lost, keeper } = visit(disk, []);
    await runs.start(Promise.resolve(false));
    expect([lost(), keeper.kept.runs]).toEqual([0, ['a']]);
  });

  it('is not said where the list could not be read', async () => {
    const { runs, winnow, lost, keeper } = visit(new Map(), [info('a', 3)]);
    await runs.refresh();
    Object.assign(winnow.runs, { list: () => Promise.reject(new Error('late')) });
    await runs.miss();
    expect([lost(), keeper.kept.runs]).toEqual([0, ['a']]);
  });
});

it('notes a run with its first decision, and reads nothing anew for those after it', async () => {
  const { runs, winnow, keeper } = visit(new Map(), [info('a', 0)]);
  await runs.start(READABLE);
  let asked = 0;
  const list = winnow.runs.list;
  Object.assign(winnow.runs, { list: () => list().finally(() => asked++) });
  for (const records of [1, 2, 3]) {
    winnow.keptRuns = [info('a', records)];
    winnow.tellRuns({ what: 'records', run: 'a', here: true });
    await settled();
  }
  expect([keeper.kept.runs, asked]).toEqual([['a'], 1]);
});

it('where there was nothing, nothing is opened to look for it', async () => {
  const { runs, winnow } = visit(new Map(), []);
  Object.assign(winnow.runs, { list: () => Promise.reject(new Error('asked')) });
  await runs.start(READABLE);
  expect(runs.store.get()).toEqual({ lost: 0 });
});

it('A14: exports a run that is here, and the open one from memory', async () => {
  const { runs, winnow, triage } = visit(new Map(), [info('a', 1)]);
  const closed: string[] = [];
  const open = async (id: string) => ({
    export: async (kind: string) => new Blob([`${id} ${kind}`]),
    close: async () => void closed.push(id),
  });
  Object.assign(winnow.runs, { open });
  expect(await (await runs.export('a')).text()).toBe('a run');
  expect(closed).toEqual(['a']);
  const screening = { run: { header: { id: 'b' } }, export: async () => new Blob(['of memory']) };
  triage.store.update((state) => ({ ...state, screening: screening as never }));
  expect(await (await runs.export('b')).text()).toBe('of memory');
});
