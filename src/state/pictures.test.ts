import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidError } from '../sdk/errors';
import { laneVerdict } from './judging';
import { Pictures } from './pictures';
import { type Asked, asking, policyOf, rule, scoresOf, settled } from './testing';

interface Fake {
  closed: boolean;
  close(): void;
}

function bitmap(): Fake {
  return {
    closed: false,
    close() {
      this.closed = true;
    },
  };
}

function lane({ models = ['a'], deaf = false, limit = 2 } = {}) {
  const asked: Asked<Blob>[] = [];
  const bitmaps: Fake[] = [];
  const pictures = new Pictures({
    winnow: {
      classifyImage: asking(asked, deaf),
      preview: async () => {
        const made = bitmap();
        bitmaps.push(made);
        return {
          bitmap: made as unknown as ImageBitmap,
          width: 4,
          height: 3,
          format: 'PNG',
          animated: false,
          notes: [],
        };
      },
    },
    models: () => models,
    limit,
    settle: 0,
  });
  const items = async () => {
    await settled();
    // Changes are gathered for the screen; this asks to see them now.
    pictures.blurAll();
    return pictures.store.get().items;
  };
  return { asked, bitmaps, pictures, items };
}

const files = (count: number) =>
  Array.from({ length: count }, (_, at) => new File([`${at}`], `file-${at}.png`));
const policy = policyOf({ a: [rule(0.4, 0.7)], b: [rule(0.4, 0.7)] });

describe('pictures', () => {
  it('go from waiting to scoring to done, at most the limit at once', async () => {
    const { asked, pictures, items } = lane();
    pictures.add(files(5));
    await settled();
    expect(asked).toHaveLength(2);
    asked[0]!.answer(scoresOf('a', 0.1));
    expect((await items()).map((item) => item.state)).toEqual([
      'done',
      'scoring',
      'scoring',
      'waiting',
      'waiting',
    ]);
    expect(asked).toHaveLength(3);
  });

  it('W16: every answer finds its own picture in any order of replies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.infiniteStream(fc.nat()),
        fc.infiniteStream(fc.nat(9)),
        async (count, picks, actions) => {
          const { asked, pictures } = lane({ models: ['a', 'b'], deaf: true, limit: 4 });
          const given = files(count);
          pictures.add(given);
          const waiting = () => asked.filter((each) => !answered.has(each));
          const answered = new Set<Asked<Blob>>();
          await settled();
          while (waiting().length > 0) {
            const open = waiting();
            const one = open[picks.next().value! % open.length]!;
            answered.add(one);
            // The value names the file, so that a wrong place shows.
            one.answer(scoresOf(one.model, given.indexOf(one.content as File) / 100));
            const action = actions.next().value!;
            const { items } = pictures.store.get();
            const item = items[picks.next().value! % Math.max(1, items.length)];
            if (action === 0 && item) pictures.remove([item.id])();
            if (action === 1 && item) pictures.retry(item.id);
            if (action === 2 && item) pictures.select(item.id);
            if (action === 3) pictures.remove()();
            await settled();
          }
          pictures.select('none');
          pictures.blurAll();
          for (const item of pictures.store.get().items) {
            expect(item.state).toBe('done');
            for (const model of ['a', 'b'])
              expect(item.scores[model]!.probabilities[0]).toBe(given.indexOf(item.file as File) / 100);
          }
          expect(pictures.store.get().items).toHaveLength(count);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('W17: removing aborts what runs and frees the pixels; undo brings everything back', async () => {
    const { asked, bitmaps, pictures, items } = lane();
    pictures.add(files(3));
    await settled();
    asked[0]!.answer(scoresOf('a', 0.9));
    await items();
    const undo = pictures.remove();
    expect(asked[1]!.signal!.aborted).toBe(true);
    expect(bitmaps.length).toBeGreaterThan(0);
    expect(bitmaps.every((each) => each.closed)).toBe(true);
    expect(pictures.store.get().items).toEqual([]);
    undo();
    const back = await items();
    expect(back.map((item) => item.name)).toEqual(['file-0.png', 'file-1.png', 'file-2.png']);
    expect(back[0]).toMatchObject({ state: 'done' });
    expect(back[0]!.scores.a!.probabilities[0]).toBe(0.9);
    expect(back.every((item) => item.thumbnail)).toBe(true);
  });

  it('W08: that come back after what was said of them turned out wrong need review; void scores are asked for again', async () => {
    const { asked, pictures, items } = lane({ models: ['a', 'b'] });
    pictures.add(files(2));
    await settled();
    for (const each of asked) each.answer(scoresOf(each.model, 0.1));
    const [first] = await items();
    const undo = pictures.remove();
    const reason = {
      kind: 'failed',
      code: 'self-test-failed',
      message: 'Score it again.',
      data: {},
    } as const;
    expect(pictures.withdraw(new Set([first!.scores.a!]), reason)).toBe(0);
    pictures.forget('b');
    undo();
    const back = await items();
    expect(back[0]!.scores.a).toMatchObject({ status: 'error', reason: 'Score it again.' });
    expect(back[1]!.scores.a).toMatchObject({ status: 'scored' });
    expect(back.map(({ scores }) => scores.b)).toEqual([undefined, undefined]);
    expect(asked.slice(4).map(({ model }) => model)).toEqual(['b', 'b']);
  });

  it('keep a place when the selected one goes', async () => {
    const { pictures } = lane();
    const ids = pictures.add(files(4));
    pictures.select(ids[1]!);
    pictures.remove([ids[1]!]);
    expect(pictures.store.get().selected).toBe(ids[2]);
    pictures.select(ids[3]!);
    pictures.remove([ids[3]!]);
    expect(pictures.store.get().selected).toBe(ids[2]);
    pictures.move(-1);
    expect(pictures.store.get().selected).toBe(ids[0]);
    pictures.move(-1);
    expect(pictures.store.get().selected).toBe(ids[0]);
  });

  it('score the selected one first', async () => {
    const { asked, pictures } = lane({ limit: 1 });
    const given = files(5);
    const ids = pictures.add(given);
    await settled();
    pictures.select(ids[3]!);
    asked[0]!.answer(scoresOf('a', 0));
    await settled();
    expect(asked[1]!.content).toBe(given[3]);
  });

  it('I16: same name and same bytes stay separate rows', () => {
    const { pictures } = lane();
    const twin = new File(['x'], 'twin.png');
    const ids = pictures.add([twin, twin]);
    expect(new Set(ids).size).toBe(2);
  });

  it('W01: a rejected call is Needs review and the rest goes on', async () => {
    const { asked, pictures, items } = lane({ limit: 1 });
    pictures.add(files(2));
    await settled();
    asked[0]!.fail(new InvalidError('damaged-file', 'The file is damaged. Try another copy.'));
    await items();
    asked[1]!.answer(scoresOf('a', 0.1));
    const [bad, good] = await items();
    const verdict = (item: typeof bad) =>
      laneVerdict([{ model: 'a', scores: item!.scores.a }], policy)?.verdict;
    expect(verdict(bad)).toBe('needs-review');
    expect(verdict(good)).toBe('clear');
    pictures.retry(bad!.id);
    await settled();
    expect(asked).toHaveLength(3);
  });

  it('ask a model that joins later only for what is missing', async () => {
    const models = ['a'];
    const { asked, pictures, items } = lane({ models });
    pictures.add(files(1));
    await settled();
    asked[0]!.answer(scoresOf('a', 0.1));
    await items();
    models.push('b');
    pictures.refresh();
    await settled();
    expect(asked.map((each) => each.model)).toEqual(['a', 'b']);
  });
});
