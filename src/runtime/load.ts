/** A stored model → its networks, opened. Weights are read from storage one tensor at a time. */
import { wordRows } from '../core/architectures/guard/table';
import { InvalidError } from '../core/errors';
import type { Layout } from '../core/prepare/layout';
import type { ReadSync } from '../core/prepare/mount';
import type { RuntimeAssets } from '../rpc/contract';
import type { Engines } from './chain';
import type { TokenModel } from './classify-tokens';
import { type Engine, openEngine } from './engine';
import { type Runnable, runnable } from './runnable';
import { blobRead, blobReadSync } from './source';
import type { Manifest, Role } from './store/manifest';
import type { StoredModel } from './store/stored';

/** Opens every network of it. Rejects as `openEngine` does, with nothing left open. */
export async function loadStored(stored: StoredModel, runtime: RuntimeAssets): Promise<Runnable> {
  const { manifest } = stored;
  const engines: { network?: Engine; head?: Engine } = {};
  try {
    for (const role of ['network', 'head'] as const)
      if (manifest.layouts[role]) engines[role] = await openPart(stored, role, runtime);
    const tokens = await openTokens(stored, engines);
    return runnable(manifest.card, engines, tokens);
  } catch (thrown) {
    await engines.network?.dispose();
    await engines.head?.dispose();
    throw thrown;
  }
}

async function openPart(stored: StoredModel, role: Role, runtime: RuntimeAssets): Promise<Engine> {
  const { manifest } = stored;
  const layout = manifest.layouts[role]!;
  const graph = new Uint8Array(await stored.piece(`${role}.graph`).arrayBuffer());
  const weights = { layout, read: await weightReader(weightsOf(stored, role, layout)) };
  return openEngine({ graph, weights, precision: precisionOf(manifest, role) }, runtime);
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

async function weightReader(blob: Blob): Promise<ReadSync> {
  if (blob.size > SMALL) return blobReadSync(blob);
  const bytes = await blobRead(blob);
  return (start, end) => bytes.subarray(start, end);
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
  const table = wordRows(layout.tables, blobReadSync(weightsOf(stored, 'network', layout)));
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
