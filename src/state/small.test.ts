import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Activity, Winnow } from '../sdk/types';
import { formatAddress, parseAddress } from './address';
import { Announcer } from './announce';
import { connect } from './connect';
import { Exposure } from './exposure';
import { Models } from './models';
import { cardOf, settled } from './testing';
import { Undo } from './undo';

describe('address', () => {
  it.each([
    '#/bench',
    '#/models',
    '#/models/own-a.b_c-1',
    '#/triage',
    '#/triage/0f1e',
    '#/bench?t=1;a:b,0,1',
  ])('reads and writes %s', (hash) => {
    expect(formatAddress(parseAddress(hash))).toBe(hash);
  });

  it.each(['#/models/', '#/models/../x', '#/models/a b', `#/models/${'a'.repeat(101)}`])(
    'reads no model from %s',
    (hash) => expect(parseAddress(hash)).toEqual({ place: 'models' }),
  );

  it.each(['', '#', '#/nowhere', '#/__proto__', '#javascript:1', '#/bench?x=<script>'])(
    'leads %j to the bench',
    (hash) => {
      expect(parseAddress(hash)).toEqual({ place: 'bench' });
    },
  );
});

describe('undo', () => {
  it('takes back the newest first and then nothing', () => {
    const undo = new Undo();
    const seen: string[] = [];
    undo.push('one', () => seen.push('one'));
    undo.push('two', () => seen.push('two'));
    expect(undo.toast.get()?.label).toBe('two');
    expect([undo.undo(), undo.undo(), undo.undo()]).toEqual([true, true, false]);
    expect(seen).toEqual(['two', 'one']);
    expect(undo.toast.get()).toBeUndefined();
  });
});

describe('announcer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('Y04: says at most one thing in five seconds, and then the latest', () => {
    const announcer = new Announcer();
    const said: string[] = [];
    announcer.polite.subscribe(() => said.push(announcer.polite.get()));
    for (let count = 1; count <= 100; count++) {
      announcer.say(`${count} of 100`);
      vi.advanceTimersByTime(100);
    }
    expect(said.length).toBeLessThanOrEqual(3);
    vi.advanceTimersByTime(10_000);
    expect(said.at(-1)).toBe('100 of 100');
  });

  it('Y04: raises an error once', () => {
    const announcer = new Announcer();
    const heard = vi.fn();
    announcer.assertive.subscribe(heard);
    for (let count = 0; count < 200; count++) announcer.alarm('It cannot be read.');
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

describe('exposure', () => {
  it('C11: counts seconds in view', () => {
    const exposure = new Exposure();
    exposure.add(1_500);
    exposure.add(500);
    exposure.add(Number.NaN);
    expect(exposure.store.get()).toEqual({ seconds: 2, reveals: 2 });
  });
});

describe('connect', () => {
  it('makes one instance, and another after a failed start', async () => {
    const winnow = { models: async () => [] } as unknown as Winnow;
    const create = vi
      .fn<() => Promise<Winnow>>()
      .mockRejectedValueOnce(new Error('offline'))
      .mockResolvedValue(winnow);
    const connected = connect(create);
    await expect(connected.models()).rejects.toThrow('offline');
    expect(await connected.models()).toEqual([]);
    expect(await connected.models()).toEqual([]);
    expect(create).toHaveBeenCalledTimes(2);
  });
});

describe('models', () => {
  it('put what can run on the bench, and show why one cannot be opened until it is tried again', async () => {
    const open = vi.fn().mockRejectedValueOnce(new Error('no bytes')).mockResolvedValue({});
    const models = new Models({
      models: async () => [
        { card: cardOf('a'), state: 'bundled', bytes: 10 },
        { card: cardOf('b'), state: 'available', bytes: 10 },
      ],
      open,
      onActivity: () => () => {},
      release: vi.fn(),
    });
    await models.start();
    await settled();
    expect(models.store.get().chosen).toEqual(['a']);
    expect(models.get('a')?.error).toMatchObject({ code: 'internal', message: 'no bytes' });
    await models.open('a');
    expect(models.get('a')?.error).toBeUndefined();
  });

  it('change when one opens, starts again or fails, and not with every item that it answers', async () => {
    let tell: (activity: Activity) => void = () => {};
    const models = new Models({
      models: async () => [{ card: cardOf('a'), state: 'bundled', bytes: 10 }],
      ...{ open: vi.fn().mockResolvedValue({}), release: vi.fn() },
      onActivity: (listener) => {
        tell = listener;
        return () => {};
      },
    });
    await models.start();
    await settled();
    const changed = vi.fn();
    models.store.subscribe(changed);
    const opened = { backend: 'wasm', precision: 'exact' } as NonNullable<Activity['opened']>;
    tell({ model: 'a', state: 'opening', restarts: 0 });
    for (let item = 0; item < 50; item++)
      for (const state of ['busy', 'ready'] as const) tell({ model: 'a', state, restarts: 0, opened });
    expect(changed).toHaveBeenCalledTimes(2);
    expect(models.get('a')?.activity).toEqual({ model: 'a', state: 'ready', restarts: 0, opened });
    tell({ model: 'a', state: 'busy', restarts: 1, opened });
    tell({ model: 'a', state: 'busy', restarts: 1, opened: { ...opened } });
    const error = { kind: 'failed', code: 'timeout', message: 'Late.', data: {} } as const;
    for (const state of ['restarting', 'failed'] as const)
      tell({ model: 'a', state, restarts: 1, opened, error });
    tell({ model: 'a', state: 'ready', restarts: 1, opened });
    expect(changed).toHaveBeenCalledTimes(7);
    expect(models.get('a')?.activity).not.toHaveProperty('error');
  });

  it('say why there is no list', async () => {
    const models = new Models({
      models: () => Promise.reject(new Error('gone')),
      open: vi.fn(),
      onActivity: () => () => {},
      release: vi.fn(),
    });
    await models.start();
    expect(models.store.get()).toMatchObject({ status: 'failed', error: { message: 'gone' } });
  });
});
