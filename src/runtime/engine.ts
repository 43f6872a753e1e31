/** A network that can be run: the one interface over every runtime and backend. */
import { UnsupportedError } from '../core/errors';
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
  /**
   * Rejects with FailedError ('inference-failed', 'gpu-lost'), or CancelledError when `signal` fires: before the run, and
   * during it where the engine can be stopped. Outputs are copies: they stay valid after the next run.
   */
  run(feeds: Readonly<Record<string, Feed>>, signal?: AbortSignal): Promise<Readonly<Record<string, Feed>>>;
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
  /** Input of a text network whose second dimension is the length of the text, and the only one that is not known. */
  readonly sequence?: { readonly input: string; readonly width: number };
  /** Refuse a graph of which the backend would leave a part to the CPU: for tests. */
  readonly nowhereElse?: boolean;
}

/** A way to run networks: one for each backend. */
export interface EngineKind {
  readonly backend: Backend;
  /** Flavours of a network that it runs as they are meant. */
  readonly precisions: readonly Precision[];
  /**
   * Rejects with FailedError ('worker-failed' when the runtime cannot start, 'out-of-memory', 'gpu-lost'),
   * UnsupportedError('gpu-unavailable'), and as reading the weights does. Nothing is left open then.
   */
  open(network: EngineNetwork, runtime: RuntimeAssets): Promise<Engine>;
  /** Does of it what no network is needed for, once per worker. Rejects as `open`. */
  start?(runtime: RuntimeAssets): Promise<void>;
}

/** Imported on first use: previews load no runtime, and nobody loads two. */
const KINDS: Readonly<Record<Backend, () => Promise<EngineKind>>> = {
  wasm: async () => (await import('./engines/ort-wasm')).ortWasm,
  webgpu: async () => (await import('./engines/ort-webgpu')).ortWebGpu,
};

/** Starts the runtime on WASM before a network is there to be opened. Rejects with FailedError('worker-failed'). */
export async function startRuntime(runtime: RuntimeAssets): Promise<void> {
  const { start } = await KINDS.wasm();
  await start?.(runtime);
}

/**
 * An engine for an ONNX model, on that backend. Rejects as the engine's `open`, and with UnsupportedError('unsupported-model')
 * for a flavour that the backend does not run.
 */
export async function openEngine(
  network: EngineNetwork,
  runtime: RuntimeAssets,
  backend: Backend,
): Promise<Engine> {
  const kind = await KINDS[backend]();
  const { precision = 'exact' } = network;
  if (!kind.precisions.includes(precision))
    throw new UnsupportedError(
      'unsupported-model',
      `A model kept as ${precision} does not run on ${BACKENDS[backend]}. Install it again with another precision.`,
      { backend, precision },
    );
  return kind.open(network, runtime);
}

const BACKENDS: Readonly<Record<Backend, string>> = { wasm: 'WASM', webgpu: 'WebGPU' };
