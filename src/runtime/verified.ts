/**
 * Weights of a large model compared with their hashes as they are read. Hashing all of a kept model before it is used costs
 * as much as opening it; this way no byte reaches the runtime that was not compared, and none is read for that alone.
 */
import { FailedError, throwIfAborted } from '../core/errors';
import { type Layout, weightsEnd } from '../core/prepare/layout';
import type { ReadSync } from '../core/prepare/mount';
import { eachRange } from './ahead/neighbours';
import type { ByteRange } from './ahead/ring';
import { PAGE } from './paged';
import { type QuickHash, quickHash } from './quick-hash';
import type { Reads } from './store/manifest';

/** Reads under way at the same time. */
const AT_ONCE = 2;

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
  const hash = await quickHash();
  const hashes = async (ranges: readonly ByteRange[]) => {
    const all: string[] = [];
    // As they lie, so that neighbours are read together.
    const places = [...ranges.keys()].sort((a, b) => ranges[a]![0] - ranges[b]![0]);
    const lying = places.map((place) => ranges[place]!);
    await eachRange(blob, lying, AT_ONCE, (bytes, at) => {
      throwIfAborted(signal);
      all[places[at]!] = hash(bytes);
    });
    return all;
  };
  return { order, weights: await hashes(weightRanges(layout)), pages: await hashes(pages) };
}

/** `read`, for whole weights only. Throws FailedError('asset-corrupt') for one that differs, or is none. */
export function verifiedWeights(
  read: ReadSync,
  layout: Layout,
  { weights }: Reads,
  hash: QuickHash,
): ReadSync {
  const hashes = new Map(weightRanges(layout).map(([start, end], at) => [`${start} ${end}`, weights[at]]));
  return (start, end) => {
    const bytes = read(start, end);
    if (hash(bytes) !== hashes.get(`${start} ${end}`)) throw changed();
    return bytes;
  };
}

/** Compares a page of the tables. Throws FailedError('asset-corrupt'). */
export function pageCheck({ pages }: Reads, hash: QuickHash): (page: number, bytes: Uint8Array) => void {
  return (page, bytes) => {
    if (hash(bytes) !== pages[page]) throw changed();
  };
}

function changed(): FailedError {
  return new FailedError(
    'asset-corrupt',
    'What this browser keeps of this model is damaged. A part of it has changed. Remove it and install it again.',
  );
}
