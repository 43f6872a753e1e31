/**
 * Files in this browser, in chunks of 8 MiB as Blobs, each with a hash in the file's record. A chunk and the
 * record that names it are written in one transaction, so that neither is there without the other after a crash.
 */
import { promisifyRequest } from 'idb-keyval';
import { CancelledError, FailedError } from '../../core/errors';
import { fileKey, type PinnedFile } from '../../core/hub/address';
import { bytesOf, chunkRange } from '../../core/hub/chunks';
import type { KeptSource, Verification } from '../../rpc/downloads';
import { isNewer, keptByNewer } from '../database';
import { within } from '../store/keys';
import { transact } from './database';

/** What is kept of one file. */
export interface FileRecord extends PinnedFile {
  readonly version: 1;
  readonly bytes: number;
  /** What the whole must have, where that is known. */
  readonly sha256?: string;
  /** The last answer's, and the host it came from: two hosts may name the same bytes differently. */
  readonly etag?: { readonly host: string; readonly value: string };
  /** Of each chunk that is here, by its number: what `runtime/quick-hash` says; of one kept long ago its SHA-256. */
  readonly chunks: Readonly<Record<number, string>>;
  /** The SHA-256 of those chunks that were compared with a pin of their own. */
  readonly pinned?: Readonly<Record<number, string>>;
  /** The running SHA-256 of the file after its first chunks. */
  readonly digest?: { readonly chunks: number; readonly state: Uint8Array };
  readonly state: 'partial' | Verification;
}

/** Who may write; checked in the same transaction. Without Web Locks two tabs could otherwise both think it is they. */
export interface Fence {
  readonly owner?: string;
  /** Bytes that the whole undertaking takes, for the message when there is no room. */
  readonly needed?: number;
}

export const heldBytes = (record: FileRecord): number =>
  bytesOf(Object.keys(record.chunks).map(Number), record.bytes);

/** Rejects with FailedError('storage-unavailable') where a newer version has written it. */
export async function readRecord(key: string): Promise<FileRecord | undefined> {
  return checked(
    await transact('readonly', (store) => promisifyRequest<unknown>(store.get(['file', key]))),
    key,
  );
}

/** A record as it may have been left by anybody: one that is not usable counts as none. Throws for a newer version's (S13). */
function checked(value: unknown, key: string): FileRecord | undefined {
  if (isNewer(value)) throw keptByNewer();
  const record = value as Partial<FileRecord> | undefined;
  const whole = Number.isSafeInteger(record?.bytes) && (record?.bytes ?? -1) >= 0;
  if (record?.version !== 1 || !whole || typeof record.chunks !== 'object' || record.chunks === null)
    return undefined;
  const { repo, revision, path } = record;
  if (typeof repo !== 'string' || typeof revision !== 'string' || typeof path !== 'string') return undefined;
  return fileKey({ repo, revision, path }) === key ? (record as FileRecord) : undefined;
}

/** Changes the record, and puts or deletes chunks with it. `change` gets what is there now. */
export async function update(
  record: FileRecord,
  fence: Fence,
  change: (now: FileRecord, store: IDBObjectStore) => FileRecord,
  durability: 'strict' | 'relaxed' = 'relaxed',
): Promise<FileRecord> {
  const key = fileKey(record);
  const begins = Object.keys(record.chunks).length === 0;
  return transact(
    'readwrite',
    async (store) => {
      await mustHold(store, key, fence);
      const now = checked(await promisifyRequest<unknown>(store.get(['file', key])), key);
      // Somebody cleared it meanwhile: then it stays cleared.
      if (!now && !begins) throw new CancelledError('What was downloaded was deleted.');
      const next = change(now ?? record, store);
      store.put(next, ['file', key]);
      return next;
    },
    { durability, needed: fence.needed ?? record.bytes, create: begins },
  );
}

async function mustHold(store: IDBObjectStore, key: string, { owner }: Fence): Promise<void> {
  if (owner === undefined) return;
  const lease = await promisifyRequest<{ owner?: unknown } | undefined>(store.get(['lease', key]));
  if (lease === undefined) throw new CancelledError('What was downloaded was deleted.');
  if (lease.owner !== owner) throw new TakenOver();
}

/** Another tab writes now; this one may wait for its turn again. */
export class TakenOver extends CancelledError {
  constructor() {
    super('Another tab has taken over this download.');
  }
}

export interface ArrivedChunk {
  readonly index: number;
  readonly blob: Blob;
  /** As `FileRecord.chunks` has it. */
  readonly hash: string;
  /** As `FileRecord.pinned` has it. */
  readonly pin?: string | undefined;
  readonly etag?: FileRecord['etag'] | undefined;
  /** Of the chunks before it. */
  readonly digest?: FileRecord['digest'] | undefined;
}

/**
 * Stores a chunk that has yet to be compared, and does not count before `putChunk` names it: storing takes longer than
 * hashing, and either goes on beside the other.
 */
export function putUnnamed(
  record: FileRecord,
  fence: Fence,
  { index, blob }: Pick<ArrivedChunk, 'index' | 'blob'>,
): Promise<FileRecord> {
  return update(record, fence, (now, store) => {
    store.put(blob, ['chunk', fileKey(record), index]);
    return without(now, [index]);
  });
}

/** Keeps a chunk; its blob where `putUnnamed` has not stored it. */
export function putChunk(
  record: FileRecord,
  fence: Fence,
  chunk: Omit<ArrivedChunk, 'blob'> & Partial<Pick<ArrivedChunk, 'blob'>>,
): Promise<FileRecord> {
  const { index, blob, hash, pin, etag, digest } = chunk;
  return update(record, fence, (now, store) => {
    if (blob) store.put(blob, ['chunk', fileKey(record), index]);
    const { chunks, pinned, ...rest } = without(now, [index]);
    return {
      ...rest,
      ...(etag && { etag }),
      ...(digest && { digest }),
      ...(pin === undefined ? pinned && { pinned } : { pinned: { ...pinned, [index]: pin } }),
      chunks: { ...chunks, [index]: hash },
    };
  });
}

/** Forgets chunks, and with them that the file was ever whole. */
export function dropChunks(record: FileRecord, fence: Fence, indices: Iterable<number>): Promise<FileRecord> {
  const gone = [...indices];
  return update(record, fence, (now, store) => {
    for (const index of gone) store.delete(['chunk', fileKey(record), index]);
    const { digest: _, ...rest } = now;
    return { ...without(rest, gone), state: 'partial' };
  });
}

/** The record without the names of some chunks. */
function without({ chunks, pinned, ...rest }: FileRecord, indices: readonly number[]): FileRecord {
  const others = (hashes: Readonly<Record<number, string>>) =>
    Object.fromEntries(Object.entries(hashes).filter(([index]) => !indices.includes(Number(index))));
  return { ...rest, chunks: others(chunks), ...(pinned && { pinned: others(pinned) }) };
}

/** A chunk's Blob; FailedError 'asset-missing' when it is not there or has another size. */
export async function readChunk(record: FileRecord, index: number): Promise<Blob> {
  const key = fileKey(record);
  const blob = await transact('readonly', (store) =>
    promisifyRequest<unknown>(store.get(['chunk', key, index])),
  );
  if (isChunk(blob, record, index)) return blob;
  throw new FailedError(
    'asset-missing',
    `A part of ${record.path} is no longer in this browser. Download it again; only what is missing is fetched.`,
    { key, chunk: index },
  );
}

/** Which chunks are really there, in their size: the browser may have lost a Blob that the record still names. */
export async function presentChunks(record: FileRecord): Promise<Set<number>> {
  const range = within('chunk', fileKey(record));
  const [keys, values] = await transact('readonly', (store) =>
    Promise.all([
      promisifyRequest(store.getAllKeys(range)),
      promisifyRequest<unknown[]>(store.getAll(range)),
    ]),
  );
  const indices = keys.map((key) => (key as IDBValidKey[])[2] as number);
  return new Set(indices.filter((index, at) => isChunk(values[at], record, index)));
}

function isChunk(value: unknown, record: FileRecord, index: number): value is Blob {
  if (record.chunks[index] === undefined) return false;
  const { start, end } = chunkRange(index, record.bytes);
  return value instanceof Blob && value.size === end - start;
}

export async function listSources(): Promise<KeptSource[]> {
  const records = await transact('readonly', (store) =>
    promisifyRequest<unknown[]>(store.getAll(within('file'))),
  );
  return records.flatMap((value) => {
    if (isNewer(value)) return [];
    const { repo, revision, path } = (value ?? {}) as FileRecord;
    const key = fileKey({ repo, revision, path });
    const record = checked(value, key);
    if (!record) return [];
    return [{ key, repo, revision, path, bytes: record.bytes, kept: heldBytes(record), state: record.state }];
  });
}

/** Deletes one file, or everything without a key. On disk when it resolves. */
export async function removeSources(key?: string): Promise<void> {
  await transact(
    'readwrite',
    (store) => {
      if (key === undefined) return void store.clear();
      store.delete(['file', key]);
      store.delete(within('chunk', key));
    },
    { durability: 'strict', create: false },
  );
}
