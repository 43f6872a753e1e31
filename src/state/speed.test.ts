import { expect, it } from 'vitest';
import type { BatchOptions, ModelState, Winnow } from '../sdk/types';
import { Speed, type SpeedItems, speedJson } from './speed';
import { scoresOf } from './testing';

const ITEMS: SpeedItems = {
  picture: async (number) => new Blob([String(number)]),
  text: (number) => `Boat ${number} leaves the harbour.`,
};
const MACHINE = { browser: 'Some browser', cores: 2, isolated: true, at: '2026-11-21T00:00:00.000Z' };
const OPENED = { backend: 'wasm', precision: 'exact', threads: 2, milliseconds: 1 } as const;

const model = (id: string, task: 'image' | 'text', state: ModelState['state'] = 'bundled') =>
  ({ card: { id, name: `Model ${id}`, task }, state, bytes: 1 }) as unknown as ModelState;

/** A machine whose clock moves by 100 for an opening, 10 for an item, and 5 for one of a batch. */
function machine(models: readonly ModelState[], broken?: string) {
  let clock = 0;
  const heard = (_: { model: string; state: string }) => {};
  const asked = { released: [] as string[], batched: [] as unknown[], cancelled: 0, heard };
  const classify = async (
    content: unknown,
    { model: id, signal }: { model: string; signal?: AbortSignal },
  ) => {
    signal?.throwIfAborted();
    clock += 10;
    if (id === broken) return { ...scoresOf(id, 0), status: 'error', reason: 'The model stopped.' };
    return scoresOf(id, String(content).length / 100);
  };
  const winnow = {
    models: async () => models,
    onActivity: (listener: (activity: { model: string; state: string }) => void) => {
      asked.heard = listener;
      return () => {
        asked.heard = () => {};
      };
    },
    release: async (id: string) => void asked.released.push(id),
    open: async () => {
      clock += 100;
      return OPENED;
    },
    classifyText: classify,
    classifyImage: classify,
    batch: ({ models: [id], onResult }: BatchOptions) => {
      let done = 0;
      return {
        add: (items: readonly { id: string; content: unknown }[]) => {
          asked.batched.push(...items.map(({ content }) => content));
          for (const item of items) {
            clock += 5;
            done += 1;
            onResult({ id: item.id, scores: scoresOf(id!, 0.1) } as never);
          }
        },
        end: () => {},
        cancel: () => {
          asked.cancelled += 1;
        },
        get done() {
          return Promise.resolve({ done });
        },
      };
    },
  };
  return { asked, speed: new Speed(winnow as unknown as Winnow, () => clock) };
}

it('measures what is here, each from nothing, and gives medians', async () => {
  const { asked, speed } = machine([
    model('a', 'image'),
    model('b', 'text', 'installed'),
    model('c', 'text', 'available'),
  ]);
  await speed.start(ITEMS, MACHINE);
  const { status, rows, failures } = speed.store.get();
  expect([status, failures]).toEqual(['done', []]);
  expect(rows.map(({ model: id }) => id)).toEqual(['a', 'b']);
  expect(rows[0]).toMatchObject({ open: 100, openAgain: 100, one: 10, least: 10, most: 10, perSecond: 200 });
  // Twice to open it from nothing, and once when it is measured.
  expect(asked.released).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
});

it('gives a batch no bytes twice, and none that were scored before it', async () => {
  const { asked, speed } = machine([model('b', 'text')]);
  await speed.start(ITEMS, MACHINE);
  expect(new Set(asked.batched).size).toBe(asked.batched.length);
  expect(asked.batched).not.toContain(ITEMS.text(0));
});

it('says that something else was scored meanwhile, and takes its own items for none of that', async () => {
  const { asked, speed } = machine([model('a', 'text')]);
  const beside = (other: string): SpeedItems => ({
    ...ITEMS,
    text: (number) => {
      asked.heard({ model: other, state: 'busy' });
      return ITEMS.text(number);
    },
  });
  await speed.start(beside('a'), MACHINE);
  expect(speed.store.get()).not.toHaveProperty('shared');
  await speed.start(beside('b'), MACHINE);
  expect(speed.store.get()).toMatchObject({ status: 'done', shared: true });
  expect(JSON.parse(speedJson(speed.store.get()))).toMatchObject({ shared: true });
});

it('measured again, scores what was not scored before, and keeps nothing of the first time', async () => {
  const { asked, speed } = machine([model('b', 'text')]);
  await speed.start(ITEMS, MACHINE);
  await speed.start(ITEMS, MACHINE);
  expect(asked.batched).toHaveLength(48);
  expect(new Set(asked.batched).size).toBe(48);
  expect(asked.cancelled).toBe(2);
});

it('says why a model could not be measured, and goes on', async () => {
  const { speed } = machine([model('a', 'text'), model('b', 'text')], 'a');
  await speed.start(ITEMS, MACHINE);
  const { rows, failures } = speed.store.get();
  expect(failures).toEqual([{ model: 'a', name: 'Model a', reason: 'The model stopped.' }]);
  expect(rows.map(({ model: id }) => id)).toEqual(['b']);
});

it('stops, and keeps what it has', async () => {
  const { speed } = machine([model('a', 'text'), model('b', 'text')]);
  speed.store.subscribe(() => {
    if (speed.store.get().rows.length === 1) speed.stop();
  });
  await speed.start(ITEMS, MACHINE);
  const { status, rows, failures, now } = speed.store.get();
  expect([status, rows.length, failures.length, now]).toEqual(['stopped', 1, 0, undefined]);
});

it('stops at once, whatever is awaited, and ignores what answers later', async () => {
  const waits: { answer: () => void }[] = [];
  const stuck = () => new Promise<never>((answer) => waits.push({ answer: () => answer([] as never) }));
  for (const what of ['models', 'release', 'open', 'classifyText', 'picture'] as const) {
    const { speed } = machine([model('a', what === 'picture' ? 'image' : 'text')]);
    if (what !== 'picture') Object.assign(speed.winnow, { [what]: stuck });
    const items = what === 'picture' ? { ...ITEMS, picture: stuck } : ITEMS;
    const before = waits.length;
    const ended = speed.start(items, MACHINE);
    await expect.poll(() => waits.length, { message: what }).toBe(before + 1);
    speed.stop();
    const stopped = speed.store.get();
    expect([what, stopped.status, stopped.now]).toEqual([what, 'stopped', undefined]);
    // Begun anew, it waits for what is still under way, so that this is not measured with it.
    const again = speed.start(ITEMS, MACHINE);
    expect(speed.store.get().status).toBe('running');
    speed.stop();
    waits.at(-1)!.answer();
    await Promise.all([ended, again]);
    const { status, rows, failures } = speed.store.get();
    expect([what, status, rows, failures]).toEqual([what, 'stopped', [], []]);
  }
});

it('is copied with its machine, in tenths', async () => {
  const { speed } = machine([model('a', 'text')]);
  await speed.start(ITEMS, MACHINE);
  const copied = JSON.parse(speedJson(speed.store.get()));
  expect(copied.machine).toEqual(MACHINE);
  expect(copied.rows[0]).toMatchObject({ model: 'a', one: 10, perSecond: 200 });
});
