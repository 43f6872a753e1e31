/** The files to install from: which of them a card pins, and whether they are those. */
import type { CardFile, ModelCard } from '../../catalog/card';
import { type ByteSource, readRange } from '../../core/checkpoint/source';
import { InvalidError, throwIfAborted } from '../../core/errors';
import { CHUNK_BYTES } from '../../core/prepare/prepare';
import { Sha256 } from '../../core/sha256';
import type { InstalledFile, InstallFile, KeptFile } from '../../rpc/contract';
import { storedSource } from '../downloads/source';
import { blobSource } from '../source';
import { sha256 } from '../store/hash';

/** Hashing this little costs nothing; larger files are read whole only where a card pins them. */
const ALWAYS_HASHED = 16e6;
/** The browser's own hash is eight times as fast and wants the whole file in memory. */
const HASHED_WHOLE = 256e6;

/** A file opened for reading, and what is known of one that was downloaded. */
export interface OpenedFile {
  readonly source: ByteSource;
  readonly kept?: KeptFile;
}

/** Rejects as `storedSource` does for a download that is not here. */
export async function openFiles(files: readonly InstallFile[]): Promise<OpenedFile[]> {
  const opened: OpenedFile[] = [];
  for (const file of files)
    opened.push(
      'key' in file
        ? { source: { ...(await storedSource(file.key)), name: file.name }, kept: file }
        : { source: blobSource(file.name, file.blob) },
    );
  return opened;
}

const baseName = (path: string): string => path.split('/').at(-1) ?? path;

/** A download that was compared is not read again for it; of a part there is nothing to compare. */
function isHashed(card: ModelCard, { source, kept }: OpenedFile): boolean {
  if (kept?.sha256 !== undefined || kept?.partial) return false;
  return source.size <= ALWAYS_HASHED || pinOf(card, source)?.sha256 !== undefined;
}

/** Bytes that `checkFiles` reads. */
export function hashedBytes(card: ModelCard, files: readonly OpenedFile[]): number {
  return files.reduce((sum, file) => sum + (isHashed(card, file) ? file.source.size : 0), 0);
}

/**
 * Name and size of every file, with its SHA-256 where it is small or pinned. Throws InvalidError('invalid-model') when
 * a file that the card pins is of another size or content (M19). `onProgress` counts the bytes hashed.
 */
export async function checkFiles(
  card: ModelCard,
  files: readonly OpenedFile[],
  signal?: AbortSignal,
  onProgress?: (bytes: number) => void,
): Promise<InstalledFile[]> {
  const records: InstalledFile[] = [];
  for (const file of files) {
    throwIfAborted(signal);
    const { source, kept } = file;
    const pin = pinOf(card, source);
    if (pin?.bytes !== undefined && pin.bytes !== source.size)
      throw notPinned(card, source, `has ${source.size} bytes instead of ${pin.bytes}`);
    const hash = isHashed(card, file) ? await hashOf(source, signal, onProgress) : kept?.sha256;
    if (pin?.sha256 !== undefined && !kept?.partial && hash !== pin.sha256)
      throw notPinned(card, source, 'has another content');
    records.push({
      ...{ name: source.name.slice(-512) || 'file', bytes: source.size },
      ...(hash !== undefined && { sha256: hash }),
      ...(kept && { repo: kept.repo, revision: kept.revision, verification: kept.verification }),
      ...(kept?.partial && { partial: true }),
    });
  }
  return records;
}

/** The card's pinned entry of that name; among several of one name, that of its size. */
function pinOf({ install }: ModelCard, { name, size }: ByteSource): CardFile | undefined {
  const pinned = (install?.files ?? []).filter(
    ({ path, sha256: hash }) => hash !== undefined && baseName(path) === baseName(name),
  );
  return pinned.find(({ bytes }) => bytes === size) ?? pinned[0];
}

async function hashOf(
  source: ByteSource,
  signal?: AbortSignal,
  onProgress?: (bytes: number) => void,
): Promise<string> {
  if (source.size <= HASHED_WHOLE) {
    const bytes = await readRange(source, 0, source.size, signal);
    onProgress?.(source.size);
    return sha256(bytes as Uint8Array<ArrayBuffer>);
  }
  const hash = new Sha256();
  for (let at = 0; at < source.size; at += CHUNK_BYTES) {
    const end = Math.min(at + CHUNK_BYTES, source.size);
    hash.update(await readRange(source, at, end, signal));
    onProgress?.(end - at);
  }
  return hash.finish();
}

function notPinned(card: ModelCard, source: ByteSource, how: string): InvalidError {
  return new InvalidError(
    'invalid-model',
    `${source.name} ${how}: it is not the file of ${card.source.name} at ${card.source.revision} that the card of ${card.name} names. Get it from there.`,
  );
}
