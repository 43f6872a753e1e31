/**
 * ONNX Runtime Web with its native WebGPU backend. Never the build that is imported by the package's own name, nor `/all`:
 * their older kernels are silently wrong (8-bit blocks, padded batches; 1.30).
 */
import { CancelledError, FailedError, UnsupportedError } from '../../core/errors';
import type { RuntimeAssets, WebGpuRuntime } from '../../rpc/contract';
import { isWithdrawn } from '../../rpc/withdrawal';
import type { Engine, EngineKind, EngineNetwork } from '../engine';
import { type Gpu, gpu } from './gpu';
import {
  type Feeds,
  type Ort,
  openSession,
  Queue,
  runSession,
  type Session,
  type SessionOptions,
  setUp,
  untilWithdrawn,
  wideInputs,
} from './ort';
import { cut, Sequence } from './sequence';

export const ortWebGpu: EngineKind = {
  backend: 'webgpu',
  precisions: ['exact', 'int8-blocks', 'half'],
  open: openOrtWebGpu,
};

/** Suspends WASM in the browser's own way, or by code that was compiled in: 17 MB instead of 27 MB. */
const BUILDS: Readonly<Record<WebGpuRuntime['build'], () => Promise<Ort>>> = {
  jspi: () => import('onnxruntime-web/jspi') as Promise<Ort>,
  asyncify: () => import('onnxruntime-web/webgpu') as Promise<Ort>,
};

/** For all sessions of the worker: WASM that is suspended in one of them cannot be entered by another. */
const queue = new Queue();

async function openOrtWebGpu(network: EngineNetwork, runtime: RuntimeAssets): Promise<Engine> {
  const { webgpu } = runtime;
  if (!webgpu) throw new FailedError('internal', 'This worker was not given the runtime for WebGPU.');
  const precision = network.precision ?? 'exact';
  const [ort, graphics] = await Promise.all([BUILDS[webgpu.build](), gpu()]);
  if (precision === 'half' && !graphics.half)
    throw new UnsupportedError(
      'gpu-unavailable',
      'This graphics processor does not compute in float16. Use WASM, or install the model with another precision.',
      { precision },
    );
  // What is left to the CPU is a few numbers; threads would only wait.
  setUp(ort, webgpu, 1);
  const opened = await queue.run(() => watched(graphics, () => openNetwork(ort, network, graphics)));
  const doing = <T>(work: () => Promise<T>) => queue.run(() => watched(graphics, work));
  const { sessions, inputs, run } = opened;
  await doing(opened.prove).catch(async (thrown: unknown) => {
    await release(sessions, graphics);
    throw thrown;
  });
  return {
    backend: 'webgpu',
    precision,
    threads: 1,
    inputs,
    // What the graphics processor has begun it finishes; the next one waits for that, and whoever withdrew it does not.
    run: (feeds, signal) =>
      untilWithdrawn(
        signal,
        doing(async () => {
          if (isWithdrawn(signal)) throw new CancelledError();
          return run(feeds);
        }),
      ),
    dispose: () => queue.run(() => release(sessions, graphics)),
  };
}

interface Opened {
  readonly sessions: readonly Session[];
  readonly inputs: readonly string[];
  run(feeds: Feeds): Promise<Feeds>;
  /** What has to be found out by running it. */
  prove(): Promise<void>;
}

async function openNetwork(ort: Ort, network: EngineNetwork, graphics: Gpu): Promise<Opened> {
  const { sequence } = network;
  const parts = sequence && (await cut(network, sequence.input));
  const session = await openSession(ort, parts?.main ?? network, optionsFor(network, graphics));
  const wide = wideInputs(session);
  const main = (feeds: Feeds) => runSession(ort, session, feeds, wide);
  if (!parts) return { sessions: [session], inputs: session.inputNames, run: main, prove: async () => {} };
  const second = await openSession(ort, parts.apart, APART).catch(async (thrown: unknown) => {
    await session.release();
    throw thrown;
  });
  const { ends } = parts;
  const apart = (feeds: Feeds) => runSession(ort, second, feeds, wideInputs(second));
  const whole = new Sequence({ input: sequence!.input, ends, main, apart });
  return {
    sessions: [session, second],
    inputs: [sequence!.input],
    run: (feeds) => whole.run(feeds),
    prove: () => whole.tryPadding(sequence!.width),
  };
}

/** Whole numbers, and a mask: once per length. */
const APART: SessionOptions = { executionProviders: ['wasm'], logSeverityLevel: 4 };

/** Of a lost device there is nothing to give back, and the runtime would wait for it. */
async function release(sessions: readonly Session[], { lost }: Gpu): Promise<void> {
  if (!lost()) for (const session of sessions) await session.release();
}

/** `work`, but rejecting with FailedError('gpu-lost') as soon as the device is, and whenever it is at the end. */
async function watched<T>({ gone, lost, prove }: Gpu, work: () => Promise<T>): Promise<T> {
  const before = lost();
  if (before) throw before;
  try {
    const result = await Promise.race([work(), gone]);
    // The runtime itself takes a failed copy for one of zeros.
    await prove();
    return result;
  } catch (thrown) {
    throw lost() ?? thrown;
  }
}

/**
 * Capturing the graph (`enableGraphCapture`) is off: what it saves between kernels was not measured on a graphics processor yet, and
 * it wants inputs and outputs in GPU buffers, whose bindings the runtime leaves to freed memory once a run has failed (1.30).
 */
function optionsFor({ nowhereElse }: EngineNetwork, { device }: Gpu): SessionOptions {
  return {
    executionProviders: [
      // Shapes stay the same from run to run, so buffers of exactly those sizes are what is needed again.
      { name: 'webgpu', device, storageBufferCacheMode: 'simple' },
    ],
    // One picture at a time; known before the graph is optimised, every shape is.
    freeDimensionOverrides: { batch: 1 },
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    extra: { session: nowhereElse ? { disable_cpu_ep_fallback: '1' } : {} },
  };
}
