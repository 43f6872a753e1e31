/**
 * Reader of LevelDB-format tables, in which TensorFlow keeps a checkpoint's index:
 * https://github.com/google/leveldb/blob/main/doc/table_format.md.
 *
 * Blocks of sorted entries, each followed by its kind of compression and a checksum; an index block of their places;
 * a footer of 48 bytes that says where the index block lies.
 */
import { InvalidError, UnsupportedError } from '../../errors';
import { type ByteSource, readRange } from '../source';
import { maskedCrc32c } from './crc32c';
import { unsnappy } from './snappy';
import { Cursor } from './wire';

/** In bytes. LAION's head has 1.5 KB. */
export const TABLE_LIMIT = 10 * 2 ** 20;
/** All blocks unpacked, together. */
const UNPACKED_LIMIT = 2 * TABLE_LIMIT;
const ENTRY_LIMIT = 20_000;
const KEY_LIMIT = 4096;
export const FOOTER_BYTES = 48;
const TRAILER_BYTES = 5;
/** The last eight bytes of every table. */
export const TABLE_MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);

interface Place {
  readonly start: number;
  readonly end: number;
}

interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Whether the file ends as a table does. */
export async function isTable(source: ByteSource, signal?: AbortSignal): Promise<boolean> {
  if (source.size < FOOTER_BYTES) return false;
  return endsAsTable(await readRange(source, source.size - TABLE_MAGIC.length, source.size, signal));
}

/**
 * The table's entries, in order. Throws `invalid-model` when it breaks the format or a checksum does not match,
 * `unsupported-model` for a compression other than Snappy.
 */
export async function readTable(source: ByteSource, signal?: AbortSignal): Promise<readonly Entry[]> {
  const { size, name } = source;
  if (size < FOOTER_BYTES) throw broken(name, `has ${size} bytes, too few for an index`);
  if (size > TABLE_LIMIT) throw broken(name, `has ${size} bytes; the limit is ${TABLE_LIMIT}`);
  const footer = await readRange(source, size - FOOTER_BYTES, size, signal);
  if (!endsAsTable(footer)) throw broken(name, 'does not end as an index of variables does');
  const bytes = await readRange(source, 0, size - FOOTER_BYTES, signal);
  const cursor = new Cursor(footer, name);
  readPlace(cursor, bytes, name); // The block of filters and statistics, which holds no entries.
  const budget = { unpacked: UNPACKED_LIMIT, entries: ENTRY_LIMIT };
  const index = readBlock(bytes, readPlace(cursor, bytes, name), budget, name);
  const entries: Entry[] = [];
  for (const { key: last, value } of index) {
    const block = readBlock(bytes, readPlace(new Cursor(value, name), bytes, name), budget, name);
    for (const entry of block) {
      const before = entries.at(-1);
      // Keys that ascend throughout also keep the index from naming one block again and again.
      if (before && compare(before.key, entry.key) >= 0) throw broken(name, 'is not in order');
      entries.push(entry);
    }
    if (block.length === 0 || compare(block.at(-1)!.key, last) > 0) throw broken(name, 'is not in order');
  }
  return entries;
}

/** Where a block lies. Its trailer, too, lies within the file. */
function readPlace(cursor: Cursor, bytes: Uint8Array, name: string): Place {
  const start = cursor.varint();
  const end = start + cursor.varint();
  if (end > bytes.byteLength - TRAILER_BYTES) throw broken(name, 'names a block beyond its end');
  return { start, end };
}

type Budget = { unpacked: number; entries: number };

function readBlock(bytes: Uint8Array, { start, end }: Place, budget: Budget, name: string): readonly Entry[] {
  const trailer = new Cursor(bytes.subarray(end, end + TRAILER_BYTES), name);
  const kind = trailer.take(1)[0]!;
  if (maskedCrc32c(bytes.subarray(start, end + 1)) !== trailer.fixed32())
    throw broken(name, 'is damaged: a checksum does not match');
  if (kind > 1)
    throw new UnsupportedError('unsupported-model', `${name} is packed in a way that Winnow does not read.`);
  const stored = bytes.subarray(start, end);
  const block = kind === 0 ? stored : unsnappy(stored, budget.unpacked, name);
  budget.unpacked -= block.byteLength;
  if (budget.unpacked < 0) throw broken(name, 'unpacks to too many bytes');
  const entries = readEntries(block, budget.entries, name);
  budget.entries -= entries.length;
  return entries;
}

/** Entries share the beginning of their keys with the one before. The restart points at the end serve searches. */
function readEntries(block: Uint8Array, limit: number, name: string): readonly Entry[] {
  if (block.byteLength < 4) throw broken(name, 'has an empty block');
  const tail = block.byteLength - 4;
  const restarts = new Cursor(block.subarray(tail), name).fixed32();
  if (restarts * 4 > tail) throw broken(name, 'has a block that is all restart points');
  const cursor = new Cursor(block.subarray(0, tail - restarts * 4), name);
  const entries: Entry[] = [];
  let key = new Uint8Array();
  while (cursor.left > 0) {
    const shared = cursor.varint();
    const rest = cursor.varint();
    const length = cursor.varint();
    if (shared > key.byteLength || shared + rest > KEY_LIMIT) throw broken(name, 'has a key that cannot be');
    if (entries.length === limit) throw broken(name, `has more than ${ENTRY_LIMIT} entries`);
    const next = new Uint8Array(shared + rest);
    next.set(key.subarray(0, shared));
    next.set(cursor.take(rest), shared);
    key = next;
    entries.push({ key, value: cursor.take(length) });
  }
  return entries;
}

/** Below 0 when `a` sorts before `b`, byte by byte. */
function compare(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return a.length - b.length;
}

function endsAsTable(bytes: Uint8Array): boolean {
  return TABLE_MAGIC.every((byte, at) => bytes.at(at - TABLE_MAGIC.length) === byte);
}

function broken(name: string, why: string): InvalidError {
  return new InvalidError('invalid-model', `${name} ${why}. Get it again.`);
}
