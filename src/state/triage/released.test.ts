/** C01 to C03 in the state: what was marked as a concern is let go of, and does not come back. */
import { describe, expect, it, vi } from 'vitest';
import { testHeader } from '../../core/triage/testing';
import type { Winnow } from '../../sdk/types';
import { Screening } from './screening';
import { drawn, FakeBatch, fruitScores, gatheredItems, gathering, judgedStage, stage } from './testing';

/** A screen whose previews are noted, and closed or not. */
function watched() {
  const open = new Map<ImageBitmap, Blob>();
  const asked: Blob[] = [];
  let hold: Promise<void> | undefined;
  const preview: Winnow['preview'] = async (content) => {
    asked.push(content);
    const bitmap = { close: () => void open.delete(bitmap) } as ImageBitmap;
    await hold;
    open.set(bitmap, content);
    return { bitmap, width: 1, height: 1, format: 'PNG', animated: false, notes: [] };
  };
  const { screening: plain } = stage(testHeader());
  let batch: FakeBatch | undefined;
  const screening = new Screening(plain.run, {
    winnow: { preview, batch: (options) => (batch = new FakeBatch(options)) },
    announcer: { say() {}, alarm() {} },
    ...{ settle: 0, sort: 0 },
  });
  return {
    ...{ screening, open, batch: () => batch! },
    /** Of which pictures, in order. */
    asked: () => Promise.all(asked.map((one) => one.text())),
    shown: () => Promise.all([...open.values()].map((one) => one.text())),
    hold: (on: Promise<void>) => (hold = on),
  };
}

async function threeJudged() {
  const it = watched();
  await it.screening.begin(gathering(gatheredItems(3)), new AbortController());
  // The second is a copy of the first, byte for byte.
  it.batch().answer('i1', fruitScores(0.9), 'same');
  it.batch().answer('i2', fruitScores(0.9), 'same');
  it.batch().answer('i3', fruitScores(0.2), 'other');
  it.screening.looking(0, 2);
  await vi.waitFor(() => expect(it.open.size).toBe(3));
  it.screening.acts.select(0);
  return it;
}

describe('C01 a possible child-safety concern', () => {
  it('C01: drops the pixels of the item and of its copies in the same task, stays, and makes none again', async () => {
    const it = await threeJudged();
    await drawn();
    const before = (await it.asked()).length;
    expect(it.screening.acts.decide('concern')).toBe(true);
    // Now, not with the next drawing.
    const open = [...it.open.values()];
    const left = await Promise.all(open.map((one) => one.text()));
    // Its thumbnail, and it is the next one to be read ahead.
    expect([...new Set(left)]).toEqual(['picture 2']);
    expect([0, 1, 2].map((at) => it.screening.looks.thumbnails.get(at) !== null)).toEqual([
      false,
      false,
      true,
    ]);
    expect(it.screening.store.get().selected).toBe(0);
    it.screening.looking(0, 2);
    await drawn();
    // The next item may be read ahead.
    for (const one of (await it.asked()).slice(before)) expect(one).toBe('picture 2');
    for (const at of [0, 1]) {
      await expect(it.screening.looks.reveal(at)).rejects.toThrow();
      await expect(it.screening.looks.text(at)).rejects.toThrow();
      expect(it.screening.row(at)).toMatchObject({ released: true });
    }
    expect(it.screening.row(0).detail).toBe('concern, picture released');
    await expect(it.screening.looks.reveal(2)).resolves.toBeDefined();
  });

  it('C01: closes a picture that was on its way', async () => {
    const it = await threeJudged();
    let go = () => {};
    it.hold(new Promise((resolve) => (go = resolve)));
    const look = it.screening.looks.reveal(0);
    await Promise.resolve();
    it.screening.acts.decide('concern');
    go();
    await expect(look).rejects.toThrow('marked as a concern');
    for (const one of await it.shown()) expect(one).toBe('picture 2');
  });

  it('C01: undo takes back the decision and no picture; nor do redo, a restart or the folder again', async () => {
    const it = await threeJudged();
    it.screening.acts.decide('concern');
    await drawn();
    await it.screening.acts.undo();
    expect(it.screening.row(0)).toMatchObject({ released: true, detail: 'picture released' });
    expect(it.screening.row(0).decision).toBeUndefined();
    await expect(it.screening.looks.reveal(0)).rejects.toThrow();
    await it.screening.acts.redo();
    expect(it.screening.row(0).decision).toBe('concern');
    await it.screening.acts.undo();
    const batch: FakeBatch[] = [];
    const again = new Screening(it.screening.run, {
      winnow: {
        preview: () => Promise.reject(new Error()),
        batch: (options) => batch[batch.push(new FakeBatch(options)) - 1]!,
      },
      announcer: { say() {}, alarm() {} },
      ...{ settle: 0, sort: 0 },
    });
    await again.begin(gathering(gatheredItems(3)), new AbortController());
    for (const at of [0, 1]) await expect(again.looks.reveal(at)).rejects.toThrow('cannot be shown');
    expect([0, 1, 2].map((at) => again.row(at).released)).toEqual([true, true, false]);
  });

  it('C01: a copy that is read later is let go of when it is known to be one', async () => {
    const it = watched();
    await it.screening.begin(gathering(gatheredItems(2)), new AbortController());
    it.screening.looking(0, 1);
    await vi.waitFor(() => expect(it.open.size).toBe(2));
    it.batch().answer('i1', fruitScores(0.9), 'same');
    it.screening.acts.select(0);
    it.screening.acts.decide('concern');
    expect(it.open.size).toBe(1);
    it.batch().answer('i2', fruitScores(0.9), 'same');
    expect(it.open.size).toBe(0);
  });

  it('C01: lets go also of what cannot be written down yet', async () => {
    const it = watched();
    await it.screening.begin(gathering(gatheredItems(1)), new AbortController());
    it.screening.acts.select(0);
    expect(it.screening.acts.decide('concern')).toBe(false);
    await expect(it.screening.looks.reveal(0)).rejects.toThrow();
  });

  it('C03: its record names hash, time, the label that decided, model and decision, and nothing else', async () => {
    const it = await judgedStage([0.9]);
    it.screening.acts.move(1);
    it.screening.acts.decide('concern');
    await drawn();
    const record = it.screening.run.record(1)!;
    expect(Object.keys(record).sort()).toEqual(
      ['at', 'decision', 'hash', 'item', 'labels', 'models', 'prev', 'run', 'seq', 'sha256', 'v'].sort(),
    );
    expect(record.labels).toEqual(['pineapple']);
    expect(Object.keys(record.models![0]!).sort()).toEqual(['id', 'sha256']);
    expect(it.screening.decisions.said.get()?.text).toBe('fruit-1.png marked as a concern.');
  });

  it('C03: of an imported run it comes without scores, needs review, and is not opened again', async () => {
    const before = await judgedStage([0.9, 0.4]);
    before.screening.acts.select(0);
    before.screening.acts.decide('concern');
    await drawn();
    const { run } = before.screening;
    const [first, second] = run.items;
    const { screening: imported } = stage(run.header);
    imported.run.put([first!, second!], [{ item: 'i2', scores: run.scores('i2')[0]! }]);
    await imported.run.decide([{ item: 'i1', decision: 'concern' }]);
    let batch: FakeBatch | undefined;
    const again = new Screening(imported.run, {
      winnow: {
        preview: () => Promise.reject(new Error()),
        batch: (options) => (batch = new FakeBatch(options)),
      },
      announcer: { say() {}, alarm() {} },
      ...{ settle: 0, sort: 0 },
    });
    expect(again.store.get().counts).toMatchObject({ waiting: { all: 0 }, 'needs-review': { all: 1 } });
    await again.begin(gathering(gatheredItems(3)), new AbortController());
    expect(batch?.items.map(({ id }) => id)).toEqual(['i3']);
  });
});
