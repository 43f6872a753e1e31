/** Pieces of a prepared model as files: what a browser keeps as chunks, one file each. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFile } from '../../src/catalog/card';
import { MOST_FILE_BYTES, PREPARED_MANIFEST, type PreparedPieces } from '../../src/catalog/prepared';
import { CHUNK_BYTES } from '../../src/core/prepare/prepare';
import { type PieceSink, type PieceStore, putThrough } from '../../src/runtime/install/write';

if (CHUNK_BYTES > MOST_FILE_BYTES) throw new Error('A chunk no longer fits into a file.');

/** What every file of ours ends in; nothing else in the folder is touched. */
const ENDING = '.part';

export class FilePieces implements PieceStore {
  private readonly found: Record<string, ModelFile[]> = {};

  /** `folder` is made when it is not there. */
  constructor(private readonly folder: string) {}

  get pieces(): PreparedPieces {
    return this.found;
  }

  sink(piece: string): PieceSink {
    const files: ModelFile[] = [];
    this.found[piece] = files;
    return {
      write: async (bytes) => void files.push(await this.write(piece, files.length, bytes)),
      close: async () => {},
    };
  }

  put(piece: string, bytes: Uint8Array): Promise<void> {
    return putThrough(this.sink(piece), bytes);
  }

  /** The hash is in the name: files of an older manifest stay what they are, and hosts may keep them for ever. */
  private async write(piece: string, at: number, bytes: Uint8Array): Promise<ModelFile> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const path = `${piece}.${String(at).padStart(3, '0')}.${sha256.slice(0, 12)}${ENDING}`;
    await writeWhole(join(this.folder, path), bytes);
    return { path, bytes: bytes.byteLength, sha256 };
  }
}

/** A file that is there whole or not at all. */
export async function writeWhole(path: string, contents: Uint8Array | string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  const unfinished = `${path}.unfinished`;
  await writeFile(unfinished, contents);
  await rename(unfinished, path);
}

/** Deletes files of ours that are not among `kept`: an earlier bundle's, and what an interrupted one left. */
export async function sweepFolder(folder: string, kept: readonly ModelFile[]): Promise<void> {
  const wanted = new Set(kept.map(({ path }) => path));
  for (const name of await readdir(folder)) {
    const ours = name.endsWith(ENDING) || name.endsWith(`${ENDING}.unfinished`);
    if ((ours && !wanted.has(name)) || name === `${PREPARED_MANIFEST}.unfinished`)
      await rm(join(folder, name));
  }
}
