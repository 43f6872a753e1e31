/** The database of runs: one store, whose keys say what lies there. */
import { FailedError, WinnowError } from '../../core/errors';
import { TRIAGE_DATABASE } from '../../rpc/databases';
import { abort, type TransactOptions, transactions } from '../database';

/** `run` → its row; `page` → items and scores as they came; `record` → those written together, by the first's `seq`. */
export const KEY = {
  run: (run: string) => ['run', run],
  page: (run: string, number: number) => ['page', run, number],
  record: (run: string, seq: number) => ['record', run, seq],
} as const;

export type Work<T> = (store: IDBObjectStore) => T | Promise<T>;
export type Transaction = <T>(
  mode: 'readonly' | 'readwrite',
  work: Work<T>,
  options?: TransactOptions,
) => Promise<T>;

/** How long a transaction may take before it is begun anew, and how often. */
export interface Patience {
  readonly milliseconds: number;
  readonly attempts: number;
}
const PATIENCE: Patience = { milliseconds: 10_000, attempts: 3 };

/**
 * Transactions on the database of runs, with failures in words about decisions. One that never completes (S16) is
 * aborted and begun anew, so `work` must come to the same when an earlier attempt did reach the disk.
 */
export function triageTransactions(patience: Patience = PATIENCE): Transaction {
  const transact = transactions(TRIAGE_DATABASE, 'triage');
  return async (mode, work, options) => {
    for (let attempt = 1; ; attempt++) {
      const stuck = stopwatch(patience.milliseconds);
      let begun: IDBTransaction | undefined;
      const watched: typeof work = (store) => {
        begun = store.transaction;
        return work(store);
      };
      try {
        return await Promise.race([transact(mode, watched, options), stuck.late]);
      } catch (thrown) {
        if (thrown !== stuck.error || attempt >= patience.attempts) throw inWords(thrown);
        abort(begun);
      } finally {
        stuck.stop();
      }
    }
  };
}

function stopwatch(milliseconds: number) {
  const error = new FailedError('timeout', LATE);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(error), milliseconds);
  });
  late.catch(() => {});
  return { late, error, stop: () => clearTimeout(timer) };
}

const LATE =
  'Not saved: the browser’s storage does not answer. Your decision is still here. Try again, or export what you have.';
const FULL =
  'Not saved. There is no room left in this browser. Your decision is still here: free some disk space or remove a model, then try again, or export it.';
const NOTHING =
  'This browser keeps nothing for this page, so decisions last as long as this tab does. Export them before you leave.';
const NEWER =
  'The runs in this browser were kept by a newer version of Winnow. Nothing was deleted. Reload the page to get that version.';

function inWords(thrown: unknown): unknown {
  if (!(thrown instanceof WinnowError)) return thrown;
  const { code, data, cause } = thrown;
  if (code === 'storage-full') return new FailedError(code, FULL, data, { cause });
  if (code !== 'storage-unavailable' || data.lost) return thrown;
  const newer = (cause as { name?: unknown } | undefined)?.name === 'VersionError';
  return new FailedError(code, newer ? NEWER : NOTHING, data, { cause });
}
