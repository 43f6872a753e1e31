/**
 * Installed models in this browser: chunks of bytes, and a record that names them. The record is written last, in
 * one strict transaction, so that a model is there altogether or not at all; chunks without a record are what an
 * interrupted installation left, and are deleted at the next start.
 *
 * Keys: ['model', id] → Manifest; ['chunk', id, generation, i] → Blob; ['checked', id] → Checked.
 * ['source', …] is kept free for files on their way here.
 */
import { promisifyRequest } from 'idb-keyval';
import type { KeptModel } from '../rpc/contract';
import { isNewer } from './database';
import { transact } from './store/database';
import { installLock, within } from './store/keys';
import { lock, locksManager, tryLock } from './store/locks';
import { keptModel, type Manifest, parseManifest } from './store/manifest';

/** Every installed model that is usable, by id. One whose record is not is left out, and left alone. */
export async function listKept(): Promise<KeptModel[]> {
  const records = await transact('readonly', (store) => readRecords(store));
  return records.map(keptModel);
}

/** When the installed model of that id was promoted; undefined where there is none. */
export async function installedAt(id: string): Promise<string | undefined> {
  const record = await transact('readonly', (store) => promisifyRequest<unknown>(store.get(['model', id])));
  const { at } = (record ?? {}) as Partial<Manifest>;
  return typeof at === 'string' ? at : undefined;
}

async function readRecords(store: IDBObjectStore): Promise<Manifest[]> {
  const range = within('model');
  const keys = promisifyRequest(store.getAllKeys(range));
  const values = promisifyRequest(store.getAll(range));
  const [names, found] = await Promise.all([keys, values]);
  return found.flatMap((value, at) => {
    try {
      return [parseManifest(value, String((names[at] as IDBValidKey[])[1]))];
    } catch {
      return [];
    }
  });
}

/** How many models are kept that this version cannot read: most likely a newer one made them. They are left alone. */
export async function countUnreadable(): Promise<number> {
  const [all, read] = await transact('readonly', (store) =>
    Promise.all([promisifyRequest(store.count(within('model'))), readRecords(store)]),
  );
  return all - read.length;
}

/** Deletes a model's record, then whatever else is kept of it, in one transaction. */
export async function removeKept(id: string): Promise<void> {
  // Another tab may be installing it anew: then only what is promoted goes.
  const unlock = await tryLock(installLock(id));
  try {
    await transact(
      'readwrite',
      async (store) => {
        const record: unknown = await promisifyRequest(store.get(['model', id]));
        const generation = (record as Partial<Manifest> | undefined)?.generation;
        store.delete(['model', id]);
        store.delete(['checked', id]);
        if (unlock || !locksManager()) store.delete(within('chunk', id));
        else if (typeof generation === 'string') store.delete(within('chunk', id, generation));
      },
      { durability: 'strict', create: false },
    );
  } finally {
    unlock?.();
  }
}

/** Deletes chunks of installations that never ended, unless one is still going on. Returns how many models had some. */
export async function sweep(): Promise<number> {
  const keys = await transact('readonly', (store) => promisifyRequest(store.getAllKeys(within('chunk'))));
  const ids = new Set(keys.map((key) => String((key as IDBValidKey[])[1])));
  let swept = 0;
  for (const id of ids) swept += (await sweepModel(id)) ? 1 : 0;
  return swept;
}

/** An ended worker's lock is given back a little later than it ends. */
const LOCK_PATIENCE = 2_000;

/** What a worker wrote last may arrive after it is gone. */
const ECHO = 250;

/** Deletes what a stopped installation of this model left; does nothing when another tab installs it by now. */
export async function tidy(id: string): Promise<void> {
  const unlock = await lock(installLock(id), AbortSignal.timeout(LOCK_PATIENCE)).catch(() => undefined);
  unlock?.();
  if (!unlock) return;
  await sweepModel(id);
  do await new Promise((resolve) => setTimeout(resolve, ECHO));
  while (await sweepModel(id));
}

async function sweepModel(id: string): Promise<boolean> {
  const unlock = await tryLock(installLock(id));
  // Held by a tab that is installing, or not to be had here: then nobody can tell, and bytes are left rather than lost.
  if (!unlock) return false;
  try {
    return await transact(
      'readwrite',
      async (store) => {
        const record: unknown = await promisifyRequest(store.get(['model', id]));
        // Nobody here knows which chunks are its.
        if (isNewer(record)) return false;
        const live = (record as Partial<Manifest> | undefined)?.generation;
        const keys = await promisifyRequest(store.getAllKeys(within('chunk', id)));
        const dead = keys.filter((key) => (key as IDBValidKey[])[2] !== live);
        for (const key of dead) store.delete(key);
        return dead.length > 0;
      },
      { create: false },
    );
  } finally {
    unlock();
  }
}

/** What is installed; leftovers are deleted after. Rejects with FailedError('storage-unavailable') where nobody can tell. */
export async function keptAtStart(): Promise<KeptModel[]> {
  const kept = await listKept();
  // Nobody waits for it: chunks without a record are offered to nobody.
  sweep().catch(() => {});
  return kept;
}
