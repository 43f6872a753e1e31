/** The names in a zip archive, to tell what kind of archive it is. Nothing is unpacked here. */
import { type ByteSource, readRange } from './source';

const END_BYTES = 22;
const END_MAGIC = 0x06054b50;
const CENTRAL_MAGIC = 0x02014b50;
const LOCAL_MAGIC = 0x04034b50;
/** An end record may be followed by a comment of 65,535 bytes. */
const TAIL = END_BYTES + 0xffff;
/** Of the list of files; enough for some thousand names. */
const LIST_LIMIT = 256 * 1024;

/**
 * Names out of the archive's list of files, as far as 256 KiB go, and the first file's own; undefined when the archive
 * has no end, so that it was cut short.
 */
export async function zipNames(source: ByteSource, signal?: AbortSignal): Promise<string[] | undefined> {
  const from = Math.max(0, source.size - TAIL);
  // Most archives end without a comment: a short read finds the end, and the long one is left for those that do not.
  const end =
    (await findEnd(source, Math.max(0, source.size - 1024), signal)) ?? (await findEnd(source, from, signal));
  if (end === undefined) return undefined;
  const names = await firstName(source, signal);
  // Archives of over 4 GiB say −1 here and the place elsewhere: then the first file's name has to do.
  if (end.start + end.size > source.size) return names;
  const list = await readRange(source, end.start, end.start + Math.min(end.size, LIST_LIMIT), signal);
  return [...names, ...listed(list)];
}

async function findEnd(
  source: ByteSource,
  from: number,
  signal?: AbortSignal,
): Promise<{ start: number; size: number } | undefined> {
  const bytes = await readRange(source, from, source.size, signal);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = bytes.byteLength - END_BYTES; at >= 0; at--)
    if (view.getUint32(at, true) === END_MAGIC)
      return { size: view.getUint32(at + 12, true), start: view.getUint32(at + 16, true) };
  return undefined;
}

async function firstName(source: ByteSource, signal?: AbortSignal): Promise<string[]> {
  const bytes = await readRange(source, 0, Math.min(source.size, 1024), signal);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 30 || view.getUint32(0, true) !== LOCAL_MAGIC) return [];
  return [text(bytes, 30, view.getUint16(26, true))];
}

function listed(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names: string[] = [];
  for (let at = 0; at + 46 <= bytes.byteLength && view.getUint32(at, true) === CENTRAL_MAGIC; ) {
    const length = view.getUint16(at + 28, true);
    names.push(text(bytes, at + 46, length));
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return names;
}

const text = (bytes: Uint8Array, at: number, length: number) =>
  new TextDecoder().decode(bytes.subarray(at, at + length));
