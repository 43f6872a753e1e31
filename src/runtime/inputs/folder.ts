/** A folder's files, listed without opening one. */
import { type SerializedError, throwIfAborted } from '../../core/errors';
import { extensionOf, skippedFor } from '../../core/inputs/files';
import type { Each, FolderFound, SkippedCount } from '../../rpc/reading';
import { unreadable } from '../source';

/** Handed on at once; and asked for at once, because each answer comes from another process. */
const BATCH = 500;
/** Folders within each other: beyond, a link leads in circles. */
const DEPTH = 64;

/** Files by path, in the order the browser gives; `each` is called with a few hundred. Resolves with what was left out. */
export async function listFolder(
  folder: FileSystemDirectoryHandle,
  each: Each<FolderFound>,
  signal?: AbortSignal,
): Promise<SkippedCount[]> {
  const skipped = new Map<string, SkippedCount>();
  const waiting: { folder: FileSystemDirectoryHandle; path: string; depth: number }[] = [
    { folder, path: folder.name, depth: 0 },
  ];
  let batch: { path: string; handle: FileSystemFileHandle }[] = [];
  const flush = async () => {
    const files = await Promise.all(batch.map(fileOf));
    batch = [];
    throwIfAborted(signal);
    if (files.length > 0) await each(files);
  };
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    throwIfAborted(signal);
    try {
      for await (const handle of at.folder.values()) {
        const path = `${at.path}/${handle.name}`;
        const why = skippedFor(path.slice(folder.name.length + 1));
        if (why !== undefined) count(skipped, { why, extension: extensionOf(path), count: 1 });
        else if (handle.kind === 'file') batch.push({ path, handle });
        else if (at.depth < DEPTH) waiting.push({ folder: handle, path, depth: at.depth + 1 });
        else await each([{ path, refused: refusal(new Error('Too many folders within each other.')) }]);
        if (batch.length >= BATCH) await flush();
      }
    } catch (thrown) {
      throwIfAborted(signal);
      // The rest of the list is worth having: what is missing from it is an item like any other.
      await each([{ path: at.path, refused: refusal(thrown) }]);
    }
  }
  await flush();
  return [...skipped.values()];
}

async function fileOf({
  path,
  handle,
}: {
  path: string;
  handle: FileSystemFileHandle;
}): Promise<FolderFound> {
  try {
    return { path, file: await handle.getFile() };
  } catch (thrown) {
    return { path, refused: refusal(thrown) };
  }
}

/** Without its name: reasons are kept and exported, names only where a run says so (C05). */
const refusal = (thrown: unknown): SerializedError => unreadable(undefined, thrown).serialize();

/** Adds to the count of the same reason and extension. */
export function count(into: Map<string, SkippedCount>, one: SkippedCount): void {
  const key = `${one.why} ${one.extension}`;
  into.set(key, { ...one, count: (into.get(key)?.count ?? 0) + one.count });
}
