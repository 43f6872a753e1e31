import { describe, expect, it } from 'vitest';
import { memorySource } from '../checkpoint/source';
import type { WinnowError } from '../errors';
import { type Dimension, type Graph, GraphBuilder, int } from '../onnx/graph';
import * as ops from '../onnx/ops';
import { readOnnx } from '../onnx/read';
import { writeModel } from '../onnx/write';
import { openNetwork } from '../prepare/testing';
import { narrowF16, widenF16 } from '../quantize/half';
import { type DType, float32Tensor } from '../tensor';
import { adoptOnnx } from './onnx';

const SIDE = 8;
/** More than stands in a graph, also as float16. */
const WIDTH = 400;
const WEIGHTS = Float32Array.from({ length: 3 * WIDTH }, (_, i) => ((i * 37) % 23) / 23 - 0.5);

interface Sketch {
  readonly input?: string;
  readonly shape?: readonly Dimension[];
  readonly dtype?: DType;
  readonly output?: string;
  readonly end?: 'Softmax' | 'Sigmoid';
  readonly half?: boolean;
  readonly embedding?: string;
}

/** Mean of every channel → 400 numbers → two scores, as an exporter would have written it. */
function classifier(sketch: Sketch = {}): Graph {
  const { input = 'pixel_values', shape = ['batch', 3, SIDE, SIDE], dtype = 'F32' } = sketch;
  const g = new GraphBuilder('exported');
  const x = g.input(input, dtype, shape);
  const pooled = ops.flatten(g, ops.globalAveragePool(g, x));
  const weights = sketch.half
    ? { dtype: 'F16' as const, shape: [3, WIDTH], bytes: narrowF16(WEIGHTS) }
    : float32Tensor(WEIGHTS, [3, WIDTH]);
  const features = ops.tanh(g, ops.matMul(g, pooled, g.initializer('features.weight', weights)));
  const head = sketch.half
    ? { dtype: 'F16' as const, shape: [WIDTH, 2], bytes: narrowF16(WEIGHTS.subarray(0, 2 * WIDTH).slice()) }
    : float32Tensor(WEIGHTS.subarray(0, 2 * WIDTH).slice(), [WIDTH, 2]);
  let scores = ops.matMul(g, features, g.initializer('head.weight', head));
  if (sketch.end === 'Softmax') scores = g.add('Softmax', [scores], { axis: int(-1) });
  if (sketch.end === 'Sigmoid') scores = ops.sigmoid(g, scores);
  g.output(scores, sketch.output ?? 'logits', dtype, ['batch', 2]);
  if (sketch.embedding) g.output(features, sketch.embedding, dtype, ['batch', WIDTH]);
  return g.build();
}

const adopt = async (graph: Graph, task: 'image' | 'text' = 'image') =>
  adoptOnnx(await readOnnx(memorySource('model.onnx', writeModel(graph))), task);

const pixels = Float32Array.from({ length: 2 * 3 * SIDE * SIDE }, (_, i) => ((i * 13) % 29) / 29);

function expected(weights: Float32Array = WEIGHTS): { logits: number[]; features: number[] } {
  const plane = SIDE * SIDE;
  const features: number[] = [];
  const logits: number[] = [];
  for (let item = 0; item < 2; item++) {
    const means = [0, 1, 2].map((channel) => {
      const start = (item * 3 + channel) * plane;
      return pixels.subarray(start, start + plane).reduce((sum, value) => sum + value, 0) / plane;
    });
    const own = Array.from({ length: WIDTH }, (_, j) =>
      Math.tanh(means.reduce((sum, mean, i) => sum + mean * weights[i * WIDTH + j]!, 0)),
    );
    features.push(...own);
    for (let k = 0; k < 2; k++)
      logits.push(own.reduce((sum, value, j) => sum + value * weights[j * 2 + k]!, 0));
  }
  return { logits, features };
}

const close = (found: ArrayLike<number>, wanted: readonly number[], tolerance: number) => {
  expect(found.length).toBe(wanted.length);
  for (const [at, value] of wanted.entries()) expect(Math.abs(found[at]! - value)).toBeLessThan(tolerance);
};

describe('adoptOnnx', () => {
  it.each([
    {},
    { input: 'input', output: 'output' },
    { end: 'Softmax' as const, output: 'probabilities' },
    { end: 'Sigmoid' as const },
    { embedding: 'image_embeds' },
  ])('gives the scores before any activation, under our names: %j', async (sketch) => {
    const network = await adopt(classifier(sketch));
    expect(network.activation).toBe(sketch.end?.toLowerCase());
    expect(network.precision).toBe('exact');
    expect(network.says.input).toEqual({ width: SIDE, height: SIDE, layout: 'NCHW' });
    expect(network.says.embedding).toBe(sketch.embedding ? WIDTH : 0);
    const opened = await openNetwork(network);
    const outputs = await opened.run({ pixels: { data: pixels, dims: [2, 3, SIDE, SIDE] } });
    await opened.close();
    close(outputs.logits!.data, expected().logits, 1e-5);
    if (sketch.embedding) close(outputs.embedding!.data, expected().features, 1e-5);
  });

  it('runs float16 networks in float32, and keeps their weights in 16 bits', async () => {
    const { graph, ...model } = await readOnnx(
      memorySource('model.onnx', writeModel(classifier({ half: true, dtype: 'F16' }))),
    );
    // As they lie in a file of a size that is worth it.
    const weights = new Map(
      [...graph.initializers].flatMap(([name, tensor]) => {
        if ('external' in tensor || tensor.dtype !== 'F16') return [];
        const { dtype, shape, bytes } = tensor;
        const source = memorySource(name, bytes);
        return [[name, { dtype, shape, source, start: 0, end: bytes.byteLength }] as const];
      }),
    );
    const initializers = new Map([...graph.initializers].filter(([name]) => !weights.has(name)));
    const network = adoptOnnx({ ...model, graph: { ...graph, initializers }, weights }, 'image');
    expect(network.weights.keptBytes).toBeLessThan(network.weights.seenBytes);
    const opened = await openNetwork(network);
    const outputs = await opened.run({ pixels: { data: pixels, dims: [2, 3, SIDE, SIDE] } });
    await opened.close();
    close(outputs.logits!.data, expected(widenF16(narrowF16(WEIGHTS))).logits, 1e-4);
  });

  it('reads layout and size from the shape, where they stand in it', async () => {
    const says = async (shape: readonly Dimension[]) => (await adopt(classifier({ shape }))).says.input;
    expect(await says(['batch', 3, 'height', 'width'])).toEqual({ layout: 'NCHW' });
    expect(await says(['batch', 'channels', 224, 224])).toEqual({ width: 224, height: 224 });
    expect(await says(['batch', 32, 24, 3])).toEqual({ width: 24, height: 32, layout: 'NHWC' });
  });

  it('refuses networks that are no classifiers of pictures, naming what they take or give', async () => {
    const refusal = (graph: Graph) =>
      adopt(graph).then(
        () => '',
        ({ code, message }: WinnowError) => `${code}: ${message}`,
      );
    expect(await refusal(classifier({ shape: ['batch', 1, SIDE, SIDE] }))).toMatch(/1 channels/);
    const g = new GraphBuilder('two');
    const ids = g.input('input_ids', 'I64', ['batch', 'n']);
    g.output(ids, 'tokens', 'I64', ['batch', 'n']);
    expect(await refusal(g.build())).toMatch(/unsupported-model: .*input_ids I64/);
    const h = new GraphBuilder('mask');
    h.output(h.input('x', 'F32', ['batch', 3, 8, 8]), 'mask', 'F32', ['batch', 3, 8, 8]);
    expect(await refusal(h.build())).toMatch(/unsupported-model: .*gives mask/);
  });
});
