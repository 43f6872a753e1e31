/**
 * Bytes by range: a file on disk, a stored Blob, a piece of a download. Readers ask for the ranges they need,
 * so a file of a gigabyte is never held whole.
 */
import { InvalidError, throwIfAborted } from '../errors';

export interface ByteSource {
  /** The file's name as given, for messages; it decides nothing. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** The bytes from `start` up to `end`, which lie within the file; a copy the caller may keep. */
  read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** A source over bytes in memory, for small files and tests. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.byteLength,
    // Not `slice`: that of a Node Buffer shares its memory.
    read: async (start, end) => new Uint8Array(bytes.subarray(start, end)),
  };
}

/**
 * Exactly the bytes from `start` up to `end`. Throws `invalid-model` when the range does not lie in the file
 * or the file gives fewer bytes than it says it has.
 */
export async function readRange(
  source: ByteSource,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  throwIfAborted(signal);
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (!whole || start < 0 || end < start || end > source.size)
    throw new InvalidError('invalid-model', `${source.name} ends before its contents do. Get it again.`);
  const bytes = await source.read(start, end, signal);
  if (bytes.byteLength !== end - start)
    throw new InvalidError('invalid-model', `${source.name} could not be read to its end. Get it again.`);
  return bytes;
}
