// @vitest-environment node
import 'fake-indexeddb/auto';
import { promisifyRequest } from 'idb-keyval';
import { describe, expect, it } from 'vitest';
import { MODELS_CHANNEL } from '../rpc/changes';
import { transactions } from './database';

const upgrade = (name: string) =>
  new Promise<IDBDatabase>((done, fail) => {
    const request = indexedDB.open(name, 2);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });

it('S12, S13 a newer version is let in, which is told; after that nothing is read, written or deleted', async () => {
  const told = new BroadcastChannel(MODELS_CHANNEL);
  const heard = new Promise((on) => {
    told.onmessage = ({ data }) => on(data);
  });
  const transact = transactions('winnow-test', 'things');
  await transact('readwrite', (store) => void store.put('ours', 'key'));
  const database = await upgrade('winnow-test');
  expect(await heard).toBe('updated');
  told.close();
  for (const mode of ['readonly', 'readwrite'] as const)
    await expect(transact(mode, (store) => void store.clear?.())).rejects.toMatchObject({
      ...{ code: 'storage-unavailable', data: { newer: true } },
    });
  const things = database.transaction('things').objectStore('things');
  expect(await promisifyRequest(things.get('key'))).toBe('ours');
  database.close();
});

it('S12 one that is deleted by us is let go without a word', async () => {
  const told = new BroadcastChannel(MODELS_CHANNEL);
  const heard: unknown[] = [];
  told.onmessage = ({ data }) => heard.push(data);
  const transact = transactions('winnow-gone', 'things');
  await transact('readwrite', (store) => void store.put('ours', 'key'));
  await promisifyRequest(indexedDB.deleteDatabase('winnow-gone') as never);
  expect(await transact('readonly', (store) => promisifyRequest(store.get('key')))).toBeUndefined();
  await new Promise((on) => setTimeout(on, 20));
  expect(heard).toEqual([]);
  told.close();
});

describe('X15 what is not there', () => {
  const there = async () => (await indexedDB.databases()).map(({ name }) => name);

  it('is read as empty and not made, by many at once', async () => {
    const transact = transactions('winnow-none', 'things');
    const count = () => transact('readonly', (store) => promisifyRequest(store.count()));
    expect(await Promise.all([count(), count(), count()])).toEqual([0, 0, 0]);
    expect(await there()).not.toContain('winnow-none');
  });

  it('is not made by a change that asks for that, nor by one that fails', async () => {
    const transact = transactions('winnow-none', 'things');
    const put = (store: IDBObjectStore) => void store.put('a', 'key');
    await transact('readwrite', put, { create: false });
    await expect(
      transact('readonly', () => {
        throw new RangeError('ours');
      }),
    ).rejects.toMatchObject({ cause: new RangeError('ours') });
    expect(await there()).not.toContain('winnow-none');
  });

  it('is made by whoever writes while another reads, and both get their own', async () => {
    const transact = transactions('winnow-both', 'things');
    const read = () => transact('readonly', (store) => promisifyRequest(store.get('key')));
    const [before, , after] = await Promise.all([
      read(),
      transact('readwrite', (store) => void store.put('ours', 'key')),
      read(),
    ]);
    expect([before, after]).toEqual([undefined, 'ours']);
    expect(await there()).toContain('winnow-both');
  });
});
