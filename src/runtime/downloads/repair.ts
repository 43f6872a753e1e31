/** A file whose chunks all arrived and whose SHA-256 is wrong: one of them is not what the source has, or the source is. */

import { chunkCount } from '../../core/hub/chunks';
import { damagedAtSource } from '../../core/hub/errors';
import { dropChunks, type FileRecord, putChunk } from './chunks';
import { Digest } from './digest';
import type { Download } from './download';
import { hashLike } from './source';
import type { Arrived } from './transfer';

/** Reading the whole file back takes seconds; more often than this, it waits for the last chunk. */
const MOST_CHECKS = 3;

/**
 * Gets the chunks once more, one after the other, until the whole has the SHA-256 that it must. One that comes the
 * same twice was not damaged on the way. Rejects with `source-damaged`, and keeps nothing, when none of it helps.
 */
export async function repair(
  damaged: FileRecord,
  expected: string,
  download: Pick<Download, 'gather' | 'fence' | 'signal'>,
): Promise<FileRecord> {
  const { fence, signal } = download;
  let record = damaged;
  const chunks = chunkCount(record.bytes);
  let [next, checks, whole] = [0, 0, false];
  const replace = async ({ index, bytes, blob, etag }: Arrived) => {
    const hash = await hashLike(record.chunks[index], bytes);
    next = index + 1;
    if (hash === record.chunks[index]) return;
    record = await putChunk(record, fence, { index, blob, hash, etag });
    if (checks++ < MOST_CHECKS) whole = await matches(record, expected, signal);
  };
  await download.gather({
    record: () => record,
    run: () => (whole || next >= chunks ? undefined : { first: next, last: next + 1 }),
    onChunk: (chunk) => {
      const stored = replace(chunk);
      const memory = () => chunk.bytes.buffer;
      return { read: stored.then(memory, memory), stored };
    },
    restart: async () => {},
  });
  if (whole || (checks > MOST_CHECKS && (await matches(record, expected, signal)))) return record;
  await dropChunks(record, fence, Object.keys(record.chunks).map(Number));
  throw damagedAtSource(record.path);
}

async function matches(record: FileRecord, expected: string, signal: AbortSignal): Promise<boolean> {
  const { digest: _, ...fresh } = record;
  return (await new Digest(fresh).finish(record, signal)) === expected;
}
