import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FailedError } from '../sdk/errors';
import { Bench } from './bench';
import { forget } from './forget';
import { parseRepo } from './own-hub';
import { STORAGE_KEY } from './storage';
import type { Channel } from './tabs';
import { FakeWinnow, installableCard, installedState, settled } from './testing';

const card = installableCard('big', [{ role: 'weights', path: 'model.safetensors' }]);
const available = { card, state: 'available', bytes: 0 } as const;

/** Channels that hear each other, at once. */
function exchange(): () => Channel {
  const all = new Set<Channel>();
  return () => {
    const one: Channel = {
      onmessage: null,
      postMessage: (data: unknown) => {
        for (const other of all)
          if (other !== one) other.onmessage?.call(other as BroadcastChannel, { data } as MessageEvent);
      },
      close: () => all.delete(one),
    };
    all.add(one);
    return one;
  };
}

class Memory implements Storage {
  readonly #values = new Map<string, string>();
  [name: string]: unknown;
  get length() {
    return this.#values.size;
  }
  key = (at: number) => [...this.#values.keys()][at] ?? null;
  getItem = (key: string) => this.#values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#values.set(key, value);
  removeItem = (key: string) => void this.#values.delete(key);
  clear = () => this.#values.clear();
}

async function started(more: Partial<ConstructorParameters<typeof Bench>[0]> = {}, list = [available]) {
  const winnow = new FakeWinnow(list);
  const storage = new Memory();
  const bench = new Bench({ winnow, storage: () => storage, ...more });
  await bench.start();
  await settled();
  return { winnow, storage, bench };
}

describe('tabs', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('T01: show what another installs, and stop when it ends or falls silent', async () => {
    const channel = exchange();
    const one = await started({ channel });
    const two = await started({ channel });
    const theirs = () => two.bench.tabs.elsewhere.get().get('big');
    void one.bench.installs.install(card, { kind: 'hub' });
    expect(theirs()).toBeDefined();
    one.winnow.asked[0]!.options.onProgress!({ phase: 'download', done: 30, total: 100 });
    vi.advanceTimersByTime(1_000);
    expect(theirs()).toMatchObject({ progress: { done: 30 } });
    one.bench.installs.cancel('big');
    await settled();
    expect(theirs()).toBeUndefined();
    void one.bench.installs.install(card, { kind: 'hub' });
    expect(theirs()).toBeDefined();
    one.bench.tabs.dispose();
    vi.advanceTimersByTime(3_600);
    expect(theirs()).toBeUndefined();
  });

  it('T11: what another version says is ignored', async () => {
    const channel = exchange();
    const cleared = vi.fn();
    const { bench } = await started({ channel, onCleared: cleared });
    const other = channel();
    for (const data of [
      { version: 2, kind: 'cleared' },
      { version: 1, kind: 'jobs', tab: 'a', jobs: [{}, null, { card: 7 }] },
      null,
      'jobs',
    ])
      other.postMessage(data);
    expect(bench.tabs.elsewhere.get().size).toBe(0);
    expect(cleared).not.toHaveBeenCalled();
  });
});

describe('clearing everything', () => {
  it('X15: takes models, settings and choices, here and in other tabs, and cancels what goes on', async () => {
    const channel = exchange();
    const [here, there] = [vi.fn(), vi.fn()];
    const { bench, winnow, storage } = await started({ channel, onCleared: here });
    const other = await started({ channel, onCleared: there, storage: () => storage });
    bench.settings.theme('dark');
    bench.sources.token('hf_pineapple');
    void bench.installs.install(card, { kind: 'hub' });
    expect(storage.getItem(STORAGE_KEY)).toContain('dark');
    await bench.clear();
    expect(winnow.asked[0]!.options.signal?.aborted).toBe(true);
    expect(bench.sources.store.get().token).toBe('');
    expect(here).toHaveBeenCalledOnce();
    expect(there).toHaveBeenCalledOnce();
    expect(storage.length).toBe(0);
    // The other tab has it in memory, too, and does not write it down again.
    other.bench.keeper.keep({});
    expect(storage.getItem(STORAGE_KEY)).not.toContain('dark');
  });

  it('X15: what could not be deleted is said; settings are gone all the same', async () => {
    const cleared = vi.fn();
    const { bench, winnow, storage } = await started({ onCleared: cleared });
    bench.settings.theme('dark');
    winnow.clearing = () => Promise.reject(new FailedError('storage-unavailable', 'Another tab.'));
    await expect(bench.clear()).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(storage.length).toBe(0);
    expect(cleared).not.toHaveBeenCalled();
  });

  it('X15: leaves what other pages of the same host keep', async () => {
    const storage = new Memory();
    for (const key of ['winnow.bench.1', 'winnow.isolation', 'another', 'winnowing'])
      storage.setItem(key, '1');
    const gone: string[] = [];
    const registration = (scope: string) => ({ scope, unregister: async () => gone.push(scope) > 0 });
    await forget({
      storages: [
        () => storage,
        () => {
          throw new DOMException('denied', 'SecurityError');
        },
      ],
      caches: {
        keys: async () => ['winnow-1', 'other'],
        delete: async (name: string) => gone.push(name) > 0,
      } as unknown as CacheStorage,
      workers: {
        getRegistrations: async () => [
          registration('https://a.example/app/'),
          registration('https://a.example/'),
        ],
      } as unknown as ServiceWorkerContainer,
      scope: 'https://a.example/app/',
    });
    expect(gone.sort()).toEqual(['https://a.example/app/', 'winnow-1']);
    expect([storage.key(0), storage.key(1), storage.length]).toEqual(['another', 'winnowing', 2]);
  });
});

describe('room', () => {
  it('S15: the answer of the browser is shown, and what it means', async () => {
    const { bench, winnow } = await started();
    const said = vi.spyOn(bench.announcer, 'say');
    for (const [granted, answer] of [
      [false, 'denied'],
      [undefined, 'unknown'],
      [true, 'granted'],
    ] as const) {
      winnow.persisting = async () => granted;
      await bench.room.persist();
      expect(bench.room.store.get().answer).toBe(answer);
    }
    expect(said.mock.calls[0]![0]).toContain('did not agree');
  });

  it('discards downloads, and says when it could not', async () => {
    const { bench, winnow } = await started({}, [
      { ...available, interrupted: { bytes: 1, of: 2 } } as never,
    ]);
    const alarm = vi.spyOn(bench.announcer, 'alarm');
    await bench.discardDownloads();
    expect(bench.models.get('big')?.interrupted).toBeUndefined();
    winnow.removeDownloads = () => Promise.reject(new FailedError('storage-unavailable', 'Denied.'));
    await bench.discardDownloads();
    expect(alarm).toHaveBeenCalledWith('Unfinished downloads were not deleted. Denied.');
  });
});

describe('what the browser deleted', () => {
  it('S08: is named at the next visit, and not again', async () => {
    const { bench, storage, winnow } = await started();
    winnow.tell([installedState(card)]);
    bench.dispose();
    const next = await started({ storage: () => storage });
    expect(next.bench.lost.get()).toEqual([card.name]);
    next.bench.dispose();
    const third = await started({ storage: () => storage });
    expect(third.bench.lost.get()).toEqual([]);
  });

  it('S08: what somebody deleted is not', async () => {
    const { bench, storage, winnow } = await started();
    winnow.tell([installedState(card)]);
    await bench.installs.remove(card);
    const next = await started({ storage: () => storage });
    expect(next.bench.lost.get()).toEqual([]);
  });
});

it.each([
  ['owner/name', { repo: 'owner/name' }],
  [' owner/name/ ', { repo: 'owner/name' }],
  ['https://huggingface.co/owner/name', { repo: 'owner/name' }],
  ['https://huggingface.co/owner/name/tree/v1', { repo: 'owner/name', revision: 'v1' }],
  ['https://huggingface.co/owner/name/blob/main/config.json', { repo: 'owner/name', revision: 'main' }],
  ['https://elsewhere.example/owner/name', undefined],
  ['owner/../name', undefined],
  ['../name', undefined],
  ['a b/c', undefined],
  ['', undefined],
])('the repository %j is %j', (text, name) => expect(parseRepo(text)).toEqual(name));
