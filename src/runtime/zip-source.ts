/** Archives as zip.js reads them. */
import type { Reader } from '@zip.js/zip.js/lib/zip-core-reader.js';
import { type ByteSource, readRange } from '../core/checkpoint/source';

/** Read of the archive at once. */
const CHUNK_BYTES = 256 * 1024;

/** The archive as zip.js reads one: its own Reader class comes with its ways to fetch, which have no place here. */
export function zipSource(archive: ByteSource, signal?: AbortSignal): Reader<ByteSource> {
  const readUint8Array = (start: number, length: number) =>
    readRange(archive, start, Math.min(start + length, archive.size), signal);
  const createReadable = (range: { offset?: number; size?: number } = {}) => {
    let at = range.offset ?? 0;
    const end = range.size === undefined ? archive.size : at + range.size;
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        const chunk = await readUint8Array(at, Math.min(CHUNK_BYTES, end - at));
        at += chunk.byteLength;
        if (chunk.byteLength > 0) controller.enqueue(chunk);
        if (at >= end) controller.close();
      },
    });
  };
  return {
    size: archive.size,
    init: async () => {},
    readUint8Array,
    createReadable,
    get readable() {
      return createReadable();
    },
  };
}
