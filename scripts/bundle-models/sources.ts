/** Published files on disk, as the pipeline reads them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { ModelCard } from '../../src/catalog/card';
import type { PublishedFile } from '../../src/catalog/prepared';
import type { ByteSource } from '../../src/core/checkpoint/source';
import { InvalidError } from '../../src/core/errors';

export interface DiskFile {
  readonly source: ByteSource;
  readonly path: string;
}

export interface Folder {
  readonly files: readonly DiskFile[];
  close(): Promise<void>;
}

/**
 * The files of a model's folder: those that its card names when all of them are there, otherwise, or with `all`, every
 * file in it; hidden ones never. Throws InvalidError('invalid-input') when there is no such folder or nothing in it.
 */
export async function openFolder(folder: string, card: ModelCard, all = false): Promise<Folder> {
  const found = await filesIn(folder);
  const named = all ? undefined : namedByCard(found, folder, card);
  const handles: FileHandle[] = [];
  const files: DiskFile[] = [];
  for (const path of named ?? found) {
    const handle = await open(path);
    handles.push(handle);
    const name = `${card.id}/${relative(folder, path).split(sep).join('/')}`;
    files.push({ path, source: fileSource(name, handle, (await handle.stat()).size) });
  }
  return {
    files,
    async close() {
      for (const handle of handles) await handle.close();
    },
  };
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new InvalidError('invalid-input', `There is no folder ${folder}.`, {}, { cause });
  });
  const paths: string[] = [];
  for (const name of names.sort()) {
    if (name.split(sep).some((part) => part.startsWith('.'))) continue;
    // Through links: the Hub's own cache is made of them.
    const path = join(folder, name);
    if ((await stat(path)).isFile()) paths.push(path);
  }
  if (paths.length === 0)
    throw new InvalidError('invalid-input', `${folder} is empty. Put the model’s files there.`);
  return paths;
}

/** By path, or by name alone; undefined where one that is needed is not there. */
function namedByCard(paths: readonly string[], folder: string, card: ModelCard): string[] | undefined {
  const files = card.install?.files ?? [];
  const found = files.map(
    ({ path }) =>
      paths.find((each) => each === join(folder, path)) ??
      paths.find((each) => basename(each) === basename(path)),
  );
  if (files.length === 0 || files.some(({ optional }, at) => !optional && !found[at])) return undefined;
  return [...new Set(found.filter((path) => path !== undefined))];
}

function fileSource(name: string, handle: FileHandle, size: number): ByteSource {
  return {
    name,
    size,
    async read(start, end) {
      const bytes = new Uint8Array(end - start);
      for (let at = 0; at < bytes.byteLength; ) {
        const { bytesRead } = await handle.read(bytes, at, bytes.byteLength - at, start + at);
        if (bytesRead === 0)
          throw new InvalidError('unreadable-file', `${name} became shorter while it was read.`);
        at += bytesRead;
      }
      return bytes;
    },
  };
}

/** Names, sizes and SHA-256 of the published files. Reads all of them. */
export async function hashed(files: readonly DiskFile[]): Promise<PublishedFile[]> {
  const published: PublishedFile[] = [];
  for (const { path, source } of files) {
    const hash = createHash('sha256');
    for await (const part of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(part);
    published.push({ name: source.name, bytes: source.size, sha256: hash.digest('hex') });
  }
  return published;
}
