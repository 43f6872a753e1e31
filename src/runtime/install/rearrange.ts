/** A written piece of weights, written over again in the order in which the runtime asks for them. */
import { FailedError, throwIfAborted } from '../../core/errors';
import { type Layout, weightsEnd } from '../../core/prepare/layout';
import { CHUNK_BYTES, Chunks } from '../../core/prepare/prepare';
import type { Rearranged } from '../../core/prepare/rearranged';
import { eachRange } from '../ahead/neighbours';
import { quickHash } from '../quick-hash';
import type { Draft } from '../store/draft';
import type { Reads } from '../store/manifest';
import { takeDown, weightRanges } from '../verified';

/** Reads under way at the same time. */
const AT_ONCE = 4;

export interface Rewriting {
  readonly draft: Draft;
  readonly piece: string;
  readonly layout: Layout;
  readonly signal?: AbortSignal | undefined;
}

/** What was written, to compare with what is read back. Hashes are of `runtime/quick-hash`. */
export interface Rewritten {
  readonly weights: readonly string[];
  /** Bytes of tables that were written over because they share a chunk with weights. */
  readonly beside: { readonly start: number; readonly end: number; readonly hash: string };
}

/** `blob`: the piece as it was, which is compared by now. What it was stays until the draft is promoted. */
export async function rewrite(
  blob: Blob,
  { layout, sequence }: Rearranged,
  { draft, piece, layout: before, signal }: Rewriting,
): Promise<Rewritten> {
  const start = weightsEnd(before);
  const { sink, end } = draft.over(piece, start);
  const chunks = new Chunks(sink, Math.min(CHUNK_BYTES, Math.max(1, end)));
  const hash = await quickHash();
  const weights: string[] = [];
  const places = weightRanges(before);
  const ranges = sequence.map((index) => places[index]!);
  await eachRange(blob, ranges, AT_ONCE, async (bytes, at) => {
    throwIfAborted(signal);
    const index = sequence[at]!;
    weights[index] = hash(bytes);
    await chunks.padTo(layout.weights[index]!.place.offset);
    await chunks.append(bytes);
  });
  await chunks.padTo(start);
  const beside = new Uint8Array(await blob.slice(start, end).arrayBuffer());
  await chunks.append(beside);
  await chunks.finish();
  await sink.close();
  return { weights, beside: { start, end, hash: hash(beside) } };
}

/** How a piece that was written over is read; rejects with FailedError('asset-corrupt') where it is not what was written. */
export async function confirm(
  blob: Blob,
  { layout }: Rearranged,
  { weights, beside }: Rewritten,
  order: readonly number[],
  signal?: AbortSignal,
): Promise<Reads> {
  const reads = await takeDown(blob, layout, order, signal);
  const found = new Uint8Array(await blob.slice(beside.start, beside.end).arrayBuffer());
  const hash = await quickHash();
  if (hash(found) === beside.hash && weights.every((one, at) => one === reads.weights[at])) return reads;
  throw new FailedError(
    'asset-corrupt',
    'What this browser keeps of this model is not what was written. Install it again.',
  );
}
