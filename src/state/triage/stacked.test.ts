import { describe, expect, it } from 'vitest';
import { testHeader } from '../../core/triage/testing';
import { FailedError } from '../../sdk/errors';
import { decisionsAround } from './around';
import { drawn, fruitScores, gatheredItems, gathering, type Stage, stage } from './testing';

const HASHES = ['0000000000000000', 'ffffffffffffffff', '0000000000000001', '00000000000003ff'];

/** Pictures 1 and 3 are alike, 4 is near them, 2 is like nothing. */
async function fruit(values: readonly number[] = [0.5, 0.9, 0.6, 0.2], kept = false): Promise<Stage> {
  const made = stage(testHeader(), kept);
  await made.screening.begin(gathering(gatheredItems(values.length)), new AbortController());
  values.forEach((value, at) => {
    made.batch().answer(`i${at + 1}`, fruitScores(value, { phash: HASHES[at % 4]! }));
  });
  made.batch().finish();
  await drawn();
  made.screening.sortAgain();
  return made;
}

const shown = ({ screening }: Stage) => [...screening.list.shown];
const decisions = ({ screening }: Stage) => [0, 1, 2, 3].map((at) => screening.row(at).decision);

describe('what looks alike', () => {
  it('takes one row, where the riskiest of it stands', async () => {
    const it = await fruit();
    expect(shown(it)).toEqual([1, 2, 3]);
    expect(it.screening.list.stackOf(0)?.members).toEqual([2, 0]);
    expect(it.screening.list.placeOf(0)).toBe(1);
  });

  it('is opened and folded in place; the selection goes to the row that is left', async () => {
    const it = await fruit();
    it.screening.acts.select(2);
    it.screening.acts.turnStack(true);
    expect(shown(it)).toEqual([1, 2, 0, 3]);
    expect(it.said.at(-1)).toBe('2 alike, one by one.');
    it.screening.acts.move(1);
    expect(it.screening.list.selected).toBe(0);
    it.screening.acts.turnStack(false);
    expect(shown(it)).toEqual([1, 2, 3]);
    expect(it.screening.list.selected).toBe(2);
  });

  it('is decided once: a record for each, in one group, which one Undo takes back', async () => {
    const it = await fruit();
    const { acts, run, decisions: made } = it.screening;
    acts.select(2);
    expect(acts.targets(2)).toEqual([2, 0]);
    acts.decide('block');
    await drawn();
    expect(decisions(it)).toEqual(['block', undefined, 'block', undefined]);
    expect([1, 2].map((seq) => run.record(seq))).toMatchObject([
      { item: 'i3', decision: 'block', group: 1, unseen: true },
      { item: 'i1', decision: 'block', group: 1, unseen: true },
    ]);
    expect(made.said.get()?.text).toBe('2 alike blocked.');
    expect(it.screening.list.selected).toBe(3);
    await acts.undo();
    expect(decisions(it)).toEqual([undefined, undefined, undefined, undefined]);
    expect(it.screening.list.selected).toBe(2);
    await acts.redo();
    expect(decisions(it)).toEqual(['block', undefined, 'block', undefined]);
  });

  it('what is decided already keeps its decision, until nothing of the stack is open', async () => {
    const it = await fruit();
    const { acts } = it.screening;
    acts.setAdvances(false);
    acts.select(2);
    acts.turnStack(true);
    acts.select(0);
    acts.decide('clear');
    await drawn();
    acts.turnStack(false);
    acts.select(2);
    expect(acts.targets(2)).toEqual([2]);
    acts.decide('block');
    await drawn();
    expect(decisions(it)).toEqual(['clear', undefined, 'block', undefined]);
    acts.decide('escalate');
    await drawn();
    expect(decisions(it)).toEqual(['escalate', undefined, 'escalate', undefined]);
  });

  it('C01 a concern is about the one that was seen, never about what is like it', async () => {
    const it = await fruit();
    it.screening.acts.select(2);
    it.screening.acts.decide('concern');
    await drawn();
    expect(decisions(it)).toEqual([undefined, undefined, 'concern', undefined]);
  });

  it('all of a stack or nothing is saved; Retry tries all of it again', async () => {
    const it = await fruit(undefined, true);
    it.keeping.fails = new FailedError('storage-full', 'The disk is full.');
    it.screening.acts.select(2);
    it.screening.acts.decide('block');
    await drawn();
    expect([0, 2].map((at) => it.screening.row(at).unsaved?.error?.code)).toEqual([
      'storage-full',
      'storage-full',
    ]);
    expect(it.screening.run.tail.seq).toBe(0);
    it.keeping.fails = new FailedError('storage-unavailable', 'Nothing is kept here.');
    expect(await it.screening.decisions.again('i1')).toBe(true);
    expect(it.screening.run.tail.seq).toBe(2);
    expect(it.screening.run.record(2)?.group).toBe(1);
    expect(it.screening.decisions.unsaved.size).toBe(0);
  });

  it('the same bytes are alike whatever they are, also after a restart', async () => {
    const it = stage();
    await it.screening.begin(gathering(gatheredItems(3)), new AbortController());
    for (const id of ['i1', 'i2', 'i3'])
      it.batch().answer(id, fruitScores(0.5), id === 'i2' ? 'other' : 'same');
    await drawn();
    it.screening.sortAgain();
    expect(shown(it)).toEqual([0, 1]);
    const { Screening } = await import('./screening');
    const again = new Screening(it.screening.run, {
      winnow: { batch: () => it.batch(), preview: () => Promise.reject(new Error()) },
      announcer: { say() {}, alarm() {} },
    });
    expect([...again.list.shown]).toEqual([0, 1]);
    await again.dispose();
  });
});

describe('embeddings that point the same way', () => {
  it('C05: stack what no hash shows to be alike, in the memory of the tab alone', async () => {
    const it = stage();
    await it.screening.begin(gathering(gatheredItems(4)), new AbortController());
    const of = (...direction: number[]) => fruitScores(0.5, { direction: Int8Array.from(direction) });
    it.batch().answer('i1', of(127, 3, 0, 10));
    it.batch().answer('i2', of(0, 127, 0, 10));
    it.batch().answer('i3', of(126, 4, 1, 12));
    it.batch().answer('i4', { ...of(127, 3, 0, 10), model: 'other' });
    it.batch().finish();
    await drawn();
    const { likenesses, run } = it.screening;
    expect([0, 1, 2, 3].map((item) => likenesses.of(item))).toEqual([[0, 2], [1], [0, 2], [3]]);
    const kept = JSON.stringify([run.items, run.items.map(({ id }) => run.scores(id))]);
    expect(kept).not.toContain('direction');
    expect(kept).not.toContain('127');
  });
});

describe('similar items', () => {
  it('are shown alone, alike ones first, and all are shown again', async () => {
    const it = await fruit();
    it.screening.acts.select(2);
    it.screening.acts.similar();
    expect(shown(it)).toEqual([2, 0, 3]);
    expect(it.screening.list.likeness?.similar.map(({ bits }) => bits)).toEqual([0, 1, 9]);
    expect(it.screening.acts.targets(2)).toEqual([2]);
    it.screening.acts.similar();
    expect(shown(it)).toEqual([1, 2, 3]);
  });

  it('say so where there are none', async () => {
    const it = await fruit();
    it.screening.acts.select(1);
    it.screening.acts.similar();
    expect(shown(it)).toEqual([1, 2, 3]);
    expect(it.said.at(-1)).toBe('Nothing like fruit-2.png was found.');
  });
});

describe('many at once', () => {
  it('says what it will do: by verdict, what is kept, what is left out', async () => {
    const it = await fruit();
    const { acts, bulk } = it.screening;
    await it.screening.looks.reveal(1);
    acts.select(1);
    acts.decide('block');
    acts.select(3);
    acts.decide('skip');
    await drawn();
    expect(bulk.preview()).toMatchObject({
      ...{ rows: 2, targets: [2, 0, 3], decided: 1, unread: 0, concerns: 0, unseen: 3 },
      verdicts: { waiting: 0, clear: 1, review: 2, 'needs-review': 0, block: 0 },
    });
    expect(bulk.preview(true)).toMatchObject({ targets: [1, 2, 0, 3], decided: 1, unseen: 3 });
  });

  it('is one group with its reason, kept decisions apart, and one Undo takes it back', async () => {
    const it = await fruit();
    const { acts, bulk, run } = it.screening;
    acts.select(1);
    acts.decide('block');
    await drawn();
    bulk.ask();
    bulk.decide('clear', { reason: ' Same source. ' });
    await drawn();
    expect(bulk.asked.get()).toBeUndefined();
    expect(decisions(it)).toEqual(['clear', 'block', 'clear', 'clear']);
    expect(run.record(4)).toMatchObject({ group: 2, reason: 'Same source.' });
    expect(it.screening.decisions.said.get()?.text).toBe('3 items cleared. Reason: Same source.');
    expect(await (await run.export('jsonl')).text()).toContain('Same source.');
    await acts.undo();
    expect(decisions(it)).toEqual([undefined, 'block', undefined, undefined]);
  });

  it('leaves out what nobody has read, and what was marked as a concern even when asked to decide again', async () => {
    const it = stage();
    await it.screening.begin(gathering(gatheredItems(3)), new AbortController());
    it.batch().answer('i1', fruitScores(0.5));
    it.batch().answer('i2', fruitScores(0.5));
    await drawn();
    it.screening.acts.select(1);
    it.screening.acts.decide('concern');
    await drawn();
    expect(it.screening.bulk.preview(true)).toMatchObject({ targets: [0], unread: 1, concerns: 1 });
  });

  it('takes ranges and all that is shown; a key asks first, and looking elsewhere unmarks', async () => {
    const it = await fruit();
    const { acts, marks, bulk } = it.screening;
    acts.select(1);
    acts.markBy(1);
    expect(marks.rows).toEqual([1, 2]);
    acts.markBy(1);
    expect(marks.rows).toEqual([1, 2, 3]);
    acts.markBy(-1);
    expect(marks.rows).toEqual([1, 2]);
    expect(acts.decide('clear')).toBe(true);
    expect(bulk.asked.get()).toEqual({ decision: 'clear' });
    // The stack that is marked as one row counts as what it holds.
    expect(bulk.preview().targets).toEqual([1, 2, 0]);
    bulk.close();
    expect(it.screening.run.tail.seq).toBe(0);
    acts.move(1);
    expect(marks.size).toBe(0);
    acts.markAll();
    expect(marks.rows).toEqual([1, 2, 3]);
    acts.leave();
    expect(marks.size).toBe(0);
    acts.toggleMark(1);
    expect(marks.rows).toEqual([1, 3]);
  });
});

describe('why', () => {
  it('a skip is saved at once, and its reason beside the next item, by a number that is else a label', async () => {
    const it = await fruit();
    const { acts, run } = it.screening;
    acts.select(1);
    acts.decide('skip');
    await drawn();
    expect(it.screening.list.selected).toBe(2);
    expect(acts.skipping.asks('i2')).toBe(true);
    acts.number(1);
    await drawn();
    expect([1, 2].map((seq) => run.record(seq)?.reason)).toEqual([undefined, 'Needs context']);
    expect(await (await run.export('csv')).text()).toContain('Needs context');
    acts.number(0);
    await drawn();
    expect(it.screening.row(2).labels).toEqual(['ripe']);
  });

  it('is not asked any more once something else was done', async () => {
    const it = await fruit();
    it.screening.acts.select(1);
    it.screening.acts.decide('skip');
    it.screening.acts.move(1);
    it.screening.acts.number(0);
    await drawn();
    expect(it.screening.run.record(2)).toMatchObject({ decision: 'label', item: 'i4' });
  });

  it('notes are records of their own, and an empty one takes the note away', async () => {
    const it = await fruit();
    const { acts, run } = it.screening;
    acts.note(1, ' sweet ');
    await drawn();
    acts.note(1, 'sweet');
    await drawn();
    expect(run.journal.of('i2')).toMatchObject({ note: 'sweet' });
    expect(run.tail.seq).toBe(1);
    acts.note(1, '');
    await drawn();
    expect(run.journal.of('i2').note).toBeUndefined();
    await acts.undo();
    expect(run.journal.of('i2').note).toBe('sweet');
  });
});

describe('deciding without looking', () => {
  it('shows nothing and reads nothing, and records say so', async () => {
    const it = await fruit();
    const { acts, looks, run } = it.screening;
    acts.select(1);
    acts.setBlind(true);
    it.screening.looking(0, 3);
    await drawn();
    await expect(looks.reveal(1)).rejects.toThrow();
    await expect(looks.text(1)).rejects.toThrow();
    expect(it.previews()).toBe(it.previews());
    const before = it.previews();
    acts.move(1);
    it.screening.looking(0, 3);
    await drawn();
    expect(it.previews()).toBe(before);
    expect([0, 1, 2, 3].map((at) => looks.thumbnails.get(at))).toEqual([null, null, null, null]);
    acts.decide('block');
    await drawn();
    expect(run.record(1)).toMatchObject({ unseen: true });
    expect(run.now.place).toMatchObject({ blind: true });
    expect(decisionsAround(it.screening, 3)).toMatchObject({
      alike: { items: 0 },
      near: { items: 2, decisions: { block: 2 } },
    });
    acts.setBlind(false);
    await expect(looks.reveal(1)).resolves.toBeDefined();
  });
});

describe('the next item', () => {
  it('is read before anybody asks, and counts as looked at only once it is revealed', async () => {
    const it = await fruit();
    const { acts, looks } = it.screening;
    acts.select(1);
    await drawn();
    expect([looks.isReady(1), looks.isReady(2), looks.isReady(3)]).toEqual([true, true, false]);
    expect(looks.seen(2)).toBe(false);
    const before = it.previews();
    await looks.reveal(2);
    expect(it.previews()).toBe(before);
    acts.move(1);
    await drawn();
    expect([looks.isReady(1), looks.isReady(3)]).toEqual([false, true]);
  });
});
