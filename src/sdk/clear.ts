/** Deletes every database of Winnow in this origin. */
import { FailedError } from '../core/errors';
import type { Change } from '../rpc/changes';
import { DATABASE_PREFIX, DATABASES, databasesThere } from '../rpc/databases';

/** How long another tab's connection may take to be closed. */
const PATIENCE = 5_000;

/** Rounds, and milliseconds between two: another tab's worker may have opened one anew before it heard of it. */
const ROUNDS = 5;
const PAUSE = 200;

/** Rejects with FailedError('storage-unavailable') when another tab keeps one open, or the browser denies storage. */
export async function deleteDatabases(): Promise<void> {
  for (let round = 1; ; round++) {
    const there = await databasesThere();
    // Where the browser does not say, they are asked for by name: deleting what is not there does nothing.
    const names = there?.filter((name) => name.startsWith(DATABASE_PREFIX)) ?? DATABASES;
    if (names.length === 0) return;
    if (round > ROUNDS) throw new FailedError('storage-unavailable', IN_USE);
    await Promise.all(names.map(deleteDatabase));
    if (!there) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

const IN_USE =
  'Another tab of this page still uses what is kept here. Close the other tabs; it is deleted with the last of them. Then clear again to be sure.';

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (message: string, cause?: unknown) =>
      reject(new FailedError('storage-unavailable', message, {}, { cause }));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const request = indexedDB.deleteDatabase(name);
    request.onblocked = () => {
      timer = setTimeout(() => fail(IN_USE), PATIENCE);
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      resolve();
    };
    request.onerror = () => {
      clearTimeout(timer);
      fail(
        'This browser does not let what is kept here be deleted. Clear the data of this site in its settings.',
        request.error,
      );
    };
  });
}

/** Longer than clearing takes: should the tab that clears be gone before it says that it has. */
const FORGOTTEN = 15_000;

/** Whether everything is being deleted, here or by another tab: reading meanwhile would make it anew. */
export class Clearing {
  #here = 0;
  #elsewhere: ReturnType<typeof setTimeout> | undefined;

  get underWay(): boolean {
    return this.#here > 0 || this.#elsewhere !== undefined;
  }

  heard(change: Change): void {
    // The others say nothing of clearing; what is deleted may well look lost to somebody meanwhile.
    if (change !== 'clearing' && change !== 'cleared') return;
    clearTimeout(this.#elsewhere);
    this.#elsewhere = undefined;
    if (change === 'clearing')
      this.#elsewhere = setTimeout(() => {
        this.#elsewhere = undefined;
      }, FORGOTTEN);
  }

  async here<T>(work: () => Promise<T>): Promise<T> {
    this.#here++;
    try {
      return await work();
    } finally {
      this.#here--;
    }
  }
}
