/** A network that can be run: the one interface over every runtime and backend. */
import type { Backend, Precision } from '../core/policy/types';
import type { Layout } from '../core/prepare/layout';
import type { ReadSync } from '../core/prepare/mount';
import type { RuntimeAssets } from '../rpc/contract';

/** Values in and out of a network. Integers travel as Int32Array. */
export interface Feed {
  readonly data: Float32Array | Int32Array;
  /** Row-major dimensions. */
  readonly dims: readonly number[];
}

export interface Engine {
  readonly backend: Backend;
  readonly precision: Precision;
  readonly threads: number;
  /** Names of the network's inputs, where the runtime tells them. */
  readonly inputs?: readonly string[];
  /** Rejects with FailedError('inference-failed'). Outputs are copies: they stay valid after the next run. */
  run(feeds: Readonly<Record<string, Feed>>): Promise<Readonly<Record<string, Feed>>>;
  dispose(): Promise<void>;
}

/** What an engine opens. */
export interface EngineNetwork {
  /** The bytes of an ONNX file. */
  readonly graph: Uint8Array;
  /** Where the weights lie that the graph leaves out; read during opening only. */
  readonly weights?: {
    readonly layout: Layout;
    readonly read: ReadSync;
    /** What must have happened before anything is read. */
    readonly ready?: Promise<void>;
  };
  /** Default `exact`. */
  readonly precision?: Precision;
}

/** An engine for an ONNX model. The runtime is imported on first use: previews never load it. */
export async function openEngine(network: EngineNetwork, runtime: RuntimeAssets): Promise<Engine> {
  const { openOrtWasm } = await import('./engines/ort-wasm');
  return openOrtWasm(network, runtime);
}
