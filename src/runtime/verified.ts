/**
 * Weights of a large model compared with their hashes as they are read. Hashing all of a kept model before it is used costs
 * as much as opening it; this way no byte reaches the runtime that was not compared, and none is read for that alone.
 */
import { createSHA256 } from 'hash-wasm';
import { FailedError, throwIfAborted } from '../core/errors';
import { type Layout, weightsEnd } from '../core/prepare/layout';
import type { ReadSync } from '../core/prepare/mount';
import { sha256 as hashOf } from '../core/sha256';
import type { ByteRange } from './ahead/ring';
import { PAGE } from './paged';
import { sha256 } from './store/hash';
import type { Reads } from './store/manifest';

/** Ranges hashed at the same time. */
const AT_ONCE = 4;

/** Bytes of every weight, by its place in the layout. */
export function weightRanges({ weights }: Layout): ByteRange[] {
  return weights.map(({ place }) => [place.offset, place.offset + place.length]);
}

/** Where the tables lie, as one range. */
export const tableRange = (layout: Layout): ByteRange => [weightsEnd(layout), layout.keptBytes];

/** Hashes what will be read later, from bytes that are known to be right. Rejects with CancelledError. */
export async function takeDown(
  blob: Blob,
  layout: Layout,
  order: readonly number[],
  signal?: AbortSignal,
): Promise<Reads> {
  const [start, end] = tableRange(layout);
  const pages = Array.from({ length: Math.ceil((end - start) / PAGE) }, (_, page): ByteRange => {
    const from = start + page * PAGE;
    return [from, Math.min(from + PAGE, end)];
  });
  const hashes = async (ranges: readonly ByteRange[]) => {
    const all: string[] = [];
    for (let at = 0; at < ranges.length; at += AT_ONCE) {
      throwIfAborted(signal);
      const some = ranges.slice(at, at + AT_ONCE);
      all.push(
        ...(await Promise.all(some.map(async (range) => sha256(await blob.slice(...range).arrayBuffer())))),
      );
    }
    return all;
  };
  return { order, weights: await hashes(weightRanges(layout)), pages: await hashes(pages) };
}

/** SHA-256 at once, in hex, three times as fast as in JavaScript; the browser's own has to be waited for. */
export async function hashAtOnce(): Promise<(bytes: Uint8Array) => string> {
  const hasher = await createSHA256();
  return (bytes) => hasher.init().update(bytes).digest('hex');
}

/** `read`, for whole weights only. Throws FailedError('asset-corrupt') for one that differs, or is none. */
export function verifiedWeights(
  read: ReadSync,
  layout: Layout,
  { weights }: Reads,
  hash: (bytes: Uint8Array) => string,
): ReadSync {
  const hashes = new Map(weightRanges(layout).map(([start, end], at) => [`${start} ${end}`, weights[at]]));
  return (start, end) => {
    const bytes = read(start, end);
    if (hash(bytes) !== hashes.get(`${start} ${end}`)) throw changed();
    return bytes;
  };
}

/** Compares a page of the tables: 64 KB take half a millisecond. Throws FailedError('asset-corrupt'). */
export function pageCheck({ pages }: Reads): (page: number, bytes: Uint8Array) => void {
  return (page, bytes) => {
    if (hashOf(bytes) !== pages[page]) throw changed();
  };
}

function changed(): FailedError {
  return new FailedError(
    'asset-corrupt',
    'What this browser keeps of this model is damaged. A part of it has changed. Remove it and install it again.',
  );
}
