import 'fake-indexeddb/auto';
import { promisifyRequest } from 'idb-keyval';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { starterImage } from '../../catalog/starter-image';
import { type FailedError, toWinnowError } from '../../core/errors';
import { storageError } from '../database';
import { listKept, removeKept, sweep } from '../store';
import { transact } from './database';
import { claim, Draft } from './draft';
import type { Manifest } from './manifest';
import { noteOrder, openStored, readStored, verifyStored } from './stored';

/** Web Locks of one tab after another; Node has none. */
class Locks {
  held = new Set<string>();
  async query() {}
  async request(name: string, options: LockOptions, granted: (lock: Lock | null) => unknown) {
    if (this.held.has(name) && options.ifAvailable) return granted(null);
    while (this.held.has(name)) {
      if (options.signal?.aborted) throw new DOMException('', 'AbortError');
      await new Promise((resolve) => setTimeout(resolve));
    }
    this.held.add(name);
    try {
      return await granted({ name, mode: 'exclusive' });
    } finally {
      this.held.delete(name);
    }
  }
}

const locks = new Locks();
beforeEach(() => vi.stubGlobal('navigator', { locks }));
afterEach(async () => {
  await transact('readwrite', (store) => void store.clear());
  locks.held.clear();
  vi.restoreAllMocks();
});

const bytes = (...values: number[]) => Uint8Array.from(values);
const keys = () => transact('readonly', (store) => promisifyRequest(store.getAllKeys()));
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => toWinnowError(error) as FailedError,
  );

function manifestOf(draft: Draft): Manifest {
  return {
    ...{ version: 1, generation: draft.generation, card: { ...starterImage, id: draft.id } },
    ...{ precision: 'exact', at: '2026-01-01T00:00:00.000Z', bytes: draft.bytes, files: [] },
    ...{ pieces: draft.pieces, layouts: {} },
    reference: { tolerance: 1e-4, cases: [{ probe: 'gradient', values: [0.5, 0.5] }] },
  };
}

async function install(id: string, ...chunks: Uint8Array<ArrayBuffer>[]): Promise<Draft> {
  const draft = await Draft.begin(id);
  const sink = draft.sink('network.weights', 100);
  for (const chunk of chunks) await sink.write(chunk);
  await sink.close();
  await draft.promote(manifestOf(draft));
  return draft;
}

describe('a kept model', () => {
  it('comes back chunk by chunk, and is listed', async () => {
    await install('a', bytes(1, 2, 3), bytes(4));
    const stored = await openStored('a');
    expect(new Uint8Array(await stored.piece('network.weights').arrayBuffer())).toEqual(bytes(1, 2, 3, 4));
    expect(await listKept()).toMatchObject([{ card: { id: 'a' }, installed: { bytes: 4 } }]);
    expect(locks.held.size).toBe(0);
  });

  it('takes the place of the one before in one step, and leaves nothing of it', async () => {
    await install('a', bytes(1, 2, 3), bytes(4));
    const second = await install('a', bytes(9));
    expect(await keys()).toEqual([
      ['chunk', 'a', second.generation, 0],
      ['model', 'a'],
    ]);
  });

  it('may reuse its buffer as soon as a write returns', async () => {
    const draft = await Draft.begin('a');
    const sink = draft.sink('network.weights', 100);
    const buffer = bytes(0, 0);
    for (let value = 1; value <= 4; value++) {
      buffer.fill(value);
      await sink.write(buffer);
    }
    await sink.close();
    await draft.promote(manifestOf(draft));
    const blob = (await openStored('a')).piece('network.weights');
    expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  });

  it('is read once for whoever compares it and whoever uses it', async () => {
    await install('a', bytes(1, 2, 3), bytes(4, 5));
    const read = vi.spyOn(Blob.prototype, 'arrayBuffer');
    const stored = await openStored('a');
    const used = await stored.bytes('network.weights');
    await stored.verified;
    expect([...used]).toEqual([1, 2, 3, 4, 5]);
    expect(read).toHaveBeenCalledTimes(1);
    stored.release();
    expect([...(await stored.bytes('network.weights'))]).toEqual([1, 2, 3, 4, 5]);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('is gone after it was removed, and others are not', async () => {
    await install('a', bytes(1));
    await install('ab', bytes(2));
    await removeKept('a');
    await removeKept('never-there');
    expect((await listKept()).map(({ card }) => card.id)).toEqual(['ab']);
    expect((await keys()).filter((key) => (key as string[])[1] === 'a')).toEqual([]);
    expect((await failed(openStored('a')))?.code).toBe('asset-missing');
  });
});

describe('S04, S05: an installation that never ended', () => {
  it('is never offered, and is deleted at the next start', async () => {
    const draft = await Draft.begin('a');
    await draft.put('network.weights', bytes(1, 2, 3), 3);
    expect(await listKept()).toEqual([]);
    locks.held.clear(); // Its tab is gone.
    expect(await sweep()).toBe(1);
    expect(await keys()).toEqual([]);
  });

  it('is gone on with by the thread that claimed it, and deleted by nobody in between', async () => {
    const first = await Draft.begin('a');
    await first.put('network.weights', bytes(1, 2, 3), 3);
    const left = first.leave();
    await first.discard(); // Does nothing: it is another's now.
    await claim('a');
    const resuming = Draft.resume(left);
    expect(await sweep()).toBe(0);
    locks.held.clear(); // The first thread has ended.
    const second = await resuming;
    expect(await sweep()).toBe(0);
    await second.put('network.graph', bytes(4), 1);
    expect(second.bytes).toBe(4);
    await second.promote(manifestOf(second));
    const stored = await openStored('a');
    await verifyStored(stored);
    expect([...(await stored.bytes('network.weights'))]).toEqual([1, 2, 3]);
    expect([...(await stored.bytes('network.graph'))]).toEqual([4]);
    expect(locks.held.size).toBe(0);
  });

  it('leaves the model alone that it was to replace', async () => {
    await install('a', bytes(1));
    const draft = await Draft.begin('a');
    await draft.put('network.weights', bytes(9, 9), 2);
    locks.held.clear();
    await sweep();
    expect([...new Uint8Array(await (await openStored('a')).piece('network.weights').arrayBuffer())]).toEqual(
      [1],
    );
    expect(await keys()).toHaveLength(2);
  });

  it('is left alone while another tab still works on it; removing then takes what was promoted', async () => {
    await install('a', bytes(1));
    const draft = await Draft.begin('a');
    await draft.put('network.weights', bytes(1, 2, 3), 3);
    expect(await sweep()).toBe(0);
    await removeKept('a');
    await draft.promote(manifestOf(draft));
    expect((await openStored('a')).manifest.bytes).toBe(3);
  });

  it('leaves nothing when it is discarded', async () => {
    const draft = await Draft.begin('a');
    await draft.put('network.weights', bytes(1, 2, 3), 3);
    await draft.discard();
    await draft.discard();
    expect(await keys()).toEqual([]);
    expect(locks.held.size).toBe(0);
  });
});

it('waits for a tab that installs the same model, and can be withdrawn meanwhile', async () => {
  const first = await Draft.begin('a');
  const controller = new AbortController();
  const second = Draft.begin('a', controller.signal);
  controller.abort();
  expect((await failed(second))?.code).toBe('cancelled');
  const third = Draft.begin('a');
  await first.discard();
  await (await third).discard();
});

describe('S10: a stored model that changed', () => {
  async function changed(change: (store: IDBObjectStore, key: IDBValidKey[]) => void) {
    const { generation } = await install('a', bytes(1, 2, 3), bytes(4, 5));
    await transact('readwrite', (store) => change(store, ['chunk', 'a', generation, 1]));
    return failed(openStored('a').then(({ verified }) => verified));
  }

  it('is refused when a chunk is missing, shorter, or other bytes', async () => {
    const changes: ((store: IDBObjectStore, key: IDBValidKey[]) => void)[] = [
      (store, key) => store.delete(key),
      (store, key) => store.put(new Blob([bytes(4)]), key),
      (store, key) => store.put(new Blob([bytes(4, 6)]), key),
      (store, key) => store.put('text', key),
      (store) => store.put({ version: 1 }, ['model', 'a']),
      (store) => store.put(null, ['model', 'a']),
    ];
    for (const change of changes) expect((await changed(change))?.code).toBe('asset-corrupt');
  });

  it('is not listed when its record is not usable, and can still be removed', async () => {
    await changed((store) => store.put({ version: 1, generation: 5 }, ['model', 'a']));
    expect(await listKept()).toEqual([]);
    await removeKept('a');
    expect(await keys()).toEqual([]);
  });

  it('is hashed at every opening, but for weights that are compared when they are read', async () => {
    const draft = await install('a', bytes(1, 2));
    const digest = vi.spyOn(crypto.subtle, 'digest');
    const layout = { version: 1, seenBytes: 0, keptBytes: 2, weights: [], tables: [] };
    const reads = { order: [], weights: [], pages: ['a'.repeat(32)] };
    for (const [more, times] of [
      [{}, 1],
      [{ layouts: { network: layout }, reads: { network: reads } }, 0],
      [{ layouts: { network: layout }, reads: { network: { ...reads, pages: undefined } } }, 1],
      [{ layouts: { network: layout }, reads: { network: { ...reads, weights: ['b'.repeat(32)] } } }, 1],
      [{ layouts: { network: layout }, reads: { network: { ...reads, order: [0] } } }, 1],
      [{ layouts: { network: layout }, reads: { head: reads } }, 1],
    ] as const) {
      await transact(
        'readwrite',
        (store) => void store.put({ ...manifestOf(draft), ...more }, ['model', 'a']),
      );
      digest.mockClear();
      await (await openStored('a')).verified;
      expect(digest).toHaveBeenCalledTimes(times);
    }
  });

  it('can be withdrawn while it is being hashed', async () => {
    const draft = await install('a', bytes(1), bytes(2));
    const stored = await readStored(manifestOf(draft));
    const seen: number[] = [];
    await verifyStored(stored, (done) => seen.push(done));
    expect(seen).toEqual([1, 2]);
    expect((await failed(verifyStored(stored, undefined, AbortSignal.abort())))?.code).toBe('cancelled');
  });
});

describe('S01: no room', () => {
  const full = new DOMException('', 'QuotaExceededError');

  it('is a message with the bytes that are needed', () => {
    const error = storageError(full, 1_100_000_000);
    expect(error).toMatchObject({ code: 'storage-full', data: { bytes: 1_100_000_000 } });
    expect(error.message).toContain('1.1 GB');
  });

  it('arrives when the transaction commits, reaches whoever writes, and can be cleaned up after', async () => {
    const draft = await Draft.begin('a');
    const sink = draft.sink('network.weights', 200);
    await sink.write(bytes(1));
    await sink.close();
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore) {
      const { transaction } = this;
      queueMicrotask(() => {
        Object.defineProperty(transaction, 'error', { value: full });
        transaction.abort();
      });
      return {} as IDBRequest<IDBValidKey>;
    });
    await sink.write(bytes(2)).catch(() => {});
    const error = await failed(sink.close());
    expect(error).toMatchObject({ code: 'storage-full', data: { bytes: 200 } });
    put.mockRestore();
    await draft.discard();
    expect(await keys()).toEqual([]);
  });
});

it('S11, S13: no storage, or a newer one, is said as such', () => {
  for (const name of ['SecurityError', 'UnknownError', 'InvalidStateError'])
    expect(storageError(new DOMException('', name))).toMatchObject({ code: 'storage-unavailable' });
  expect(storageError(new ReferenceError('indexedDB is not defined')).code).toBe('storage-unavailable');
  expect(storageError(new DOMException('', 'VersionError')).message).toContain('newer version');
});

describe('S13 a model that a newer version has installed', () => {
  const newer = { version: 2, card: 'kept otherwise' };

  it('is not installed over, and its chunks stay', async () => {
    await install('a', bytes(1));
    await transact('readwrite', (store) => void store.put(newer, ['model', 'a']));
    const before = await keys();
    expect(await sweep()).toBe(0);
    expect(await failed(Draft.begin('a'))).toMatchObject({
      code: 'storage-unavailable',
      data: { newer: true },
    });
    expect(await keys()).toEqual(before);
    expect(locks.held.size).toBe(0);
  });

  it('is not written over by an installation that began before', async () => {
    const draft = await Draft.begin('a');
    await transact('readwrite', (store) => void store.put(newer, ['model', 'a']));
    expect(await failed(draft.promote(manifestOf(draft)))).toMatchObject({ data: { newer: true } });
    await draft.discard();
    expect(await transact('readonly', (store) => promisifyRequest(store.get(['model', 'a'])))).toEqual(newer);
  });
});

describe('the order in which weights are read', () => {
  const reads = { order: [0, 1], weights: ['a'.repeat(32), 'b'.repeat(32)], pages: [] };
  const orderOf = async () => {
    const record = await transact('readonly', (store) =>
      promisifyRequest<Manifest>(store.get(['model', 'a'])),
    );
    return record.reads?.network?.order;
  };

  it('is noted when it is another, for this installation only', async () => {
    const draft = await Draft.begin('a');
    const manifest: Manifest = { ...manifestOf(draft), reads: { network: reads } };
    await draft.promote(manifest);
    await noteOrder(manifest, 'network', [1, 0]);
    expect(await orderOf()).toEqual([1, 0]);
    await noteOrder({ ...manifest, generation: 'earlier' }, 'network', [0, 0]);
    expect(await orderOf()).toEqual([1, 0]);
    // More reads than a record may name would make it useless.
    await noteOrder(manifest, 'network', [0, 1, 0, 1, 0, 1, 0]);
    expect(await orderOf()).toEqual([1, 0]);
  });

  it('of a model that is gone brings nothing back', async () => {
    const draft = await Draft.begin('a');
    const manifest: Manifest = { ...manifestOf(draft), reads: { network: reads } };
    await draft.promote(manifest);
    await removeKept('a');
    await noteOrder(manifest, 'network', [1, 0]);
    expect(await keys()).toEqual([]);
  });
});
