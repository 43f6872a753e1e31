/**
 * Archives of pictures: what is in one, told from its list of files alone, and one entry at a time. What an archive says of
 * itself is not trusted; an entry that contradicts another or itself is refused by itself, and the others go on.
 */
import {
  type Entry,
  WARNING_MISMATCHED_ZIP64_END_OF_CENTRAL_DIRECTORY,
  WARNING_MULTIPLE_END_OF_CENTRAL_DIRECTORY,
  WARNING_TRAILING_CENTRAL_DIRECTORY_DATA,
  ZipReader,
} from '@zip.js/zip.js/lib/zip-core-reader.js';
import type { ByteSource } from '../../core/checkpoint/source';
import {
  InvalidError,
  type SerializedError,
  throwIfAborted,
  toWinnowError,
  UnsupportedError,
  WinnowError,
} from '../../core/errors';
import { MAX_FILE_BYTES } from '../../core/image/limits';
import { crc32 } from '../../core/image/png-write';
import { expectedOf } from '../../core/inputs/files';
import type { ZipEntryRef, ZipFound } from '../../rpc/reading';
import { zipSource } from '../zip-source';

export const ZIP_LIMITS = { entries: 100_000, entryBytes: MAX_FILE_BYTES, listBytes: 64 * 2 ** 20 } as const;
export type ZipLimits = { readonly [K in keyof typeof ZIP_LIMITS]: number };
/** Stored, and deflated: what browsers unpack. */
const METHODS: readonly number[] = [0, 8];
/** A local header without its name (APPNOTE 6.3.10, 4.3.7). */
export const LOCAL_HEADER = 30;
/** Says that a list of files is not the only one, or goes on behind its end. */
const TWO_LISTS: readonly string[] = [
  WARNING_TRAILING_CENTRAL_DIRECTORY_DATA,
  WARNING_MULTIPLE_END_OF_CENTRAL_DIRECTORY,
  WARNING_MISMATCHED_ZIP64_END_OF_CENTRAL_DIRECTORY,
];

export interface ZipList {
  /** In the archive's order, folders left out. */
  readonly entries: readonly ZipFound[];
  /** There were more files than the limit; those are not among the entries. */
  readonly more: boolean;
}

/**
 * Reads an archive's list of files and nothing else. Throws `damaged-file` where it has none that can be trusted,
 * `too-large` for a list of more than 64 MiB; what is wrong with one entry is that entry's `refused`.
 */
export async function listZip(
  archive: ByteSource,
  options: { signal?: AbortSignal | undefined; limits?: ZipLimits } = {},
): Promise<ZipList> {
  const { signal, limits = ZIP_LIMITS } = options;
  const reader = new ZipReader(zipSource(bounded(archive, limits), signal), {
    useWebWorkers: false,
    strictness: 'balanced',
    // Names are shown and never used as paths.
    filenameValidation: 'tolerant',
  });
  try {
    const found: ZipFound[] = [];
    let [more, count] = [false, 0];
    for await (const entry of reader.getEntriesGenerator()) {
      throwIfAborted(signal);
      more = ++count > limits.entries;
      if (more) break;
      if (!entry.directory) found.push(foundOf(entry, archive, limits));
    }
    if (reader.warnings?.some(({ reason }) => TWO_LISTS.includes(reason)))
      throw damaged('it has two lists of its files');
    return { entries: withoutOverlaps(found), more };
  } catch (thrown) {
    throw toArchiveError(thrown, signal);
  } finally {
    await reader.close().catch(() => {});
  }
}

function foundOf(entry: Entry, archive: ByteSource, limits: ZipLimits): ZipFound {
  const ref: ZipEntryRef = {
    ...{ path: entry.filename, offset: entry.offset, method: entry.compressionMethod },
    ...{ packed: entry.compressedSize, bytes: entry.uncompressedSize, crc32: entry.crc32 ?? -1 },
    ...{ nameBytes: entry.rawFilename.length, nameCrc32: crc32(entry.rawFilename) },
    modified: entry.lastModDate?.getTime() || 0,
  };
  const refused = refusal(entry, ref, archive, limits);
  return { ref, ...(refused && { refused: refused.serialize() }) };
}

function refusal(
  entry: Entry,
  ref: ZipEntryRef,
  archive: ByteSource,
  limits: ZipLimits,
): WinnowError | undefined {
  if (entry.encrypted)
    return unsupported('It is encrypted. Unpack the archive with its password, and choose the files.');
  if (entry.symlink) return unsupported('It is a link to another file, which is not followed.');
  if (expectedOf(ref.path) === 'zip')
    return unsupported('Archives within archives are not opened. Unpack it, and choose its files.');
  if (expectedOf(ref.path) === 'table')
    return unsupported('Tables within archives are not opened. Unpack it, and choose it by itself.');
  if (!METHODS.includes(ref.method))
    return unsupported('It is packed in a way that browsers do not unpack. Unpack it, and choose its files.');
  // Deflate makes at most 1,032 bytes of one (zlib, deflate.c), and of less than it is packed into only with waste.
  const possible = ref.method === 0 ? ref.bytes === ref.packed : ref.bytes <= 1032 * ref.packed;
  const within = Number.isSafeInteger(ref.offset) && ref.offset >= 0 && dataEnd(ref) <= archive.size;
  if (!possible || !within) return contradicts();
  if (ref.bytes > limits.entryBytes)
    return new UnsupportedError(
      'too-large',
      `It has ${megabytes(ref.bytes)}; ${megabytes(limits.entryBytes)} are read at most.`,
    );
  return ref.bytes === 0
    ? new InvalidError('empty-file', 'The file is empty: there is nothing to score.')
    : undefined;
}

/** At the earliest: the local header may be longer than the list lets one see. */
const dataEnd = (ref: ZipEntryRef): number => ref.offset + LOCAL_HEADER + ref.nameBytes + ref.packed;

/** A02, A07: entries that share bytes or a name are refused, each of them, before any is unpacked. */
function withoutOverlaps(found: readonly ZipFound[]): ZipFound[] {
  const bad = new Set<ZipFound>();
  const names = new Map<string, ZipFound>();
  for (const one of found) {
    const other = names.get(one.ref.path);
    if (other) bad.add(other).add(one);
    names.set(one.ref.path, one);
  }
  // What points out of the archive covers nothing in it.
  const within = found.filter(({ refused }) => refused?.code !== 'damaged-file');
  const inOrder = within.toSorted((a, b) => a.ref.offset - b.ref.offset);
  let [reach, last] = [0, undefined as ZipFound | undefined];
  for (const one of inOrder) {
    if (last && one.ref.offset < reach) bad.add(last).add(one);
    if (dataEnd(one.ref) > reach) [reach, last] = [dataEnd(one.ref), one];
  }
  return found.map((one) => (bad.has(one) ? { ref: one.ref, refused: contradictory() } : one));
}

/** No read is larger than the largest list: one that says it has gigabytes is not believed. */
function bounded(archive: ByteSource, { listBytes }: ZipLimits): ByteSource {
  return {
    name: archive.name,
    size: archive.size,
    read(start, end, signal) {
      if (end - start > listBytes)
        throw new UnsupportedError(
          'too-large',
          'The archive has a list of files that is too long. Unpack it, and choose its folders one by one.',
        );
      return archive.read(start, end, signal);
    },
  };
}

const contradictory = (): SerializedError =>
  new InvalidError(
    'damaged-file',
    'Another entry of the archive has the same name or shares its bytes. Unpack it with a program you trust, and choose its files.',
  ).serialize();

export const contradicts = (cause?: unknown): InvalidError =>
  new InvalidError(
    'damaged-file',
    'What the archive says of it is not what it holds. Get the archive again, or look at the file yourself.',
    {},
    { cause },
  );

const unsupported = (message: string) => new UnsupportedError('unsupported-format', message);

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MB`;

function damaged(why: string, cause?: unknown): InvalidError {
  // Not which archive: reasons are kept and exported, names only where a run says so (C05).
  const message = `The archive cannot be read: ${why}. Get it again, or unpack it and choose its files.`;
  return new InvalidError('damaged-file', message, {}, { cause });
}

function toArchiveError(thrown: unknown, signal?: AbortSignal): WinnowError {
  throwIfAborted(signal);
  // A read past the end of the archive is what a damaged one leads to.
  if (thrown instanceof WinnowError && thrown.code !== 'invalid-model') return thrown;
  const known = toWinnowError(thrown);
  return known.code === 'out-of-memory'
    ? known
    : damaged('it is cut short, altered, or contradicts itself', thrown);
}
