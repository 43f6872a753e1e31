/** Keeps a browser that was killed in the middle of a write from losing, one start later, all that the origin keeps. */
import { promisifyRequest } from 'idb-keyval';
import { LOG_DATABASE } from '../rpc/databases';

/** Nobody waits for it any longer. */
const PATIENCE_MS = 1_000;

let done: Promise<void> | undefined;

/**
 * Has the browser begin a new log for its databases, once per worker; takes 2 to 4 ms and never rejects. To be awaited before
 * anything is written.
 *
 * Chromium (156) keeps all databases of an origin in one LevelDB. An entry of its log is written in two parts, head and
 * content, and a process that is killed between them leaves half an entry. The next start reads the log up to there, and
 * *appends* to it; the start after that finds the half in the middle of the log, takes everything for corrupted and deletes
 * it: decisions that were reported as saved, and models. Deleting a database that exists moves what the log holds into
 * a table and begins a new log.
 */
export function newLog(): Promise<void> {
  done ??= Promise.race([begin().catch(() => {}), new Promise<void>((on) => setTimeout(on, PATIENCE_MS))]);
  return done;
}

async function begin(): Promise<void> {
  // Others write their files anew, or lose the half alone.
  if (!/Chrom(e|ium)\//.test(globalThis.navigator?.userAgent ?? '')) return;
  const database = await promisifyRequest(indexedDB.open(LOG_DATABASE));
  database.close();
  await promisifyRequest(indexedDB.deleteDatabase(LOG_DATABASE));
}
