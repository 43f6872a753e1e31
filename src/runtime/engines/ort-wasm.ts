/** ONNX Runtime Web's plain WASM build: float32 and int8 on the CPU, one thread or several. */
import * as ort from 'onnxruntime-web/wasm';
import type { RuntimeAssets } from '../../rpc/contract';
import type { Engine, EngineKind, EngineNetwork } from '../engine';
import { isHelped } from '../helper';
import { arm, stoppable } from './brake';
import {
  openSession,
  Queue,
  runSession,
  type SessionOptions,
  setUp,
  startSession,
  untilWithdrawn,
  wideInputs,
} from './ort';

export const ortWasm: EngineKind = {
  backend: 'wasm',
  // Blocks are widened to float32 in every run, and halves once, when it is opened: right, and no faster than `exact`.
  precisions: ['exact', 'int8', 'int8-blocks', 'half'],
  open: openOrtWasm,
  async start(runtime) {
    setUp(ort, runtime, runtime.threads);
    await startSession(ort, OPTIONS);
  },
};

async function openOrtWasm(network: EngineNetwork, runtime: RuntimeAssets): Promise<Engine> {
  setUp(ort, runtime, runtime.threads);
  // Here, too, and alike: the order in which weights are asked for depends on what was in WASM's memory before.
  if (network.weights) await startSession(ort, OPTIONS);
  // A long text's run takes seconds, the very first one as well; and where there is a thread already, it costs nothing.
  if (network.sequence || isHelped()) await arm(runtime.helper);
  const session = await openSession(ort, network, optionsFor(network));
  const wide = wideInputs(session);
  const queue = new Queue();
  return {
    backend: 'wasm',
    precision: network.precision ?? 'exact',
    threads: runtime.threads,
    inputs: session.inputNames,
    run: (feeds, signal) =>
      untilWithdrawn(
        signal,
        queue.run(() => stoppable(signal, runtime.helper, () => runSession(ort, session, feeds, wide))),
      ),
    dispose: () => queue.run(() => session.release()),
  };
}

const OPTIONS: SessionOptions = {
  executionProviders: ['wasm'],
  graphOptimizationLevel: 'all',
  // Off by default on the web. Shapes are static here, so the plan is made once and buffers are reused.
  enableCpuMemArena: true,
  enableMemPattern: true,
  logSeverityLevel: 4,
};

const EXTRA = {
  // The arena grows in powers of two: weights in it would cost up to twice their size.
  use_device_allocator_for_initializers: '1',
};

function optionsFor({ weights, sequence }: EngineNetwork): SessionOptions {
  // Idle threads that spin take the cores that the browser decodes the next picture with. Where a run is much longer
  // than decoding, they save more than they take: 8 % of Marqo's 0.25 s (2 threads on 2 cores).
  const spin = { intra_op: { allow_spinning: weights ? '1' : '0' } };
  // Sharing of buffers is planned by comparing every value with every other, and among lengths that nobody knows yet hardly
  // two are alike: 1.4 s for the guard's 1,551 operators. This mode plans none; there are no threads for it to use.
  const plan = sequence ? ({ executionMode: 'parallel', enableMemPattern: false } as const) : {};
  return { ...OPTIONS, ...plan, extra: { session: { ...EXTRA, ...spin } } };
}
