/** A stored model → its networks, opened. Weights are read from storage one tensor at a time. */
import { wordRows } from '../core/architectures/guard/table';
import { InvalidError } from '../core/errors';
import type { Layout } from '../core/prepare/layout';
import type { ReadSync } from '../core/prepare/mount';
import type { RuntimeAssets } from '../rpc/contract';
import { type Ahead, startAhead } from './ahead';
import type { Engines } from './chain';
import type { TokenModel } from './classify-tokens';
import { type Engine, openEngine } from './engine';
import { paged } from './paged';
import { type Runnable, runnable } from './runnable';
import { blobRead, blobReadSync } from './source';
import type { Manifest, Reads, Role } from './store/manifest';
import type { StoredModel } from './store/stored';
import { pageCheck, tableRange, verifiedWeights, weightRanges } from './verified';

/**
 * Opens every network of it. Rejects as `openEngine` does, with nothing left open. `orders` takes down in which order
 * weights were read.
 */
export async function loadStored(
  stored: StoredModel,
  runtime: RuntimeAssets,
  orders?: Partial<Record<Role, number[]>>,
): Promise<Runnable> {
  const { manifest } = stored;
  const engines: { network?: Engine; head?: Engine } = {};
  try {
    for (const role of ['network', 'head'] as const)
      if (manifest.layouts[role]) engines[role] = await openPart(stored, role, runtime, orders);
    const tokens = await openTokens(stored, engines);
    return runnable(manifest.card, engines, tokens);
  } catch (thrown) {
    await engines.network?.dispose();
    await engines.head?.dispose();
    throw thrown;
  }
}

async function openPart(
  stored: StoredModel,
  role: Role,
  runtime: RuntimeAssets,
  orders?: Partial<Record<Role, number[]>>,
): Promise<Engine> {
  const { manifest } = stored;
  const layout = manifest.layouts[role]!;
  const graph = new Uint8Array(await stored.piece(`${role}.graph`).arrayBuffer());
  const weights = await openWeights(weightsOf(stored, role, layout), layout, manifest.reads?.[role], runtime);
  const order: number[] = [];
  if (orders) orders[role] = order;
  const read = orders ? noting(weights.read, layout, order) : weights.read;
  try {
    const network = {
      graph,
      weights: { layout, read, ready: weights.ready },
      precision: precisionOf(manifest, role),
    };
    return await openEngine(network, runtime);
  } finally {
    weights.end();
  }
}

/** `read`, taking down which weights it was asked for. */
function noting(read: ReadSync, { weights }: Layout, order: number[]): ReadSync {
  const at = new Map(weights.map(({ place }, index) => [place.offset, index]));
  return (start, end) => {
    const index = at.get(start);
    if (index !== undefined) order.push(index);
    return read(start, end);
  };
}

/** Heads are kept exact beside a tower of any precision; one without a tower is the model. */
function precisionOf({ precision, layouts }: Manifest, role: Role): Manifest['precision'] {
  return role === 'head' && layouts.network ? 'exact' : precision;
}

/**
 * Weights up to this many bytes are read in one go: each read of its own goes through another process, and a small model
 * has as many tensors as a large one (0.2 s of Marqo's opening).
 */
const SMALL = 32 * 2 ** 20;

export const isReadWhole = (weights: Blob): boolean => weights.size <= SMALL;

async function openWeights(
  blob: Blob,
  layout: Layout,
  reads: Reads | undefined,
  { reader }: RuntimeAssets,
): Promise<Ahead> {
  const [ready, end] = [Promise.resolve(), () => {}];
  if (isReadWhole(blob)) {
    const bytes = await blobRead(blob);
    return { read: (from, to) => bytes.subarray(from, to), ready, end };
  }
  const plain = blobReadSync(blob);
  if (!reads) return { read: plain, ready, end };
  const direct = verifiedWeights(plain, layout, reads);
  const places = weightRanges(layout);
  const ranges = reads.order.map((at) => places[at]!);
  const hashes = reads.order.map((at) => reads.weights[at]!);
  return startAhead({ blob, ranges, hashes, reader, direct }) ?? { read: direct, ready, end };
}

function weightsOf(stored: StoredModel, role: Role, layout: Layout): Blob {
  const blob = stored.piece(`${role}.weights`);
  if (blob.size !== layout.keptBytes)
    throw new InvalidError('invalid-model', 'The stored weights are of another size. Install it again.');
  return blob;
}

async function openTokens(stored: StoredModel, { network }: Engines): Promise<TokenModel | undefined> {
  const { card, pieces, layouts } = stored.manifest;
  if (card.input.kind !== 'tokens' || !network) return undefined;
  const bytesOf = async (piece: string) => new Uint8Array(await stored.piece(piece).arrayBuffer());
  const layout = layouts.network!;
  // By range in a small model too: its weights are in the runtime by now, and words are a few rows of the rest.
  const read = blobReadSync(weightsOf(stored, 'network', layout));
  const reads = stored.manifest.reads?.network;
  const words = paged(read, tableRange(layout), reads && pageCheck(reads));
  const table = wordRows(layout.tables, words);
  // Imported with the first model that needs it: its tokenizer's package is not small.
  const { openTokenModel } = await import('./classify-tokens');
  return openTokenModel({
    card,
    engine: network,
    tokenizerJson: await bytesOf('tokenizer'),
    ...(pieces['tokenizer-config'] && { tokenizerConfig: await bytesOf('tokenizer-config') }),
    ...(table && { table }),
  });
}
