/**
 * For tests in Node: a network's weights made and its graph opened as the browser would, by ONNX Runtime's WASM build.
 * Not by onnxruntime-node: on x86 without VNNI its 8-bit products saturate at 16 bits (0.5 and more off on an EPYC of
 * the Zen 3 kind), which the WASM build never does.
 */
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import type { Graph } from '../onnx/graph';
import { writeModel } from '../onnx/write';
import { widenBf16, widenF16 } from '../quantize/half';
import { bytesOf } from '../tensor';
import { type Placed, WEIGHTS, type WeightPlan } from './plan';

/** More than one has to be said before the first session. */
env.wasm.numThreads = 1;

export { env, InferenceSession, Tensor };

export interface Planned {
  readonly graph: Graph;
  readonly weights: WeightPlan;
}

export interface Answer {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface OpenNetwork {
  readonly session: InferenceSession;
  /** Float32 inputs by name → float32 outputs by name. */
  run(
    inputs: Readonly<Record<string, { data: Float32Array; dims: readonly number[] }>>,
  ): Promise<Record<string, Answer>>;
  close(): Promise<void>;
}

/** What the graph sees of every planned tensor, in order: made, and widened where it is kept narrower. */
export async function* madeWeights(
  plan: WeightPlan,
  signal?: AbortSignal,
): AsyncGenerator<{ placed: Placed; bytes: Uint8Array }> {
  let index = 0;
  for (const making of plan.makings)
    for (const kept of await making.make(signal)) {
      const placed = plan.placed[index++]!;
      if (kept.byteLength !== placed.place.length)
        throw new Error(`${placed.name} has ${kept.byteLength} bytes, planned ${placed.place.length}`);
      yield { placed, bytes: widened(placed, kept) };
    }
}

/** Writes `model.onnx` and its weights into `folder`; returns the model's path. */
export async function writeNetwork({ graph, weights }: Planned, folder: string): Promise<string> {
  const path = join(folder, 'model.onnx');
  await writeFile(path, writeModel(graph));
  const file = await open(join(folder, WEIGHTS), 'w');
  try {
    for await (const { placed, bytes } of madeWeights(weights))
      if (placed.seen) await file.write(bytes, 0, bytes.byteLength, placed.seen.offset);
    await file.truncate(weights.seenBytes);
  } finally {
    await file.close();
  }
  return path;
}

/** Makes the weights and opens the graph, shapes checked strictly. The caller closes it. */
export async function openNetwork(
  { graph, weights }: Planned,
  options: InferenceSession.SessionOptions = {},
): Promise<OpenNetwork> {
  const seen = new Uint8Array(weights.seenBytes);
  for await (const { placed, bytes } of madeWeights(weights))
    if (placed.seen) seen.set(bytes, placed.seen.offset);
  const session = await InferenceSession.create(writeModel(graph), {
    externalData: [{ path: WEIGHTS, data: seen }],
    logSeverityLevel: 3,
    extra: { session: { strict_shape_type_inference: '1' } },
    ...options,
  });
  return { session, run: (inputs) => run(session, inputs), close: () => session.release() };
}

async function run(
  session: InferenceSession,
  inputs: Parameters<OpenNetwork['run']>[0],
): Promise<Record<string, Answer>> {
  const feeds = Object.entries(inputs).map(
    ([name, { data, dims }]) => [name, new Tensor('float32', data, dims)] as const,
  );
  const outputs = await session.run(Object.fromEntries(feeds));
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data, dims }]) => [name, { data: data as Float32Array, dims }]),
  );
}

function widened({ kept }: Placed, bytes: Uint8Array): Uint8Array {
  if (kept === 'BF16') return bytesOf(widenBf16(bytes));
  if (kept === 'F16') return bytesOf(widenF16(bytes));
  return bytes;
}
