/**
 * What a network answers on a few inputs, a part at a time: the float32 flavour of a model whose weights do not fit beside
 * everything else. Weights are made when their part runs, and gone after it.
 */
import type { Network } from '../../core/architectures/family';
import type { Holder } from '../../core/checkpoint/held';
import { FailedError, throwIfAborted } from '../../core/errors';
import type { Graph, Initializer } from '../../core/onnx/graph';
import { splitGraph } from '../../core/onnx/split';
import { writeModel } from '../../core/onnx/write';
import type { Layout } from '../../core/prepare/layout';
import type { Making, Placed, WeightPlan } from '../../core/prepare/plan';
import type { Engine, EngineNetwork, Feed } from '../engine';

/** Weights of one part, in bytes as the graph sees them. ONNX Runtime packs them, so a part takes up to twice this. */
export const PART_BYTES = 32e6;

export interface ExactRunOptions {
  readonly open: (network: EngineNetwork) => Promise<Engine>;
  /** Of the files that the network's weights lie in. */
  readonly holder: Holder;
  readonly budget?: number;
  readonly signal?: AbortSignal | undefined;
}

interface Made {
  readonly making: Making;
  /** Of the making's tensors. */
  readonly at: number;
  readonly placed: Placed;
}

export class ExactRun {
  readonly #parts: Graph[];
  readonly #weights: ReadonlyMap<number, Made>;
  /** Of each input that is answered. */
  readonly #values: readonly Map<string, Feed>[];
  readonly #outputs: readonly string[];

  constructor(
    network: Network,
    inputs: readonly Readonly<Record<string, Feed>>[],
    private readonly options: ExactRunOptions,
  ) {
    this.#parts = [...splitGraph(network.graph, options.budget ?? PART_BYTES)];
    this.#weights = weightsOf(network.weights);
    this.#values = inputs.map((feeds) => new Map(Object.entries(feeds)));
    this.#outputs = network.graph.outputs.map(({ name }) => name);
    for (const graph of this.#parts)
      for (const { from = [] } of this.#makings(graph))
        for (const tensor of from) options.holder.want(tensor);
  }

  /** Runs the parts whose weights are at hand by now. Rejects as engines and makings do. */
  async advance(): Promise<void> {
    const { holder } = this.options;
    const ready = (graph: Graph) =>
      this.#makings(graph).every(
        ({ reads, from }) => reads === 0 || (from?.every((tensor) => holder.has(tensor)) ?? false),
      );
    while (this.#parts[0] && ready(this.#parts[0])) await this.#next();
  }

  /** Runs what is left; the network's outputs for each input. */
  async finish(): Promise<readonly Readonly<Record<string, Feed>>[]> {
    while (this.#parts.length > 0) await this.#next();
    return this.#values.map((values) =>
      Object.fromEntries(this.#outputs.map((name) => [name, values.get(name)!])),
    );
  }

  async #next(): Promise<void> {
    const { open, signal } = this.options;
    throwIfAborted(signal);
    const graph = this.#parts.shift()!;
    const engine = await open(await this.#network(graph));
    this.#letGo(graph);
    try {
      for (const values of this.#values) {
        const feeds = Object.fromEntries(graph.inputs.map(({ name }) => [name, given(values, name)]));
        for (const [name, value] of Object.entries(await engine.run(feeds))) values.set(name, value);
      }
    } finally {
      await engine.dispose();
    }
    const wanted = new Set([
      ...this.#outputs,
      ...this.#parts.flatMap((part) => part.inputs.map(({ name }) => name)),
    ]);
    for (const values of this.#values)
      for (const name of values.keys()) if (!wanted.has(name)) values.delete(name);
  }

  /** A part with its weights in memory, its file as long as they are. */
  async #network(graph: Graph): Promise<EngineNetwork> {
    const made = new Map<Making, readonly Uint8Array[]>();
    for (const making of this.#makings(graph)) made.set(making, await making.make(this.options.signal));
    const weights: Layout['weights'][number][] = [];
    const bytes = new Map<number, Uint8Array>();
    const initializers = new Map<string, Initializer>(graph.initializers);
    let [seenBytes, keptBytes] = [0, 0];
    for (const [name, tensor] of graph.initializers) {
      if (!('external' in tensor)) continue;
      const { making, at, placed } = this.#made(tensor.external.offset);
      const kept = made.get(making)![at]!;
      const seen = { offset: seenBytes, length: tensor.external.length };
      const place = { offset: keptBytes, length: kept.byteLength };
      bytes.set(place.offset, kept);
      weights.push({ seen, place, ...(placed.kept && { widen: placed.kept }) });
      initializers.set(name, { ...tensor, external: { ...tensor.external, ...seen } });
      seenBytes += aligned(seen.length);
      keptBytes += aligned(place.length);
    }
    const layout: Layout = { version: 1, seenBytes, keptBytes, weights, tables: [] };
    // A copy, which whoever reads it frees: the runtime may read a weight twice.
    const read = (start: number, end: number) => bytes.get(start)!.slice(0, end - start);
    return { graph: writeModel({ ...graph, initializers }), weights: { layout, read } };
  }

  #makings(graph: Graph): readonly Making[] {
    const external = [...graph.initializers.values()].flatMap((tensor) =>
      'external' in tensor ? [this.#made(tensor.external.offset).making] : [],
    );
    return [...new Set(external)];
  }

  #made(offset: number): Made {
    return this.#weights.get(offset)!;
  }

  /** Gives back what no later part reads. */
  #letGo(graph: Graph): void {
    const later = new Set(
      this.#parts.flatMap((part) => this.#makings(part).flatMap(({ from = [] }) => from)),
    );
    for (const { from = [] } of this.#makings(graph))
      for (const tensor of from) if (!later.has(tensor)) this.options.holder.letGo(tensor);
  }
}

function given(values: ReadonlyMap<string, Feed>, name: string): Feed {
  const value = values.get(name);
  if (!value) throw new FailedError('internal', `A part of the check reads ${name}, which nothing gave.`);
  return value;
}

/** By where they lie in the virtual file. */
function weightsOf({ makings, placed }: WeightPlan): ReadonlyMap<number, Made> {
  const all = makings.flatMap((making) => making.tensors.map((_, at) => ({ making, at })));
  return new Map(
    placed.flatMap((one, index) => (one.seen ? [[one.seen.offset, { ...all[index]!, placed: one }]] : [])),
  );
}

/** Empty weights have no bytes; two of them must not share a place. */
const aligned = (length: number): number => Math.max(1, Math.ceil(length / 64)) * 64;
