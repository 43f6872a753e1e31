/** Keras models made by TF.js itself, run by both: the graph is right when the numbers are the same. */
import * as tf from '@tensorflow/tfjs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { readTfjs, type TfjsModel } from '../checkpoint/tfjs';
import type { Weight } from '../checkpoint/weight';
import { writeModel } from '../onnx/write';
import { bytesOf } from '../tensor';
import { mobilenet } from './mobilenet';

type X = tf.SymbolicTensor;
type Size = readonly [height: number, width: number, channels: number];
const { layers } = tf;
const then = (layer: tf.layers.Layer, x: X | X[]) => layer.apply(x) as X;
const end = (x: X, activation: 'softmax' | 'sigmoid' | 'linear' = 'softmax') =>
  then(layers.dense({ units: 4, activation }), then(layers.globalAveragePooling2d({}), x));

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function build(size: Size, body: (x: X) => X): tf.LayersModel {
  const x = tf.input({ shape: [...size] });
  const model = tf.model({ inputs: x, outputs: body(x) });
  const random = generator();
  for (const layer of model.layers)
    layer.setWeights(
      layer.weights.map(({ name, shape }) => {
        const dims = shape as number[];
        // Variances have to be positive; the rest has both signs.
        const low = /variance/.test(name) ? 0.5 : -0.6;
        return tf.tensor(
          Float32Array.from({ length: product(dims) }, () => low + 1.2 * random()),
          dims,
        );
      }),
    );
  return model;
}

/** What TF.js would write to disk, through our reader. */
async function saved(model: tf.LayersModel): Promise<TfjsModel> {
  let found: TfjsModel | undefined;
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const json = { modelTopology, weightsManifest: [{ paths: ['weights'], weights: weightSpecs }] };
      const shard = new Uint8Array(weightData as ArrayBuffer);
      found = readTfjs(new TextEncoder().encode(JSON.stringify(json)), new Map([['weights', shard]]));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return found!;
}

async function run({ keras, weights }: TfjsModel, size: Size, nchw: Float32Array) {
  const session = await InferenceSession.create(writeModel(mobilenet(keras, weights)), {
    logSeverityLevel: 3,
  });
  const [height, width, channels] = size;
  const { logits, embedding } = await session.run({
    pixels: new Tensor('float32', nchw, [2, channels, height, width]),
  });
  return { logits: logits!.data as Float32Array, embedding: embedding!.data as Float32Array };
}

/** Runs both on two pictures; our logits are compared after the last activation, if there is one. */
async function compare(size: Size, body: (x: X) => X, last: 'softmax' | 'sigmoid' | 'linear' = 'softmax') {
  const model = build(size, body);
  const [height, width, channels] = size;
  const random = generator();
  const values = Float32Array.from({ length: 2 * product(size) }, () => 2 * random() - 1);
  const nhwc = tf.tensor4d(values, [2, height, width, channels]);
  const nchw = nhwc.transpose([0, 3, 1, 2]).dataSync() as Float32Array;
  const expected = (model.predict(nhwc) as tf.Tensor).dataSync();
  const { logits, embedding } = await run(await saved(model), size, nchw);
  const ours = tf.tensor2d(logits, [2, logits.length / 2]);
  const activated = last === 'softmax' ? ours.softmax() : last === 'sigmoid' ? ours.sigmoid() : ours;
  close(activated.dataSync(), expected);
  return { model, nhwc, embedding };
}

function close(ours: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(ours.length).toBe(expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(ours[i]! - expected[i]!)).toBeLessThan(2e-5 * scale);
  expect(Math.max(...Array.from(expected)) - Math.min(...Array.from(expected))).toBeGreaterThan(1e-3);
}

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function generator(): () => number {
  let seed = 7;
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
}

describe('mobilenet', () => {
  const strided = [
    ['even', [8, 12, 3]],
    ['odd', [9, 7, 3]],
    ['smaller than the kernel', [2, 2, 3]],
  ] as const;

  it.each([7, 8, 1])('multiplies %i² pixels by 1 × 1, as a convolution or as a product', async (side) => {
    await compare([side, side, 5], (x) => {
      const conv = (filters: number, o: object) => layers.conv2d({ filters, kernelSize: 1, ...o });
      const wide = then(layers.batchNormalization(), then(conv(9, { useBias: false, padding: 'same' }), x));
      const sum = layers.add().apply([x, then(conv(5, {}), then(layers.reLU({ maxValue: 6 }), wide))]) as X;
      return end(then(conv(7, { activation: 'relu' }), sum));
    });
  });
  it.each(strided)('pads “same” at stride 2 as TensorFlow does: %s', async (_, size) => {
    const conv = { filters: 5, kernelSize: 3, strides: 2, padding: 'same' } as const;
    await compare(size, (x) => end(then(layers.conv2d(conv), x)));
    const deep = { kernelSize: 3, strides: 2, padding: 'same' } as const;
    await compare(size, (x) => end(then(layers.depthwiseConv2d(deep), x)));
  });

  it('convolutions: uneven kernels, dilation, depth multiplier, activations', async () => {
    const size = [11, 10, 3] as const;
    await compare(size, (x) =>
      end(then(layers.conv2d({ filters: 4, kernelSize: [2, 5], strides: [1, 2], padding: 'same' }), x)),
    );
    await compare(size, (x) =>
      end(then(layers.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2, activation: 'relu' }), x)),
    );
    await compare(size, (x) =>
      end(then(layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, activation: 'relu6' }), x)),
    );
  });

  it('an inverted residual: pad, expand, normalise, clip, depthwise, project, add', async () => {
    await compare([10, 10, 6], (x) => {
      const one = { kernelSize: 1, useBias: false } as const;
      const wide = then(
        layers.reLU({ maxValue: 6 }),
        then(layers.batchNormalization({}), then(layers.conv2d({ ...one, filters: 12 }), x)),
      );
      const padded = then(layers.zeroPadding2d({ padding: [[1, 1], [1, 1]] }), wide); // biome-ignore format: sides
      const deep = then(layers.depthwiseConv2d({ kernelSize: 3, useBias: false }), padded);
      const normal = then(
        layers.reLU({ maxValue: 6 }),
        then(layers.batchNormalization({ epsilon: 0.01 }), deep),
      );
      const narrow = then(layers.batchNormalization({}), then(layers.conv2d({ ...one, filters: 6 }), normal));
      return end(then(layers.add(), [x, narrow, x]));
    });
  });

  it('normalisation where nothing can take it: behind the input and behind an addition', async () => {
    await compare([4, 4, 3], (x) => {
      const normal = then(layers.batchNormalization({ scale: false }), x);
      return end(then(layers.batchNormalization({ center: false }), then(layers.add(), [x, normal])));
    });
  });

  it('a convolution read twice: once normalised, once as it is', async () => {
    await compare([5, 5, 3], (x) => {
      const conv = then(layers.conv2d({ filters: 3, kernelSize: 1 }), x);
      return end(then(layers.add(), [conv, then(layers.batchNormalization({}), conv)]));
    });
  });

  it('a border that something other than a convolution reads', async () => {
    await compare([5, 6, 3], (x) => end(then(layers.zeroPadding2d({ padding: [[0, 1], [2, 0]] }), x))); // biome-ignore format: sides
  });

  it('pooling, flattening and dense layers; sigmoid and linear ends', async () => {
    const pool = { poolSize: [2, 3], strides: [2, 2], padding: 'same' } as const;
    const flat = (x: X) =>
      then(
        layers.dense({ units: 7, activation: 'relu' }),
        then(
          layers.dropout({ rate: 0.5 }),
          then(layers.flatten(), then(layers.averagePooling2d(pool as never), x)),
        ),
      );
    await compare(
      [5, 7, 3],
      (x) => then(layers.dense({ units: 4, activation: 'sigmoid' }), flat(x)),
      'sigmoid',
    );
    await compare([5, 7, 3], (x) => then(layers.dense({ units: 4 }), flat(x)), 'linear');
    await compare([6, 6, 3], (x) => {
      const pooled = then(layers.averagePooling2d({ poolSize: 6 }), x);
      return then(layers.dense({ units: 4, activation: 'softmax' }), then(layers.flatten(), pooled));
    });
  });

  it('gives the pooled features as the embedding', async () => {
    const { nhwc, embedding } = await compare([4, 4, 3], (x) => end(x));
    close(embedding, nhwc.mean([1, 2]).dataSync());
  });

  it('computes quantised weights from their codes', async () => {
    const size = [6, 6, 3] as const;
    const model = build(size, (x) =>
      end(then(layers.batchNormalization({}), then(layers.conv2d({ filters: 8, kernelSize: 3 }), x))),
    );
    const { keras, weights } = await saved(model);
    const quantised = new Map([...weights].map(([name, weight]) => [name, toCodes(weight)]));
    const plain = new Map([...quantised].map(([name, weight]) => [name, toPlain(weight)]));
    const pixels = Float32Array.from({ length: 2 * product(size) }, generator());
    const fromCodes = await run({ keras, weights: quantised }, size, pixels);
    const fromPlain = await run({ keras, weights: plain }, size, pixels);
    close(fromCodes.logits, fromPlain.logits);
    const bytes = writeModel(mobilenet(keras, quantised)).byteLength;
    expect(bytes).toBeLessThan(writeModel(mobilenet(keras, plain)).byteLength);
  });
});

/** Quantised to 8 bits over −0.7 to 1.8, so that zero has no code of its own. */
function toCodes(weight: Weight): Weight {
  if (weight.kind !== 'plain') return weight;
  const [scale, min] = [2.5 / 255, -0.7];
  const values = new Float32Array(weight.tensor.bytes.slice().buffer);
  const codes = Uint8Array.from(values, (value) => Math.round((value - min) / scale));
  return { kind: 'affine', codes: { dtype: 'U8', shape: weight.tensor.shape, bytes: codes }, scale, min };
}

function toPlain(weight: Weight): Weight {
  if (weight.kind === 'plain') return weight;
  const { codes, scale, min } = weight;
  const values = Float32Array.from(codes.bytes, (code) => code * scale + min);
  return { kind: 'plain', tensor: { dtype: 'F32', shape: codes.shape, bytes: bytesOf(values) } };
}

describe('mobilenet: what does not fit', () => {
  const small = () =>
    saved(build([4, 4, 3], (x) => end(then(layers.conv2d({ filters: 2, kernelSize: 3, name: 'first' }), x))));
  const throwing = (code: string, message: RegExp) =>
    expect.objectContaining({ code, message: expect.stringMatching(message) });

  it('names a tensor that is missing, left over or of the wrong shape', async () => {
    const { keras, weights } = await small();
    const without = new Map([...weights].filter(([name]) => name !== 'first/kernel'));
    expect(() => mobilenet(keras, without)).toThrow(throwing('invalid-model', /first\/kernel is missing/));
    const extra = new Map([...weights, ['stray/kernel', weights.get('first/bias')!]]);
    expect(() => mobilenet(keras, extra)).toThrow(throwing('invalid-model', /stray\/kernel/));
    const swapped = new Map(weights).set('first/bias', weights.get('first/kernel')!);
    expect(() => mobilenet(keras, swapped)).toThrow(throwing('invalid-model', /first\/bias is \[3,3,3,2\]/));
  });

  it('names a layer, an activation and a setting outside the family', async () => {
    const pool = await saved(
      build([4, 4, 3], (x) => end(then(layers.maxPooling2d({ poolSize: 2, name: 'odd' }), x))),
    );
    expect(() => mobilenet(pool.keras, pool.weights)).toThrow(
      throwing('unsupported-model', /odd is a MaxPooling2D/),
    );
    const elu = { filters: 2, kernelSize: 1, activation: 'elu', name: 'odd' } as const;
    const curved = await saved(build([4, 4, 3], (x) => end(then(layers.conv2d(elu), x))));
    expect(() => mobilenet(curved.keras, curved.weights)).toThrow(throwing('unsupported-model', /odd/));
    const { keras, weights } = await small();
    const odd = keras.layers.map((layer) => ({
      ...layer,
      type: layer.type === 'Conv2D' ? 'constructor' : layer.type,
    }));
    expect(() => mobilenet({ ...keras, layers: odd }, weights)).toThrow(
      throwing('unsupported-model', /constructor/),
    );
  });

  it('refuses variances that cannot be', async () => {
    const model = build([4, 4, 3], (x) => end(then(layers.batchNormalization({ name: 'norm' }), x)));
    const { keras, weights } = await saved(model);
    const bytes = bytesOf(Float32Array.of(1, -1, 1));
    const broken = new Map(weights).set('norm/moving_variance', {
      kind: 'plain',
      tensor: { dtype: 'F32', shape: [3], bytes },
    });
    expect(() => mobilenet(keras, broken)).toThrow(throwing('invalid-model', /norm/));
  });

  it('refuses inputs that are not pictures, and windows that do not fit', async () => {
    const { keras, weights } = await small();
    const shaped = (shape: readonly unknown[]) => ({
      ...keras,
      layers: keras.layers.map((layer) =>
        layer.type === 'InputLayer'
          ? { ...layer, config: layer.config.with('batch_input_shape', shape) }
          : layer,
      ),
    });
    for (const shape of [
      [null, 4, 4],
      [null, 1e6, 4, 3],
      [null, 2, 4, 3],
      [null, null, 4, 3],
      [null, 0, 4, 3],
      [null, 4, 4, 3, 1],
    ])
      expect(() => mobilenet(shaped(shape), weights)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(invalid|unsupported)-model$/) }),
      );
  });
});
