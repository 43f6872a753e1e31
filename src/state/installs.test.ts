import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FailedError, UnsupportedError } from '../sdk/errors';
import { Bench } from './bench';
import type { KeyValue } from './storage';
import { cardOf, FakeWinnow, installableCard, installedState, settled } from './testing';

const card = installableCard('big', [
  { role: 'weights', path: 'model.safetensors', bytes: 200_000 },
  { role: 'config', path: 'config.json' },
]);
const weights = { path: 'big/model.safetensors', file: new Blob(['w']) };
const config = { path: 'big/config.json', file: new Blob(['{}']) };

function disk(): KeyValue & { text: string | null } {
  const made = {
    text: null as string | null,
    getItem: () => made.text,
    setItem: (_: string, value: string) => {
      made.text = value;
    },
    removeItem: () => {
      made.text = null;
    },
  };
  return made;
}

async function started(list = [{ card: cardOf('small'), state: 'bundled', bytes: 1 } as const]) {
  const winnow = new FakeWinnow([...list, { card, state: 'available', bytes: 0 }]);
  const storage = disk();
  const bench = new Bench({ winnow, storage: () => storage });
  await bench.start();
  await settled();
  return { winnow, bench, storage, job: () => bench.installs.store.get().jobs.get('big') };
}

describe('installing', () => {
  beforeEach(() => void vi.useRealTimers());

  it('waits until every file the card needs is there, then starts with exactly those', async () => {
    const { bench, winnow, job } = await started();
    bench.installs.give(card, [weights, { path: 'big/README.md', file: new Blob(['#']) }]);
    expect(job()).toBeUndefined();
    expect(bench.installs.store.get().picked.get('big')).toHaveLength(2);
    bench.installs.give(card, [config]);
    expect(winnow.asked).toHaveLength(1);
    expect(winnow.asked[0]!.options.source).toEqual({ kind: 'files', files: [weights.file, config.file] });
    expect(winnow.asked[0]!.options.files).toBeUndefined();
    expect(bench.installs.store.get().picked.size).toBe(0);
  });

  it('shows how far it is, then the model among those that are here, and not on the bench', async () => {
    const { bench, winnow, job } = await started();
    bench.installs.give(card, [weights, config]);
    winnow.asked[0]!.options.onProgress!({ phase: 'prepare', done: 50, total: 100 });
    expect(job()).toMatchObject({ state: 'running', progress: { done: 50 } });
    winnow.asked[0]!.settle.done({ bytes: 77 });
    await settled();
    expect(job()).toBeUndefined();
    expect(bench.models.get('big')).toMatchObject({ state: 'installed', bytes: 77 });
    expect(bench.models.store.get().chosen).toEqual(['small']);
    expect(bench.thresholds.rule('big', 'pineapple')).toMatchObject({ review: 0.45, block: 0.7 });
  });

  it('asks for the flavour that was chosen', async () => {
    const { bench, winnow } = await started();
    bench.installs.prefer('big', 'int8');
    bench.installs.give(card, [weights, config]);
    expect(winnow.asked[0]!.options.precision).toBe('int8');
  });

  it('never runs twice for one model', async () => {
    const { bench, winnow } = await started();
    bench.installs.give(card, [weights, config]);
    bench.installs.give(card, [weights, config]);
    expect(await bench.installs.start(card, [weights])).toBe(false);
    expect(winnow.asked).toHaveLength(1);
  });

  it('is cancelled at once and leaves nothing', async () => {
    const { bench, winnow, job } = await started();
    bench.installs.give(card, [weights, config]);
    bench.installs.cancel('big');
    expect(job()?.state).toBe('cancelling');
    expect(winnow.asked[0]!.options.signal?.aborted).toBe(true);
    await settled();
    expect(job()).toBeUndefined();
    expect(bench.models.get('big')?.state).toBe('available');
  });

  it('M13: a refusal stays beside the model with its code until it is dismissed', async () => {
    const { bench, winnow, job } = await started();
    const alarms: string[] = [];
    bench.announcer.assertive.subscribe(() => alarms.push(bench.announcer.assertive.get()));
    void bench.installs.start(card, [{ path: 'model.bin', file: new Blob(['x']) }]);
    winnow.asked[0]!.settle.fail(new UnsupportedError('unsupported-format', 'A pickle. We never open it.'));
    await settled();
    expect(job()).toMatchObject({ state: 'failed', error: { code: 'unsupported-format' } });
    expect(job()?.progress).toBeUndefined();
    expect(alarms).toEqual(['Stand-in big was not installed. A pickle. We never open it.']);
    bench.installs.dismiss('big');
    expect(job()).toBeUndefined();
  });

  it('Y04: says each phase and the end, not every step', async () => {
    const { bench, winnow } = await started();
    const said = vi.spyOn(bench.announcer, 'say');
    bench.installs.give(card, [weights, config]);
    const { onProgress } = winnow.asked[0]!.options;
    for (let done = 0; done < 1_000; done++) onProgress!({ phase: 'prepare', done, total: 1_000 });
    for (let done = 0; done < 12; done++) onProgress!({ phase: 'check', done, total: 12 });
    winnow.asked[0]!.settle.done();
    await settled();
    expect(said.mock.calls.map(([words]) => words)).toEqual([
      'Stand-in big: preparing.',
      'Stand-in big: checking.',
      'Stand-in big is installed.',
    ]);
  });
});

describe('N19: a network that goes away', () => {
  const lost = () => new FailedError('offline', 'The connection failed.');
  async function downloading() {
    let [online, heard] = [true, () => {}];
    const subscribe = (hear: () => void) => {
      heard = hear;
      return () => {};
    };
    const network = { online: () => online, subscribe };
    const winnow = new FakeWinnow([{ card, state: 'available', bytes: 0 }]);
    const bench = new Bench({ winnow, storage: disk, network });
    await bench.start();
    const set = (to: boolean) => {
      online = to;
      heard();
    };
    const fail = async (at: number, bytes: number, error: Error = lost()) => {
      winnow.asked[at]!.options.onProgress!({ phase: 'download', done: bytes, total: 100 });
      winnow.asked[at]!.settle.fail(error);
      await settled();
    };
    void bench.installs.install(card, { kind: 'hub' });
    return { winnow, bench, set, fail, job: () => bench.installs.store.get().jobs.get('big') };
  }

  it('what it broke off goes on when it is back, once, from the same source', async () => {
    const { winnow, set, fail, job } = await downloading();
    await fail(0, 40);
    expect(job()).toMatchObject({ state: 'failed', goesOn: true });
    set(false);
    expect(winnow.asked).toHaveLength(1);
    set(true);
    expect(winnow.asked.map(({ options }) => options.source)).toEqual([{ kind: 'hub' }, { kind: 'hub' }]);
    expect(job()).toMatchObject({ state: 'running' });
    set(false);
    set(true);
    expect(winnow.asked).toHaveLength(2);
    winnow.asked[1]!.settle.done();
    await settled();
    expect(job()).toBeUndefined();
  });

  it('it does not go on for ever where nothing comes of it', async () => {
    const { winnow, set, fail, job } = await downloading();
    for (let at = 0; at < 6; at++) {
      if (at < winnow.asked.length) await fail(at, 40);
      set(false);
      set(true);
    }
    expect(winnow.asked).toHaveLength(4);
    expect(job()).toMatchObject({ state: 'failed' });
    expect(job()).not.toHaveProperty('goesOn');
  });

  it('what was dismissed, never began, or failed for another reason stays as it is', async () => {
    for (const [bytes, error, dismiss] of [
      [0, lost(), false],
      [40, new FailedError('gated', 'It needs access.'), false],
      [40, lost(), true],
    ] as const) {
      const { winnow, bench, set, fail } = await downloading();
      await fail(0, bytes, error);
      if (dismiss) bench.installs.dismiss('big');
      set(false);
      set(true);
      expect(winnow.asked).toHaveLength(1);
    }
  });
});

describe('deleting', () => {
  it('takes the panel away, its lines and its answers, and keeps the lines for when it comes back', async () => {
    const { bench, winnow } = await started();
    winnow.tell([...winnow.list.slice(0, 1), installedState(card)]);
    bench.choose('big', true);
    bench.thresholds.move('big', 'pineapple', { review: 0.2, block: 0.7 }, 'review');
    const [picture] = bench.pictures.add([new Blob(['p'])]);
    await vi.waitFor(() => expect(bench.pictures.get(picture!)?.scores.big).toBeDefined());
    expect(await bench.installs.remove(card)).toBe(true);
    expect(bench.models.store.get().chosen).toEqual(['small']);
    expect(bench.models.get('big')?.state).toBe('available');
    expect(bench.thresholds.store.get().policy.models.big).toBeUndefined();
    expect(bench.pictures.get(picture!)?.scores.big).toBeUndefined();
    winnow.tell([...winnow.list.slice(0, 1), installedState(card, { at: '2026-11-21T00:00:00.000Z' })]);
    expect(bench.thresholds.rule('big', 'pineapple')).toMatchObject({ review: 0.2, block: 0.7 });
    bench.dispose();
  });

  it('says why it could not be deleted, and leaves the model where it is', async () => {
    const { bench, winnow, job } = await started();
    winnow.tell([...winnow.list.slice(0, 1), installedState(card)]);
    winnow.removing = () =>
      Promise.reject(new FailedError('storage-unavailable', 'The disk did not answer.'));
    expect(await bench.installs.remove(card)).toBe(false);
    expect(job()).toMatchObject({ doing: 'remove', state: 'failed' });
    expect(bench.models.get('big')?.state).toBe('installed');
  });
});

describe('what stands on the bench', () => {
  it('is kept between visits: large models wait to be asked for', async () => {
    const { bench, winnow, storage } = await started();
    winnow.tell([...winnow.list.slice(0, 1), installedState(card)]);
    expect(bench.models.store.get().chosen).toEqual(['small']);
    bench.choose('big', true);
    bench.choose('small', false);
    const again = new Bench({ winnow, storage: () => storage });
    await again.start();
    expect(again.models.store.get().chosen).toEqual(['big']);
    expect(winnow.opened.at(-1)).toBe('big');
  });

  it('follows another tab: what was removed there leaves here', async () => {
    const { bench, winnow } = await started();
    winnow.tell([...winnow.list.slice(0, 1), installedState({ ...card, id: 'own-one' })]);
    bench.choose('own-one', true);
    expect(bench.models.lane('image')).toEqual(['own-one']);
    winnow.tell(winnow.list.slice(0, 1));
    expect(bench.models.lane('image')).toEqual([]);
    expect(bench.models.get('own-one')).toBeUndefined();
  });

  it('opens a model anew when it was installed anew', async () => {
    const { bench, winnow } = await started();
    const small = winnow.list.slice(0, 1);
    winnow.tell([...small, installedState(card)]);
    bench.choose('big', true);
    winnow.opened.length = 0;
    winnow.tell([...small, installedState(card)]);
    expect(winnow.opened).toEqual([]);
    winnow.tell([...small, installedState(card, { at: '2026-11-22T00:00:00.000Z' })]);
    expect(winnow.opened).toEqual(['big']);
  });
});
