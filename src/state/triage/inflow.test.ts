import { describe, expect, it } from 'vitest';
import { rule, testHeader, testModel } from '../../core/triage/testing';
import { FailedError } from '../../sdk/errors';
import type { GatheredItem } from '../../sdk/input-types';
import { OpenRun } from '../../sdk/triage/run';
import { drawn, FakeKeeping, fruitScores, gatheredItems, gathering, judgedStage, stage } from './testing';

const view = (of: Awaited<ReturnType<typeof judgedStage>>) => of.screening.store.get();
const listing = (...batches: GatheredItem[][]) => [gathering(...batches), new AbortController()] as const;
/** Of another folder than `gatheredItems` gives. */
const veg = (count: number): GatheredItem[] =>
  gatheredItems(count).map((one) => ({ ...one, path: `veg/${one.name}`, bytes: 900 + one.bytes }));

describe('the end of judging', () => {
  it('is told only when nothing waits any more', async () => {
    const it = stage();
    await it.screening.begin(...listing(gatheredItems(2)));
    it.batch().answer('i1', fruitScores(0.9));
    it.batch().finish();
    await drawn();
    expect(it.said.join()).not.toContain('judged');
    expect(view(it).progress).toMatchObject({ stage: 'waiting', judged: 1, total: 2 });
    await it.screening.begin(...listing(gatheredItems(2)));
    expect(it.batch().items.map(({ id }) => id)).toEqual(['i2']);
    it.batch().answer('i2', fruitScores(0.1));
    it.batch().finish();
    await drawn();
    expect(it.said).toEqual(['All 2 items are judged.']);
    expect(view(it).progress.stage).toBe('done');
  });

  it('W17: a batch that cannot go on is an error in the run, and no end of it', async () => {
    const it = stage();
    await it.screening.begin(...listing(gatheredItems(2)));
    it.batch().fail(
      new FailedError('worker-failed', 'The part that scores could not be started. Reload the page.'),
    );
    await drawn();
    expect(view(it)).toMatchObject({ error: { code: 'worker-failed' }, progress: { stage: 'stopped' } });
    expect(it.said).toEqual(['The part that scores could not be started. Reload the page.']);
    await it.screening.begin(...listing(gatheredItems(2)));
    expect(it.batch().items.map(({ id }) => id)).toEqual(['i1', 'i2']);
    await drawn();
    expect(view(it).error).toBeUndefined();
  });

  it('comes later when more is added meanwhile; the files of both folders are here', async () => {
    const it = stage();
    await it.screening.begin(...listing(gatheredItems(2)));
    const first = it.batch();
    await it.screening.begin(...listing(veg(1)));
    first.answer('i1', fruitScores(0.9));
    first.answer('i2', fruitScores(0.9));
    first.finish();
    await drawn();
    expect(it.said).toEqual([]);
    expect(it.batch().items.map(({ id }) => id)).toEqual(['i3']);
    it.batch().answer('i3', fruitScores(0.9));
    it.batch().finish();
    await drawn();
    expect(it.said).toEqual(['All 3 items are judged.']);
    for (const ordinal of [0, 1, 2]) expect(it.screening.here(ordinal)).toBe(true);
    // The first folder once more is no new item.
    await it.screening.begin(...listing(gatheredItems(2)));
    expect(it.screening.run.items).toHaveLength(3);
  });
});

describe('W08 scores that are withdrawn', () => {
  it('need review with the reason, and are made again once the batch is over', async () => {
    const it = await judgedStage([0.1, 0.2]);
    const gone = fruitScores(0, {
      ...{ status: 'error', probabilities: [], code: 'self-test-failed' },
      reason: 'M answered wrongly in a check between items. Score it again.',
    });
    const [over, before] = [it.batch(), it.said.length];
    over.answer('i2', gone);
    await drawn();
    expect(it.screening.row(1)).toMatchObject({ word: 'needs-review', detail: gone.reason });
    expect(it.screening.row(0).word).toBe('clear');
    expect(it.batch()).not.toBe(over);
    expect(it.batch().items.map(({ id }) => id)).toEqual(['i2']);
    expect(it.screening.decisions.said.get()).toMatchObject({ tone: 'alert' });
    it.batch().answer('i2', fruitScores(0.2));
    it.batch().finish();
    await drawn();
    expect(it.screening.row(1).word).toBe('clear');
    expect(it.said.slice(before)).toEqual([
      'The scores of one item did not hold. It needs review until it is scored again.',
      'All 2 items are judged.',
    ]);
  });

  it('are not made again and again where they never hold', async () => {
    const it = await judgedStage([0.1]);
    const gone = fruitScores(0, {
      status: 'error',
      probabilities: [],
      code: 'self-test-failed',
      reason: 'No.',
    });
    for (const _ of [1, 2]) {
      const over = it.batch();
      over.answer('i1', gone);
      await drawn();
      expect(it.batch()).not.toBe(over);
      it.batch().answer('i1', fruitScores(0.1));
      it.batch().finish();
      await drawn();
    }
    const last = it.batch();
    last.answer('i1', gone);
    await drawn();
    expect(it.batch()).toBe(last);
    expect(it.screening.row(0)).toMatchObject({ word: 'needs-review', detail: 'No.' });
  });
});

/** The run as a restart finds it: names are not kept, and nothing is here. */
function reopened(of: ReturnType<typeof stage>, place = of.screening.run.now.place) {
  const { run } = of.screening;
  const again = OpenRun.fresh(new FakeKeeping(), run.header, false);
  again.put(
    run.items.map(({ name: _, path: __, ...item }) => item),
    run.items.flatMap(({ id }) => run.scores(id).map((scores) => ({ item: id, scores }))),
  );
  void again.keepPlace(place ?? {});
  return stage(run.header, false, again);
}

describe('I14 after a restart', () => {
  it('a folder that was moved or renamed brings back the same items, by what is in them', async () => {
    const before = await judgedStage([0.9, 0.1]);
    before.screening.acts.select(0);
    before.screening.acts.decide('block');
    await drawn();
    const it = reopened(before);
    const moved = gatheredItems(3).map((one, at) => ({
      ...{ ...one, path: `elsewhere/${one.name}`, bytes: at < 2 ? 100 : 777 },
    }));
    await it.screening.begin(...listing(moved));
    // The third has the size of none: it is new at once.
    expect(it.screening.run.items).toHaveLength(3);
    const ids = it.batch().items.map(({ id }) => id);
    expect(ids).toEqual(['p1', 'p2', 'i3']);
    it.batch().answer('p2', fruitScores(0.1), 'i2');
    it.batch().answer('p1', fruitScores(0.9), 'i1');
    it.batch().answer('i3', fruitScores(0.5));
    it.batch().finish();
    await drawn();
    expect(it.screening.run.items).toHaveLength(3);
    expect([0, 1, 2].map((ordinal) => it.screening.here(ordinal))).toEqual([true, true, true]);
    expect(it.screening.row(1)).toMatchObject({ word: 'clear', item: { name: 'fruit-2.png' } });
    expect(it.said).toEqual(['All 3 items are judged.']);
    // And once more: now they lie where they are.
    const again = reopened(it);
    await again.screening.begin(...listing(moved));
    expect(again.screening.run.items).toHaveLength(3);
    expect([0, 1, 2].map((ordinal) => again.screening.here(ordinal))).toEqual([true, true, true]);
  });

  it('a copy of the same bytes is an item of its own, and so is a file of that size with other bytes', async () => {
    const it = reopened(await judgedStage([0.9]));
    const copies = ['a', 'b', 'c'].map((folder) => ({
      ...gatheredItems(1)[0]!,
      path: `${folder}/fruit-1.png`,
    }));
    await it.screening.begin(...listing(copies));
    for (const [id, bytes] of [
      ['p1', 'i1'],
      ['p2', 'i1'],
      ['p3', 'other'],
    ] as const)
      it.batch().answer(id, fruitScores(0.9), bytes);
    it.batch().finish();
    await drawn();
    expect(it.screening.run.items.map(({ sha256 }) => sha256.replace(/^0+/, ''))).toEqual([
      'i1',
      'i1',
      'other',
    ]);
    expect(view(it).progress).toMatchObject({ stage: 'done', total: 3 });
  });

  it('a file that was changed is a new item with a note; the decision stays with what it was about', async () => {
    const before = await judgedStage([0.9]);
    before.screening.acts.select(0);
    before.screening.acts.decide('block');
    await drawn();
    const { run } = before.screening;
    const models = [testModel('m'), testModel('n')];
    const rules = [rule('pineapple', ['pineapple'], 0.4, 0.7)];
    const header = testHeader({ models, thresholds: { m: { rules }, n: { rules } } });
    const more = OpenRun.fresh(new FakeKeeping(), header, false);
    more.put(
      run.items.map(({ name: _, path: __, ...item }) => item),
      [{ item: 'i1', scores: run.scores('i1')[0]! }],
    );
    const it = stage(header, false, more);
    await it.screening.begin(...listing(gatheredItems(1)));
    // Read for the second model: size, time and path are the same, the bytes are not.
    it.batch().answer('i1', fruitScores(0.1), 'changed');
    it.batch().answer('i1', { ...fruitScores(0.2), model: 'n' }, 'changed');
    it.batch().finish();
    await drawn();
    const [old, changed] = it.screening.run.items;
    expect(old?.sha256).toBe(run.items[0]!.sha256);
    expect(changed).toMatchObject({ id: 'i2', was: 'i1', sha256: 'changed'.padStart(64, '0') });
    expect(it.screening.run.scores('i1')).toEqual(run.scores('i1'));
    expect([0, 1].map((ordinal) => it.screening.here(ordinal))).toEqual([false, true]);
    expect(it.screening.row(1)).toMatchObject({ word: 'clear', note: expect.stringContaining('changed') });
  });

  it('a decision says what was seen before the restart', async () => {
    const before = await judgedStage([0.9, 0.8]);
    await before.screening.looks.reveal(0);
    const it = reopened(before);
    await it.screening.begin(...listing(gatheredItems(2)));
    for (const ordinal of [0, 1]) {
      it.screening.acts.select(ordinal);
      it.screening.acts.decide('block');
    }
    await drawn();
    expect([1, 2].map((seq) => it.screening.run.record(seq)?.unseen)).toEqual([undefined, true]);
  });

  it('what cannot be read any more keeps its hash and its decision', async () => {
    const it = await judgedStage([0.9]);
    const failed = fruitScores(0, {
      status: 'error',
      probabilities: [],
      code: 'unreadable-file',
      reason: 'Gone.',
    });
    it.batch().answer('i1', failed, '');
    expect(it.screening.run.items[0]?.sha256).toBe('i1'.padStart(64, '0'));
  });
});

describe('W03 a page that dies', () => {
  const content = (of: ReturnType<typeof stage>, id: string) =>
    (of.batch().items.find((one) => one.id === id)!.content as () => Promise<Blob>)();

  it('has written down what it was at; that is scored last and alone, and after a second time not at all', async () => {
    const first = stage();
    await first.screening.begin(...listing(gatheredItems(3)));
    await content(first, 'i1');
    await content(first, 'i2');
    first.batch().answer('i1', fruitScores(0.1));
    await content(first, 'i3');
    expect(first.screening.run.now.place).toMatchObject({ trying: 'i2 i3' });

    // The page is gone: nothing was said, nothing ended.
    const second = reopened(first);
    await second.screening.begin(...listing(gatheredItems(4)));
    expect(second.batch().items.map(({ id }) => id)).toEqual(['i4']);
    await content(second, 'i4');
    second.batch().answer('i4', fruitScores(0.1));
    second.batch().finish();
    await drawn();
    expect(second.batch().items.map(({ id }) => id)).toEqual(['i2']);
    await content(second, 'i2');
    second.batch().answer('i2', fruitScores(0.1));
    second.batch().finish();
    await drawn();
    expect(second.batch().items.map(({ id }) => id)).toEqual(['i3']);
    await content(second, 'i3');

    const third = reopened(second);
    await third.screening.begin(...listing(gatheredItems(4)));
    await drawn();
    expect(third.batch()).toBeUndefined();
    expect(third.screening.row(2)).toMatchObject({
      word: 'needs-review',
      detail: expect.stringContaining('twice'),
    });
    expect(view(third).progress).toMatchObject({ stage: 'done', judged: 4 });
    expect(third.screening.run.now.place).toMatchObject({ trying: '', suspects: '' });
    const csv = await (await third.screening.export('csv')).text();
    expect(csv.split('\r\n')[3]).toContain('needs-review');
  });

  it('is not one that was left on purpose', async () => {
    const first = stage();
    await first.screening.begin(...listing(gatheredItems(2)));
    await content(first, 'i1');
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const { Left } = await import('./left');
    const left = new Left(() => storage);
    left.say(first.screening.run.header.id);
    const { Tries } = await import('./tries');
    const { run } = first.screening;
    expect(new Tries(run, left.take(run.header.id)).suspects('i1')).toBe(false);
    expect(
      new Tries(
        { ...run, now: { place: { trying: 'i1' } }, keepPlace: async () => {} } as never,
        left.take(run.header.id),
      ).suspects('i1'),
    ).toBe(true);
    expect(
      new Left(() => {
        throw new Error('denied');
      }).take('a'),
    ).toBe(false);
  });
});
