/** A written piece of weights, written over again in the order in which the runtime asks for them. */
import { FailedError, throwIfAborted } from '../../core/errors';
import { type Layout, weightsEnd } from '../../core/prepare/layout';
import { CHUNK_BYTES, Chunks } from '../../core/prepare/prepare';
import type { Rearranged } from '../../core/prepare/rearranged';
import type { Draft } from '../store/draft';
import { sha256 } from '../store/hash';
import type { Reads } from '../store/manifest';
import { takeDown } from '../verified';

/** Weights that are read while one is written. */
const AT_ONCE = 4;

export interface Rewriting {
  readonly draft: Draft;
  readonly piece: string;
  readonly layout: Layout;
  readonly signal?: AbortSignal | undefined;
}

/** What was written, to compare with what is read back. Hashes are SHA-256 in hex, lower case. */
export interface Rewritten {
  readonly weights: readonly string[];
  /** Bytes of tables that were written over because they share a chunk with weights. */
  readonly beside: { readonly start: number; readonly end: number; readonly sha256: string };
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
  const weights: string[] = [];
  const coming: Promise<readonly [ArrayBuffer, string]>[] = [];
  for (const [at, index] of sequence.entries()) {
    throwIfAborted(signal);
    for (let next = at + coming.length; next < Math.min(at + AT_ONCE, sequence.length); next++) {
      const { offset, length } = before.weights[sequence[next]!]!.place;
      coming.push(hashed(blob.slice(offset, offset + length)));
    }
    const [bytes, hash] = await coming.shift()!;
    weights[index] = hash;
    await chunks.padTo(layout.weights[index]!.place.offset);
    await chunks.append(new Uint8Array(bytes));
  }
  await chunks.padTo(start);
  const [bytes, hash] = await hashed(blob.slice(start, end));
  await chunks.append(new Uint8Array(bytes));
  await chunks.finish();
  await sink.close();
  return { weights, beside: { start, end, sha256: hash } };
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
  const [, hash] = await hashed(blob.slice(beside.start, beside.end));
  if (hash === beside.sha256 && weights.every((one, at) => one === reads.weights[at])) return reads;
  throw new FailedError(
    'asset-corrupt',
    'What this browser keeps of this model is not what was written. Install it again.',
  );
}

async function hashed(part: Blob): Promise<readonly [ArrayBuffer, string]> {
  const reading = (async () => {
    const bytes = await part.arrayBuffer();
    return [bytes, await sha256(bytes)] as const;
  })();
  // One that fails while an earlier one is awaited is not unhandled: its turn comes.
  reading.catch(() => {});
  return reading;
}
