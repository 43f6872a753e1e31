/** Stored chunks as a ByteSource, for preparing a model from what was downloaded. */
import type { ByteSource } from '../../core/checkpoint/source';
import { FailedError, InvalidError, throwIfAborted } from '../../core/errors';
import { fileKey } from '../../core/hub/address';
import { CHUNK_BYTES } from '../../core/hub/chunks';
import { isQuickHash, quickHash } from '../quick-hash';
import { sha256 } from '../store/hash';
import { type FileRecord, readChunk, readRecord } from './chunks';

/** Readers go forwards, and neighbouring tensors share a chunk; the one after is on its way. */
const CACHED = 3;

/**
 * A downloaded file, or the part of it that was: reading a range whose chunks are not here rejects with FailedError
 * 'asset-missing', one that has changed since with 'asset-corrupt'; `data.key` and `data.chunk` say which, and
 * `download` with `recheck` gets it again. Every chunk is compared with its hash when it is read.
 */
export async function storedSource(key: string): Promise<ByteSource> {
  const record = await readRecord(key);
  if (!record)
    throw new FailedError('asset-missing', 'This file is not in this browser. Download it first.', { key });
  const cache = new Map<number, Promise<Uint8Array>>();
  let before = -1;
  /** Of a reader that goes forwards the next is read while this one is hashed: either takes as long as the other. */
  const chunk = (index: number): Promise<Uint8Array> => {
    const found = cached(index);
    if (index === before + 1 && record.chunks[index + 1] !== undefined) void cached(index + 1);
    before = index;
    return found;
  };
  const cached = (index: number): Promise<Uint8Array> => {
    const found = cache.get(index) ?? verifiedChunk(record, index);
    // Last used comes last; the first is what goes.
    cache.delete(index);
    cache.set(index, found);
    found.catch(() => cache.delete(index));
    for (const old of cache.keys()) if (cache.size > CACHED) cache.delete(old);
    return found;
  };
  return {
    name: record.path,
    size: record.bytes,
    async read(start, end, signal) {
      if (start < 0 || end > record.bytes)
        throw new InvalidError('invalid-model', `${record.path} ends before its contents do.`);
      const bytes = new Uint8Array(end - start);
      for (let at = start; at < end; ) {
        throwIfAborted(signal);
        const index = Math.floor(at / CHUNK_BYTES);
        const offset = at - index * CHUNK_BYTES;
        const part = (await chunk(index)).subarray(offset, offset + end - at);
        bytes.set(part, at - start);
        at += part.byteLength;
      }
      return bytes;
    },
  };
}

/** A chunk's bytes, compared with its hash. */
export async function verifiedChunk(record: FileRecord, index: number): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await readChunk(record, index);
  const corrupt = (cause?: unknown) =>
    new FailedError(
      'asset-corrupt',
      `A part of ${record.path} has changed in this browser. Download it again; only what is damaged is fetched.`,
      { key: fileKey(record), chunk: index },
      { cause },
    );
  const buffer = await blob.arrayBuffer().catch((cause: unknown) => {
    throw corrupt(cause);
  });
  const bytes = new Uint8Array(buffer);
  if ((await hashLike(record.chunks[index], bytes)) !== record.chunks[index]) throw corrupt();
  return bytes;
}

/** Whether a kept chunk is what is pinned; one that was kept before that was known is read for it. */
export async function isPinned(
  record: FileRecord,
  index: number,
  pinned: string | undefined,
): Promise<boolean> {
  const kept = record.pinned?.[index] ?? record.chunks[index];
  if (pinned === undefined || !isQuickHash(kept)) return (pinned ?? kept) === kept;
  const bytes = await verifiedChunk(record, index).catch(() => undefined);
  return bytes !== undefined && (await sha256(bytes)) === pinned;
}

/** A hash of the kind of another, such as a record has of a chunk. */
export async function hashLike(known: string | undefined, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return isQuickHash(known) ? (await quickHash())(bytes) : sha256(bytes);
}
