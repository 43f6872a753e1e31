/** Deletes every database of Winnow in this origin. */
import { FailedError } from '../core/errors';
import { DATABASE_PREFIX, DATABASES } from '../rpc/databases';

/** How long another tab's connection may take to be closed. */
const PATIENCE = 5_000;

/** Rejects with FailedError('storage-unavailable') when another tab keeps one open, or the browser denies storage. */
export async function deleteDatabases(): Promise<void> {
  const there = await Promise.resolve(indexedDB.databases?.()).catch(() => undefined);
  const found = there?.flatMap(({ name }) => (name?.startsWith(DATABASE_PREFIX) ? [name] : []));
  // Those that another browser keeps from us are asked for by name: deleting what is not there does nothing.
  const names = new Set([...(found ?? []), ...(there ? [] : DATABASES)]);
  await Promise.all([...names].map(deleteDatabase));
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (message: string, cause?: unknown) =>
      reject(new FailedError('storage-unavailable', message, {}, { cause }));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const request = indexedDB.deleteDatabase(name);
    request.onblocked = () => {
      timer = setTimeout(
        () =>
          fail(
            'Another tab of this page still uses what is kept here. Close the other tabs; it is deleted with the last of them. Then clear again to be sure.',
          ),
        PATIENCE,
      );
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
