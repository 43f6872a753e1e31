/** Handles of folders and files that a run came from: the way back to them after a restart, and nothing of what is in them. */
import { promisifyRequest } from 'idb-keyval';
import { INPUTS_DATABASE } from '../../rpc/databases';
import type { KeptHandle } from '../../rpc/reading';
import { transactions } from '../database';

const transact = transactions(INPUTS_DATABASE, 'handles');

/** Adds to those that the run has. Rejects with FailedError('storage-unavailable' | 'storage-full'). */
export async function keepHandles(run: string, handles: readonly KeptHandle[]): Promise<void> {
  const merged = [...(await keptHandles(run))];
  for (const handle of handles) if (!(await isAmong(handle, merged))) merged.push(handle);
  await transact('readwrite', (store) => promisifyRequest(store.put(merged, run)));
}

/** The same folder or file, chosen once more: a handle of it is a new object each time. */
async function isAmong(handle: KeptHandle, others: readonly KeptHandle[]): Promise<boolean> {
  for (const other of others) if (await handle.isSameEntry(other)) return true;
  return false;
}

/** None where nothing was kept, or the browser keeps nothing: they can be chosen again. */
export async function keptHandles(run: string): Promise<readonly KeptHandle[]> {
  return (
    (await transact('readonly', (store) => promisifyRequest<KeptHandle[]>(store.get(run))).catch(() => [])) ??
    []
  );
}

export async function forgetHandles(run: string): Promise<void> {
  await transact('readwrite', (store) => promisifyRequest(store.delete(run)), { create: false });
}
