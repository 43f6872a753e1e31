/** A stored model → its networks, opened. Weights are read from storage one tensor at a time. */
import { CODES, EMBEDDED, ROWS, wordRows } from '../core/architectures/guard/table';
import { InvalidError } from '../core/errors';
import type { Backend } from '../core/policy/types';
import type { Layout } from '../core/prepare/layout';
import type { ReadSync } from '../core/prepare/mount';
import type { OpenRequest, RuntimeAssets } from '../rpc/contract';
import { step } from '../rpc/step';
import { type Ahead, startAhead } from './ahead';
import { askBeginning } from './beginning';
import type { Engines } from './chain';
import type { TokenModel } from './classify-tokens';
import { discard } from './discard';
import { type Engine, type EngineNetwork, openEngine } from './engine';
import { paged } from './paged';
import { type QuickHash, quickHash } from './quick-hash';
import { type Runnable, runnable } from './runnable';
import { blobReadSync } from './source';
import type { Manifest, Role } from './store/manifest';
import { isReadWhole, noteOrder, type StoredModel } from './store/stored';
import { pageCheck, tableRange, verifiedWeights, weightRanges } from './verified';

export interface Loaded {
  readonly model: Runnable;
  /** What its first layers gave by themselves, where they are kept and can be asked. */
  readonly beginning: readonly number[] | undefined;
  /** What it reads by the word comes from here from now on: the same tables, stored otherwise. */
  readonly reread: (stored: StoredModel) => void;
}

/**
 * Opens every network of it. Rejects as `openEngine` does, with nothing left open. `orders` takes down in which order
 * weights were read.
 */
export async function loadStored(
  stored: StoredModel,
  runtime: RuntimeAssets,
  backend: Backend,
  orders?: Partial<Record<Role, number[]>>,
): Promise<Loaded> {
  const { manifest } = stored;
  const engines: { network?: Engine; head?: Engine } = {};
  try {
    let beginning: Loaded['beginning'];
    for (const role of ['network', 'head'] as const) {
      if (!manifest.layouts[role]) continue;
      const part = await openPart(stored, role, { runtime, backend }, orders);
      engines[role] = part.engine;
      beginning ??= part.beginning;
    }
    const words = manifest.card.input.kind === 'tokens' ? new Words(stored, await quickHash()) : undefined;
    const tokens = await openTokens(stored, engines, words);
    return {
      model: runnable(manifest.card, engines, tokens),
      beginning,
      reread: (from) => words?.from(from),
    };
  } catch (thrown) {
    await engines.network?.dispose();
    await engines.head?.dispose();
    throw thrown;
  }
}

async function openPart(
  stored: StoredModel,
  role: Role,
  { runtime, backend }: Pick<OpenRequest, 'runtime' | 'backend'>,
  orders?: Partial<Record<Role, number[]>>,
): Promise<{ engine: Engine; beginning?: Loaded['beginning'] }> {
  const { manifest } = stored;
  const layout = manifest.layouts[role]!;
  const graph = await stored.bytes(`${role}.graph`);
  const weights = await openWeights(stored, role, layout, runtime);
  step('weights at hand');
  const order: number[] = [];
  if (orders) orders[role] = order;
  const read = noting(weights.read, layout, order);
  try {
    const network = {
      graph,
      weights: { layout, read, ready: weights.ready },
      precision: precisionOf(manifest, role),
      ...sequenceOf(layout),
    };
    // Always before the whole, so that weights are asked for in the order that was taken down.
    const { beginning } = manifest;
    const given =
      beginning && role === 'network' && backend === 'wasm'
        ? await askBeginning(network, beginning, runtime)
        : undefined;
    step('first layers asked');
    const engine = await openEngine(network, runtime, backend);
    if (!orders) void noteOrder(manifest, role, order);
    return { engine, beginning: given };
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

/** Of a network whose words are looked up here: it takes their embeddings. */
function sequenceOf({ tables }: Layout): Pick<EngineNetwork, 'sequence'> {
  const width = tables.find(({ name }) => name === CODES || name === ROWS)?.shape[1];
  return width === undefined ? {} : { sequence: { input: EMBEDDED, width } };
}

/** Heads are kept exact beside a tower of any precision; one without a tower is the model. */
function precisionOf({ precision, layouts }: Manifest, role: Role): Manifest['precision'] {
  return role === 'head' && layouts.network ? 'exact' : precision;
}

async function openWeights(
  stored: StoredModel,
  role: Role,
  layout: Layout,
  { helper }: RuntimeAssets,
): Promise<Ahead> {
  const [ready, end] = [Promise.resolve(), () => {}];
  const blob = weightsOf(stored, role, layout);
  const reads = stored.manifest.reads?.[role];
  if (isReadWhole(blob)) {
    // A read each would be 0.2 s of Marqo's opening.
    const bytes = await stored.bytes(`${role}.weights`);
    // Whoever is given a whole buffer may free it.
    const part = (from: number, to: number) =>
      to - from === bytes.length ? bytes.slice() : bytes.subarray(from, to);
    return { read: part, ready, end };
  }
  const plain = freeing(blobReadSync(blob));
  if (!reads) return { read: plain, ready, end };
  const direct = verifiedWeights(plain, layout, reads, await quickHash());
  const places = weightRanges(layout);
  const ranges = reads.order.map((at) => places[at]!);
  const hashes = reads.order.map((at) => reads.weights[at]!);
  return startAhead({ blob, ranges, hashes, helper, direct }) ?? { read: direct, ready, end };
}

/** `read`, giving back the memory of the read before: whoever asks for the next is done with it. */
function freeing(read: ReadSync): ReadSync {
  let before: ArrayBuffer | undefined;
  return (start, end) => {
    if (before) discard(before);
    const bytes = read(start, end);
    before = bytes.buffer as ArrayBuffer;
    return bytes;
  };
}

function weightsOf(stored: StoredModel, role: Role, layout: Layout): Blob {
  const blob = stored.piece(`${role}.weights`);
  if (blob.size !== layout.keptBytes)
    throw new InvalidError('invalid-model', 'The stored weights are of another size. Install it again.');
  return blob;
}

/** Rows of words, read page by page. */
class Words {
  #read: ReadSync | undefined;

  constructor(
    private stored: StoredModel,
    private readonly hash: QuickHash,
  ) {}

  readonly read: ReadSync = (start, end) => {
    this.#read ??= this.#paged();
    return this.#read(start, end);
  };

  from(stored: StoredModel): void {
    this.stored = stored;
    this.#read = undefined;
  }

  #paged(): ReadSync {
    const { layouts, reads } = this.stored.manifest;
    const layout = layouts.network!;
    // By range in a small model too: its weights are in the runtime by now, and words are a few rows of the rest.
    const read = blobReadSync(weightsOf(this.stored, 'network', layout));
    return paged(read, tableRange(layout), reads?.network && pageCheck(reads.network, this.hash));
  }
}

async function openTokens(
  stored: StoredModel,
  { network }: Engines,
  words: Words | undefined,
): Promise<TokenModel | undefined> {
  const { card, pieces, layouts } = stored.manifest;
  if (!words || card.input.kind !== 'tokens' || !network) return undefined;
  const table = wordRows(layouts.network!.tables, words.read);
  // Imported with the first model that needs it: its tokenizer's package is not small.
  const { openTokenModel } = await import('./classify-tokens');
  return openTokenModel({
    card,
    engine: network,
    tokenizerJson: await stored.bytes('tokenizer'),
    ...(pieces['tokenizer-config'] && { tokenizerConfig: await stored.bytes('tokenizer-config') }),
    ...(table && { table }),
  });
}
