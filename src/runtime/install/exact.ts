/**
 * What a model answers with every digit of its files, on this very machine: what the flavour that is kept of it, and every
 * backend that it is run on later, is compared with.
 */
import type { ModelCard } from '../../catalog/card';
import type { Network } from '../../core/architectures/family';
import { ROWS, storedRows } from '../../core/architectures/guard/table';
import type { Holder } from '../../core/checkpoint/held';
import type { StoredTensor } from '../../core/checkpoint/stored';
import { pattern } from '../../core/image/patterns';
import type { RuntimeAssets } from '../../rpc/contract';
import { type Feed, openEngine } from '../engine';
import { pixelsFeed } from '../preprocess';
import { type ExactAnswers, PROBES } from '../probes';
import type { Built } from './build';
import { ExactRun } from './exact-run';

/**
 * Bytes of weights in float32 from which on fewer answers have to do. A picture takes a large tower seconds (Freepik's 345 MB
 * in float32: a third of its installation for each), a short text takes the guard what reading its weights takes.
 */
const FEWER: Readonly<Record<ModelCard['task'], { readonly from: number; readonly most: number }>> = {
  image: { from: 128e6, most: 1 },
  text: { from: 512e6, most: 2 },
};

export interface Exact {
  /** Goes as far as what was read by now allows. */
  advance(): Promise<void>;
  finish(): Promise<ExactAnswers>;
}

export interface ExactOptions {
  readonly holder: Holder;
  readonly runtime: RuntimeAssets;
  readonly signal?: AbortSignal | undefined;
}

/** Undefined for a model that is kept as it is: its own answers are the exact ones. */
export async function startExact(
  built: Built,
  { holder, runtime, signal }: ExactOptions,
): Promise<Exact | undefined> {
  const { card, parts } = built;
  const part = parts.find(({ role }) => role === 'network');
  const network = part?.inFull?.();
  if (!network) return undefined;
  const { from, most } = FEWER[card.task];
  const probes = PROBES[card.task].slice(0, network.weights.seenBytes > from ? most : undefined);
  const feeds: Readonly<Record<string, Feed>>[] = [];
  for (const probe of probes) {
    const found = await feedsOf(built, card, network, probe, signal);
    if (!found) return undefined;
    feeds.push(found);
  }
  const instead = part?.instead;
  const open: ConstructorParameters<typeof ExactRun>[2]['open'] = (part) => openEngine(part, runtime, 'wasm');
  const run = new ExactRun(network, feeds, { open, holder, signal });
  return {
    advance: () => run.advance(),
    async finish() {
      const outputs = await run.finish();
      const answers = probes.map((probe, at) => ({ probe, outputs: outputs[at]! }));
      return { answers, ...(instead !== undefined && { instead }) };
    },
  };
}

async function feedsOf(
  built: Built,
  card: ModelCard,
  network: Network,
  probe: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, Feed>> | undefined> {
  const content = probe.slice(probe.indexOf(':') + 1);
  if (card.input.kind === 'image') return { pixels: pixelsFeed(pattern(content), card.input) };
  const table = tableOf(network);
  return table && { inputs_embeds: await wordsOf(built, table, content, signal) };
}

/** Where the words of a network lie that leaves looking them up to the host. */
function tableOf({ weights }: Network): StoredTensor | undefined {
  return weights.makings.find(({ tensors }) => tensors[0]?.name === ROWS)?.from?.[0];
}

async function wordsOf(
  { tokenizer, tokenizerConfig }: Built,
  table: StoredTensor,
  text: string,
  signal?: AbortSignal,
): Promise<Feed> {
  const { openTokenizer } = await import('../tokenizer');
  const json = await tokenizer!.read(0, tokenizer!.size, signal);
  const config = tokenizerConfig && new TextEncoder().encode(JSON.stringify(tokenizerConfig));
  const ids = (await openTokenizer(json, config)).encode(text);
  return {
    data: await storedRows(table, ids, signal),
    dims: [1, ids.length, table.shape[1] ?? 0],
  };
}
