/** The picked files: which of them a card pins, and whether they are those. */
import type { CardFile, ModelCard } from '../../catalog/card';
import { Sha256 } from '../../core/checkpoint/sha256';
import { type ByteSource, readRange } from '../../core/checkpoint/source';
import { InvalidError, throwIfAborted } from '../../core/errors';
import { CHUNK_BYTES } from '../../core/prepare/prepare';
import type { Installed, PickedFile } from '../../rpc/contract';
import { blobSource } from '../source';
import { sha256 } from '../store/hash';

/** Hashing this little costs nothing; larger files are read whole only where a card pins them. */
const ALWAYS_HASHED = 16e6;
/** The browser's own hash is eight times as fast and wants the whole file in memory. */
const HASHED_WHOLE = 256e6;

export type SourceRecord = Installed['files'][number];

export function sourcesOf(files: readonly PickedFile[]): ByteSource[] {
  return files.map(({ name, blob }) => blobSource(name, blob));
}

const baseName = (path: string): string => path.split('/').at(-1) ?? path;

const isHashed = (card: ModelCard, source: ByteSource): boolean =>
  source.size <= ALWAYS_HASHED || pinOf(card, source)?.sha256 !== undefined;

/** Bytes that `checkFiles` reads. */
export function hashedBytes(card: ModelCard, sources: readonly ByteSource[]): number {
  return sources.reduce((sum, source) => sum + (isHashed(card, source) ? source.size : 0), 0);
}

/**
 * Name and size of every file, with its SHA-256 where it is small or pinned. Throws InvalidError('invalid-model') when
 * a file that the card pins is of another size or content (M19). `onProgress` counts the bytes hashed.
 */
export async function checkFiles(
  card: ModelCard,
  sources: readonly ByteSource[],
  signal?: AbortSignal,
  onProgress?: (bytes: number) => void,
): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for (const source of sources) {
    throwIfAborted(signal);
    const pin = pinOf(card, source);
    if (pin?.bytes !== undefined && pin.bytes !== source.size)
      throw notPinned(card, source, `has ${source.size} bytes instead of ${pin.bytes}`);
    const wanted = pin?.sha256;
    const hash = isHashed(card, source) ? await hashOf(source, signal, onProgress) : undefined;
    if (wanted !== undefined && hash !== wanted) throw notPinned(card, source, 'has another content');
    const name = source.name.slice(-512) || 'file';
    records.push({ name, bytes: source.size, ...(hash !== undefined && { sha256: hash }) });
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
