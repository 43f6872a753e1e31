/** A database of this origin: transactions that say when they are on disk, and what their failures mean. */
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import { FailedError, WinnowError } from '../core/errors';
import { type Change, MODELS_CHANNEL } from '../rpc/changes';

export interface TransactOptions {
  /** `strict`: on disk when the promise resolves. Default `relaxed`: handed to the system. */
  readonly durability?: 'strict' | 'relaxed';
  /** Bytes that the whole undertaking needs, for the message when there is no room. */
  readonly needed?: number;
}

/**
 * Runs `work` in one transaction and resolves with its answer once the transaction is complete: a quota is
 * enforced when it commits, after every request succeeded. What `work` throws aborts it. Rejects with FailedError
 * 'storage-full' or 'storage-unavailable'.
 */
export type Transact = <T>(
  mode: 'readonly' | 'readwrite',
  work: (store: IDBObjectStore) => T | Promise<T>,
  options?: TransactOptions,
) => Promise<T>;

/** Whether the origin has that database; true where the browser does not say. */
export async function databaseThere(name: string): Promise<boolean> {
  const known = await indexedDB.databases?.().catch(() => undefined);
  return known?.some((database) => database.name === name) ?? true;
}

/** The one object store of a database; nothing is opened before the first transaction. */
export function transactions(databaseName: string, storeName: string): Transact {
  let store: UseStore | undefined;
  /** The connection, opened once and again after the browser closed it. */
  async function connection(): Promise<IDBDatabase> {
    store ??= createStore(databaseName, storeName);
    const database = await store('readonly', ({ transaction }) => transaction.db);
    // Whoever deletes or upgrades the database would wait for this tab otherwise.
    database.onversionchange = () => {
      database.close();
      store = undefined;
    };
    // S09: not by us. The browser, or somebody in its settings, has deleted what was here.
    database.onclose = () => {
      store = undefined;
      tellLost();
    };
    return database;
  }
  return async (mode, work, options = {}) => {
    const begin = async () =>
      once(
        (await connection()).transaction(storeName, mode, { durability: options.durability ?? 'relaxed' }),
        work,
      );
    try {
      return await begin();
    } catch (thrown) {
      if (nameOf(thrown) !== 'InvalidStateError') throw storageError(thrown, options.needed);
    }
    // The connection was closed under us; a new one may work.
    store = undefined;
    return begin().catch((again: unknown) => {
      throw storageError(again, options.needed);
    });
  };
}

/** Every tab looks again at what there is, this worker's own too. */
function tellLost(): void {
  try {
    const channel = new BroadcastChannel(MODELS_CHANNEL);
    channel.postMessage('lost' satisfies Change);
    channel.close();
  } catch {
    // Denied in some frames: they learn of it at their next use.
  }
}

async function once<T>(
  transaction: IDBTransaction,
  work: (store: IDBObjectStore) => T | Promise<T>,
): Promise<T> {
  const complete = promisifyRequest(transaction);
  complete.catch(() => {});
  try {
    const answer = await work(transaction.objectStore(transaction.objectStoreNames[0]!));
    await complete;
    return answer;
  } catch (thrown) {
    // A failed request aborts the transaction by itself; anything else must do it here.
    try {
      transaction.abort();
    } catch {
      // It was over already.
    }
    throw thrown ?? transaction.error ?? new DOMException('The transaction was aborted.', 'AbortError');
  }
}

/** A failure of the database as something a person can act on. */
export function storageError(thrown: unknown, needed?: number): WinnowError {
  if (thrown instanceof WinnowError) return thrown;
  const name = nameOf(thrown);
  if (name === 'QuotaExceededError') {
    const size = needed === undefined ? '' : ` ${megabytes(needed)} are needed.`;
    return new FailedError(
      'storage-full',
      `There is not enough room in this browser.${size} Remove a model or free some disk space, then try again.`,
      needed === undefined ? {} : { bytes: needed },
      { cause: thrown },
    );
  }
  const why =
    name === 'VersionError'
      ? 'The models in this browser were kept by a newer version. Reload the page.'
      : 'This browser keeps nothing for this page, so no model can be installed. A private window or a blocked frame does that: open the page in an ordinary tab.';
  return new FailedError('storage-unavailable', why, {}, { cause: thrown });
}

const megabytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(1, Math.round(bytes / 1e6))} MB`;

const nameOf = (thrown: unknown): unknown => (thrown as { name?: unknown } | null)?.name;
