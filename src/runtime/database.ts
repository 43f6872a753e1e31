/** A database of this origin: transactions that say when they are on disk, and what their failures mean. */
import { promisifyRequest } from 'idb-keyval';
import { FailedError, WinnowError } from '../core/errors';
import { type Change, MODELS_CHANNEL } from '../rpc/changes';
import { newLog } from './new-log';

export interface TransactOptions {
  /** `strict`: on disk when the promise resolves. Default `relaxed`: handed to the system. */
  readonly durability?: 'strict' | 'relaxed';
  /** Bytes that the whole undertaking needs, for the message when there is no room. */
  readonly needed?: number;
  /**
   * Whether a database that is not there is made: by default, for `readwrite` only. Where it is not, `work` finds an empty
   * store, and nothing of the database is there afterwards, so that what was cleared stays cleared (X15).
   */
  readonly create?: boolean;
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

/** Of every database. A newer Winnow that keeps things otherwise takes the next, and older ones leave them alone. */
const VERSION = 1;

/** The one object store of a database; nothing is opened before the first transaction. */
export function transactions(databaseName: string, storeName: string): Transact {
  let opened: Promise<IDBDatabase | undefined> | undefined;
  let writable: Promise<void> | undefined;

  /** The connection, opened once and again after it was closed; undefined after `absent` had the store of one that is not there. */
  async function connection(absent?: Absent): Promise<IDBDatabase | undefined> {
    // Another's look may have found none.
    for (let theirs = opened; theirs; theirs = opened) {
      const database = await theirs;
      if (database) return database;
    }
    const opening = openDatabase(databaseName, storeName, absent);
    const forget = () => {
      if (opened === opening) opened = undefined;
    };
    opened = opening;
    opening.then((database) => {
      if (!database) return forget();
      // Whoever deletes or upgrades the database would wait for this tab otherwise.
      database.onversionchange = ({ newVersion }) => {
        database.close();
        forget();
        // S12: a newer Winnow has it from now on.
        if (newVersion !== null) tellTabs('updated');
      };
      // S09: not by us. The browser, or somebody in its settings, has deleted what was here.
      database.onclose = () => {
        forget();
        tellTabs('lost');
      };
    }, forget);
    // Awaited, so that transactions begin in the order in which they were asked for.
    return await opening;
  }

  return async (mode, work, { durability = 'relaxed', needed, create = mode === 'readwrite' } = {}) => {
    // What is asked for after a write begins after it, too.
    if (mode === 'readwrite') writable ??= newLog();
    if (writable) await writable;
    const begin = async () => {
      const empty = create ? undefined : lookInto(work);
      const database = await connection(empty?.look);
      return database ? once(database.transaction(storeName, mode, { durability }), work) : empty!.answer();
    };
    try {
      return await begin();
    } catch (thrown) {
      if (nameOf(thrown) !== 'InvalidStateError') throw storageError(thrown, needed);
    }
    // The connection was closed under us; a new one may work.
    opened = undefined;
    return begin().catch((again: unknown) => {
      throw storageError(again, needed);
    });
  };
}

/** Gets the store of a database that is only just being made, and ends before it is. */
type Absent = (store: IDBObjectStore) => Promise<void>;

/** What `work` finds where there is nothing. */
function lookInto<T>(work: (store: IDBObjectStore) => T | Promise<T>) {
  let answer: Promise<T> | undefined;
  return {
    look: async (store: IDBObjectStore) => {
      answer = (async () => work(store))();
      await answer.catch(() => {});
    },
    answer: (): Promise<T> => answer!,
  };
}

/** Opens the database, or makes it; with `absent`, that gets the store and the making is taken back. */
async function openDatabase(
  databaseName: string,
  storeName: string,
  absent?: Absent,
): Promise<IDBDatabase | undefined> {
  const request = indexedDB.open(databaseName, VERSION);
  // The browser itself may write when it is closed, though nothing was.
  void newLog();
  let taken = false;
  request.onupgradeneeded = () => {
    const store = request.result.createObjectStore(storeName);
    if (!absent) return;
    taken = true;
    const { transaction } = store;
    absent(store).then(() => abort(transaction));
  };
  try {
    return await promisifyRequest(request);
  } catch (thrown) {
    if (taken && nameOf(thrown) === 'AbortError') return undefined;
    throw thrown;
  }
}

/** To the page of this worker, and to every other tab. */
function tellTabs(change: Change): void {
  try {
    const channel = new BroadcastChannel(MODELS_CHANNEL);
    channel.postMessage(change);
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
    abort(transaction);
    throw thrown ?? transaction.error ?? new DOMException('The transaction was aborted.', 'AbortError');
  }
}

/** Aborts it, unless it is over already. */
export function abort(transaction: IDBTransaction | undefined): void {
  try {
    transaction?.abort();
  } catch {
    // It is over, or was never begun.
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
  if (name === 'VersionError') return keptByNewer({ cause: thrown });
  return new FailedError(
    'storage-unavailable',
    'This browser keeps nothing for this page, so no model can be installed. A private window or a blocked frame does that: open the page in an ordinary tab.',
    {},
    { cause: thrown },
  );
}

/** FailedError 'storage-unavailable' with `data.newer`: what is kept is a newer version's, and stays as it is (S13). */
export function keptByNewer(options?: ErrorOptions): FailedError {
  return new FailedError(
    'storage-unavailable',
    'What this browser keeps was made by a newer version of Winnow. Nothing was deleted. Reload the page to get that version.',
    { newer: true },
    options,
  );
}

/** Whether a newer version has written this record: it is neither read nor written over. */
export const isNewer = (record: unknown): boolean => {
  const { version } = (record ?? {}) as { version?: unknown };
  return typeof version === 'number' && version > VERSION;
};

const megabytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(1, Math.round(bytes / 1e6))} MB`;

const nameOf = (thrown: unknown): unknown => (thrown as { name?: unknown } | null)?.name;
