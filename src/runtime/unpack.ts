/**
 * Files out of a zip archive. What the archive says of itself is not trusted: entries are counted as they are listed,
 * bytes as they are unpacked, and every entry's length and CRC-32 must be what was said.
 */
import { ERR_UNSAFE_FILENAME, type FileEntry, ZipReader } from '@zip.js/zip.js/lib/zip-core-reader.js';
import type { ByteSource } from '../core/checkpoint/source';
import { shown } from '../core/checkpoint/strict-json';
import { InvalidError, throwIfAborted, toWinnowError, UnsupportedError, WinnowError } from '../core/errors';
import { blobSource } from './source';
import { zipSource } from './zip-source';

export interface UnpackLimits {
  /** Files and folders. */
  readonly entries: number;
  /** Bytes of all files, unpacked. */
  readonly bytes: number;
}

export const UNPACK_LIMITS: UnpackLimits = { entries: 1_000, bytes: 512 * 2 ** 20 };
/** Stored, and deflated: what browsers unpack. */
const METHODS: readonly number[] = [0, 8];
/** Characters of a path. */
const PATH_LIMIT = 512;

/**
 * The archive's files, named by their path in it, each unpacked into a Blob. Folders are left out.
 *
 * Throws `too-large` beyond the limits, `unsupported-format` for encrypted or otherwise packed entries, and
 * `damaged-file` when the archive is broken, contradicts itself or names a file outside its own folder.
 */
export async function unpackZip(
  archive: ByteSource,
  options: { signal?: AbortSignal; limits?: UnpackLimits } = {},
): Promise<ByteSource[]> {
  const { signal, limits = UNPACK_LIMITS } = options;
  // What is longer packed than it may be unpacked cannot end well, and its list of files is read whole.
  if (archive.size > limits.bytes) throw tooLarge(archive);
  const reader = new ZipReader(zipSource(archive, signal), {
    useWebWorkers: false,
    strictness: 'strict',
    filenameValidation: 'strict',
    checkCrc32: true,
    checkOverlappingEntry: true,
  });
  try {
    const entries = await listFiles(reader, archive, limits);
    const budget = { left: limits.bytes };
    const files: ByteSource[] = [];
    for (const entry of entries) {
      throwIfAborted(signal);
      files.push(blobSource(entry.filename, await unpackEntry(entry, archive, budget, signal)));
    }
    return files;
  } catch (thrown) {
    throw toArchiveError(archive, thrown, signal);
  } finally {
    await reader.close().catch(() => {});
  }
}

async function listFiles(
  reader: ZipReader<unknown>,
  archive: ByteSource,
  limits: UnpackLimits,
): Promise<FileEntry[]> {
  const files: FileEntry[] = [];
  let count = 0;
  for await (const entry of reader.getEntriesGenerator()) {
    if (++count > limits.entries)
      throw new UnsupportedError('too-large', `${archive.name} holds more than ${limits.entries} files.`);
    if (entry.encrypted)
      throw new UnsupportedError(
        'unsupported-format',
        `${archive.name} is encrypted. Unpack it first, and choose its files.`,
      );
    if (!METHODS.includes(entry.compressionMethod))
      throw new UnsupportedError(
        'unsupported-format',
        `${archive.name} is packed in a way that browsers do not unpack. Unpack it first, and choose its files.`,
      );
    if (entry.filename.length > PATH_LIMIT || entry.filename.includes('\\'))
      throw damaged(archive, `it holds ${shown(entry.filename)}, which is no name of a file`);
    if (!entry.directory) files.push(entry);
  }
  return files;
}

async function unpackEntry(
  entry: FileEntry,
  archive: ByteSource,
  budget: { left: number },
  signal?: AbortSignal,
): Promise<Blob> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const writable = new WritableStream<Uint8Array<ArrayBuffer>>({
    write(chunk) {
      budget.left -= chunk.byteLength;
      if (budget.left < 0) throw tooLarge(archive);
      chunks.push(new Uint8Array(chunk));
    },
  });
  await entry.getData(writable, signal && { signal });
  const blob = new Blob(chunks);
  if (blob.size !== entry.uncompressedSize)
    throw damaged(archive, `${shown(entry.filename)} is longer or shorter than it says`);
  return blob;
}

function tooLarge(archive: ByteSource): UnsupportedError {
  return new UnsupportedError(
    'too-large',
    `${archive.name} unpacks to more than Winnow takes. Unpack it first, and choose only the model’s files.`,
  );
}

function toArchiveError(archive: ByteSource, thrown: unknown, signal?: AbortSignal): WinnowError {
  throwIfAborted(signal);
  // A read past the end of the archive is what a damaged one leads to.
  if (thrown instanceof WinnowError && thrown.code !== 'invalid-model') return thrown;
  const known = toWinnowError(thrown);
  if (known.code === 'out-of-memory') return known;
  if (known.message === ERR_UNSAFE_FILENAME)
    return damaged(archive, 'it holds a name that leads out of its folder, or is none', thrown);
  return damaged(archive, 'it is cut short, altered, or contradicts itself', thrown);
}

function damaged(archive: ByteSource, why: string, cause?: unknown): InvalidError {
  return new InvalidError(
    'damaged-file',
    `${archive.name} cannot be unpacked: ${why}. Get it again, or unpack it first and choose its files.`,
    {},
    { cause },
  );
}
