/**
 * One entry of an archive, unpacked by itself. All it takes is the archive and the entry's line in the list, so that nothing
 * of the archive is held between two entries, and any worker can open any of them.
 */
import { throwIfAborted, UnsupportedError, WinnowError } from '../../core/errors';
import { crc32 } from '../../core/image/png-write';
import type { ZipEntryRef } from '../../rpc/reading';
import { unreadable } from '../source';
import { contradicts, LOCAL_HEADER, ZIP_LIMITS } from './zip';

const LOCAL_MAGIC = 0x04034b50;
const ENCRYPTED = 1;
/** Sizes stand behind the data, and are zero here. */
const DESCRIPTOR = 8;
const FOUR_BYTES = 0xffffffff;
/** Read at once; and unpacked at once, because deflate makes up to 1,032 bytes of one before anybody can stop it. */
const READ_BYTES = 256 * 1024;
const STEP_BYTES = 8 * 1024;

/**
 * The entry's bytes, as many as were said and with the CRC-32 that was said. Throws InvalidError('damaged-file') otherwise,
 * 'unreadable-file' when the archive changed since, UnsupportedError('too-large') beyond `limit` bytes.
 */
export async function openZipEntry(
  archive: Blob,
  ref: ZipEntryRef,
  options: { signal?: AbortSignal | undefined; limit?: number } = {},
): Promise<Blob> {
  const { signal, limit = ZIP_LIMITS.entryBytes } = options;
  if (ref.bytes > limit)
    throw new UnsupportedError(
      'too-large',
      `It has more than the ${limit / 2 ** 20} MB that are read at most.`,
    );
  try {
    const start = await dataStart(archive, ref);
    const packed = archive.slice(start, start + ref.packed);
    if (packed.size !== ref.packed) throw contradicts();
    return await (ref.method === 0 ? stored(packed, ref, signal) : inflated(packed, ref, signal));
  } catch (thrown) {
    throwIfAborted(signal);
    if (thrown instanceof WinnowError) throw thrown;
    if (thrown instanceof DOMException && /^Not(Readable|Found)Error$/.test(thrown.name))
      throw unreadable('The archive', thrown);
    // A TypeError is what DecompressionStream has for anything it does not like.
    throw contradicts(thrown);
  }
}

/** Where its data begins; what stands there must be what the list said, or two programs would see two archives. */
async function dataStart(archive: Blob, ref: ZipEntryRef): Promise<number> {
  const header = await bytesOf(archive, ref.offset, ref.offset + LOCAL_HEADER + ref.nameBytes);
  if (header.length < LOCAL_HEADER + ref.nameBytes) throw contradicts();
  const view = new DataView(header.buffer);
  const flags = view.getUint16(6, true);
  const said = (at: number, value: number) => {
    const here = view.getUint32(at, true);
    return here === value || here === FOUR_BYTES || ((flags & DESCRIPTOR) !== 0 && here === 0);
  };
  const same =
    view.getUint32(0, true) === LOCAL_MAGIC &&
    (flags & ENCRYPTED) === 0 &&
    view.getUint16(8, true) === ref.method &&
    said(14, ref.crc32) &&
    said(18, ref.packed) &&
    said(22, ref.bytes) &&
    view.getUint16(26, true) === ref.nameBytes &&
    crc32(header.subarray(LOCAL_HEADER)) === ref.nameCrc32;
  if (!same) throw contradicts();
  return ref.offset + LOCAL_HEADER + ref.nameBytes + view.getUint16(28, true);
}

/** Nothing to unpack: a part of the archive itself, once its bytes were counted and compared. */
async function stored(packed: Blob, ref: ZipEntryRef, signal?: AbortSignal): Promise<Blob> {
  let crc = 0;
  for (let at = 0; at < packed.size; at += READ_BYTES) {
    throwIfAborted(signal);
    crc = crc32(await bytesOf(packed, at, at + READ_BYTES), crc);
  }
  if (crc !== ref.crc32 || packed.size !== ref.bytes) throw contradicts();
  return packed;
}

async function inflated(packed: Blob, ref: ZipEntryRef, signal?: AbortSignal): Promise<Blob> {
  const reader = inSteps(packed).pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let [bytes, crc] = [0, 0];
  try {
    for (;;) {
      throwIfAborted(signal);
      const { value, done } = await reader.read();
      if (done) break;
      bytes += value.byteLength;
      // A03: as much as was said, and not a byte more, whatever goes on behind it.
      if (bytes > ref.bytes) throw contradicts();
      crc = crc32(value, crc);
      chunks.push(value as Uint8Array<ArrayBuffer>);
    }
  } catch (thrown) {
    await reader.cancel().catch(() => {});
    throw thrown;
  }
  if (bytes !== ref.bytes || crc !== ref.crc32) throw contradicts();
  return new Blob(chunks);
}

function inSteps(packed: Blob): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  let read: Uint8Array<ArrayBuffer> = new Uint8Array();
  let used = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        if (used >= read.length) {
          if (at >= packed.size) return controller.close();
          read = await bytesOf(packed, at, at + READ_BYTES);
          at += READ_BYTES;
          used = 0;
        }
        controller.enqueue(read.slice(used, used + STEP_BYTES));
        used += STEP_BYTES;
      },
    },
    { highWaterMark: 0 },
  );
}

const bytesOf = async (blob: Blob, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await blob.slice(start, end).arrayBuffer());
