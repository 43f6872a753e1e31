/** What a drop or a choice holds, seized while its event is being handled: afterwards the browser shows nothing of it. */
import { extensionOf, skippedFor } from '../core/inputs/files';
import type { FolderFound, KeptHandle, SkippedCount } from '../rpc/reading';
import type { GatherInput } from './input-types';

export type InputSource =
  | { readonly kind: 'file'; readonly file: Blob; readonly path: string; readonly handle?: KeptHandle }
  | { readonly kind: 'handle'; readonly handle: KeptHandle }
  /** Of browsers without handles. */
  | { readonly kind: 'entry'; readonly entry: FileSystemEntry };

/** Of Chromium; the types of browsers' common ground do not have it. */
interface WithHandle {
  getAsFileSystemHandle?(): Promise<KeptHandle | null>;
}

/** A drop or choice that was seized already. */
export interface Seized {
  readonly sources: readonly Promise<InputSource | undefined>[];
}

/** In the order they were given. Files of a folder that was chosen carry their path in it. */
export function seize(input: GatherInput): Seized {
  return 'sources' in input ? input : { sources: sourcesOf(input) };
}

/** Handles among them, which can be kept. Never rejects where nobody asks. */
export function handlesOf({ sources }: Seized): Promise<KeptHandle[]> {
  const handles = Promise.all(sources).then((all) =>
    all.flatMap((source) => (source && 'handle' in source && source.handle ? [source.handle] : [])),
  );
  handles.catch(() => {});
  return handles;
}

function sourcesOf(input: Exclude<GatherInput, Seized>): Promise<InputSource | undefined>[] {
  if (typeof DataTransfer !== 'undefined' && input instanceof DataTransfer) return dropped(input);
  return [...(input as Iterable<Blob | KeptHandle>)].map(async (one, at): Promise<InputSource> => {
    if (!(one instanceof Blob)) return { kind: 'handle', handle: one };
    const name = one instanceof File ? one.webkitRelativePath || one.name : '';
    return { kind: 'file', file: one, path: name || `file ${at + 1}` };
  });
}

function dropped(data: DataTransfer): Promise<InputSource | undefined>[] {
  const files = [...data.items].filter(({ kind }) => kind === 'file');
  return files.map((item) => {
    // All of them asked for at once: each is only there until the first of them has been waited for.
    const handle = (item as DataTransferItem & WithHandle).getAsFileSystemHandle?.();
    const entry = item.webkitGetAsEntry?.();
    const file = item.getAsFile();
    return (async (): Promise<InputSource | undefined> => {
      const found = await handle?.catch(() => null);
      // Asking its handle again would take another message to and fro.
      if (found?.kind === 'file' && file) return { kind: 'file', file, path: file.name, handle: found };
      if (found) return { kind: 'handle', handle: found };
      if (entry?.isDirectory) return { kind: 'entry', entry };
      return file ? { kind: 'file', file, path: file.name } : undefined;
    })();
  });
}

/** Handed on at once. */
const BATCH = 500;
/** Folders within each other. */
const DEPTH = 64;

/**
 * A dropped folder's files where the browser has no handles. Yields a few hundred at a time; what was left out is told to `skip`.
 * A folder that cannot be read is one item without a file.
 */
export async function* walkEntry(
  root: FileSystemEntry,
  skip: (one: SkippedCount) => void,
): AsyncGenerator<readonly Pick<FolderFound, 'path' | 'file'>[]> {
  const waiting = [{ entry: root, depth: 0 }];
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    const children = await childrenOf(at.entry as FileSystemDirectoryEntry).catch(() => undefined);
    if (!children) {
      yield [{ path: pathOf(at.entry) }];
      continue;
    }
    const files: FileSystemFileEntry[] = [];
    for (const child of children) {
      const why = skippedFor(child.name);
      if (why) skip({ why, extension: extensionOf(child.name), count: 1 });
      else if (child.isFile) files.push(child as FileSystemFileEntry);
      else if (at.depth < DEPTH) waiting.push({ entry: child, depth: at.depth + 1 });
      else yield [{ path: pathOf(child) }];
    }
    for (let from = 0; from < files.length; from += BATCH)
      yield await Promise.all(files.slice(from, from + BATCH).map(opened));
  }
}

async function opened(entry: FileSystemFileEntry): Promise<Pick<FolderFound, 'path' | 'file'>> {
  const path = pathOf(entry);
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject)).catch(
    () => undefined,
  );
  return { path, ...(file && { file }) };
}

const pathOf = (entry: FileSystemEntry): string => entry.fullPath.replace(/^\//, '');

async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // A hundred at a time; an empty answer is the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}
