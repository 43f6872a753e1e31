/** A database of this origin: transactions that say when they are on disk, and what their failures mean. */
import { promisifyRequest } from 'idb-keyval';
import { FailedError, WinnowError } from '../core/errors';
import { type Change, MODELS_CHANNEL } from '../rpc/changes';
import { databasesThere } from '../rpc/databases';
import { newLog } from './new-log';

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

/**
 * Whether the origin has that database; true where the browser does not say. Asked before reading, which would make an empty one.
 */
export async function databaseThere(name: string): Promise<boolean> {
  return (await databasesThere())?.includes(name) ?? true;
}

/** Of every database. A newer Winnow that keeps things otherwise takes the next, and older ones leave them alone. */
const VERSION = 1;

/** The one object store of a database; nothing is opened before the first transaction. */
export function transactions(databaseName: string, storeName: string): Transact {
  let opened: Promise<IDBDatabase> | undefined;
  /** The connection, opened once and again after it was closed. */
  function connection(): Promise<IDBDatabase> {
    if (opened) return opened;
    const request = indexedDB.open(databaseName, VERSION);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName);
    const opening = promisifyRequest(request);
    const forget = () => {
      if (opened === opening) opened = undefined;
    };
    opened = opening;
    opening.then((database) => {
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
    return opening;
  }
  return async (mode, work, options = {}) => {
    if (mode === 'readwrite') await newLog();
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
    opened = undefined;
    return begin().catch((again: unknown) => {
      throw storageError(again, options.needed);
    });
  };
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
