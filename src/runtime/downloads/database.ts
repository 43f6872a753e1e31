/** The database of files on their way to becoming models. Keys: ['file', key], ['chunk', key, i], ['lease', key]. */
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import { storageError } from '../store/database';

const DATABASE = 'winnow-sources';
const STORE = 'sources';

let store: UseStore | undefined;

async function connection(): Promise<IDBDatabase> {
  store ??= createStore(DATABASE, STORE);
  const database = await store('readonly', ({ transaction }) => transaction.db);
  // Whoever deletes or upgrades the database would wait for this tab otherwise.
  database.onversionchange = () => {
    database.close();
    store = undefined;
  };
  return database;
}

export interface TransactOptions {
  readonly durability?: 'strict' | 'relaxed';
  /** Bytes that the whole undertaking needs, for the message when there is no room. */
  readonly needed?: number;
}

/**
 * Runs `work` in one transaction; resolves once that is complete, because a quota is enforced when it commits. What
 * `work` throws aborts it and is thrown on. Rejects with FailedError 'storage-full' or 'storage-unavailable'.
 */
export async function transact<T>(
  mode: 'readonly' | 'readwrite',
  work: (store: IDBObjectStore) => T | Promise<T>,
  options: TransactOptions = {},
): Promise<T> {
  try {
    return await once(mode, work, options);
  } catch (thrown) {
    if ((thrown as { name?: unknown } | null)?.name !== 'InvalidStateError')
      throw storageError(thrown, options.needed);
  }
  // The connection was closed under us; a new one may work.
  store = undefined;
  return once(mode, work, options).catch((again: unknown) => {
    throw storageError(again, options.needed);
  });
}

async function once<T>(
  mode: 'readonly' | 'readwrite',
  work: (store: IDBObjectStore) => T | Promise<T>,
  { durability = 'relaxed' }: TransactOptions,
): Promise<T> {
  const database = await connection();
  const transaction = database.transaction(STORE, mode, { durability });
  const complete = promisifyRequest(transaction);
  complete.catch(() => {});
  try {
    const answer = await work(transaction.objectStore(STORE));
    await complete;
    return answer;
  } catch (thrown) {
    try {
      transaction.abort();
    } catch {
      // It was over already.
    }
    throw thrown ?? transaction.error ?? new DOMException('The transaction was aborted.', 'AbortError');
  }
}
