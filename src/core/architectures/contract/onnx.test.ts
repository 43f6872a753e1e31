/** What networks out of ONNX files promise, guards and others: the contract of the families, as far as it is theirs. */
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../checkpoint/source';
import type { StoredTensor } from '../../checkpoint/stored';
import { CancelledError } from '../../errors';
import type { OnnxModel } from '../../onnx/read';
import { writeModel } from '../../onnx/write';
import type { Precision } from '../../policy/types';
import type { WeightPlan } from '../../prepare/plan';
import { prepare } from '../../prepare/prepare';
import { InferenceSession, Tensor as OrtTensor, openNetwork } from '../../prepare/testing';
import { bytesOf, float32Tensor } from '../../tensor';
import { guard } from '../guard';
import { answersOf, distance, driftOf, openGuard, readGuard, textsOf } from '../guard/testing';
import { adoptOnnx } from '../onnx';

/** Of another size than the published guards' small one: one layer, one head of keys, three classes. */
const OTHER = { float: 'guard-other/model', codes: 'guard-other/model_quantized' } as const;
const [WORDS, WIDTH, CLASSES] = [96, 32, 3];
const TEXTS = textsOf(WORDS);

/** File, precision, and how far probabilities may be from ONNX Runtime's for the file itself. */
const GUARDS: readonly (readonly [file: keyof typeof OTHER, precision: Precision, tolerance: number])[] = [
  ['float', 'exact', 1e-6],
  ['float', 'int8', 0.02],
  ['float', 'int8-blocks', 0.005],
  ['codes', 'int8', 0.001],
  ['codes', 'int8-blocks', 0.02],
];

const floats = (count: number): StoredTensor => {
  const bytes = bytesOf(new Float32Array(count).fill(1));
  return { dtype: 'F32', shape: [count], source: memorySource('stray', bytes), start: 0, end: bytes.length };
};

/** The file with a large and a small tensor that no node reads. */
const withStray = (model: OnnxModel): OnnxModel => ({
  ...model,
  graph: {
    ...model.graph,
    initializers: new Map(model.graph.initializers).set(
      'stray.bias',
      float32Tensor(new Float32Array(2), [2]),
    ),
  },
  weights: new Map(model.weights).set('stray.weight', floats(1000)),
});

const matrices = ({ graph }: OnnxModel): string[] =>
  [...graph.initializers].flatMap(([name, { shape }]) => (shape.length === 2 ? [name] : []));

function without(model: OnnxModel, name: string): OnnxModel {
  const initializers = new Map(model.graph.initializers);
  expect(initializers.delete(name)).toBe(true);
  return { ...model, graph: { ...model.graph, initializers } };
}

describe.each(GUARDS)('a guard of another size, from its %s file, %s', (file, precision, tolerance) => {
  it('answers as ONNX Runtime does for the file, and differently for different texts', async () => {
    const ours = await openGuard(OTHER[file], { precision });
    expect(ours.graph.byteLength).toBeLessThan(64 * 1024);
    expect(ours.network.says).toEqual({ embedding: WIDTH });
    expect((await driftOf(TEXTS, ours, await answersOf(OTHER[file]))).probability).toBeLessThan(tolerance);
    const [one, other] = [await ours.run(TEXTS[3]!), await ours.run(TEXTS[4]!)];
    expect([one.logits.length, one.embedding.length]).toEqual([CLASSES, WIDTH]);
    expect(distance(one.logits, other.logits)).toBeGreaterThan(1e-3);
    // What comes after says nothing of what came before.
    expect((await ours.run(TEXTS[3]!)).logits).toEqual(one.logits);
    await ours.session.release();
  });

  it('is let go: nothing runs after it, and another opens', async () => {
    const first = await openGuard(OTHER[file], { precision });
    await first.session.release();
    await expect(first.run([1, 2])).rejects.toThrow();
    const second = await openGuard(OTHER[file], { precision });
    expect((await second.run([1, 2])).logits).toHaveLength(CLASSES);
    await second.session.release();
  });

  it('stops making weights when it is withdrawn', async () => {
    const { weights } = guard.fromOnnx(await readGuard(OTHER[file]), { precision });
    await expectWithdrawal(weights);
  });

  it('names a weight that is missing, and says which ones nothing reads', async () => {
    const model = await readGuard(OTHER[file]);
    const stray = guard.fromOnnx(withStray(model), { precision });
    expect(stray.says.unused).toEqual(['stray.bias', 'stray.weight']);
    expect(stray.weights.placed.filter(({ name }) => name.startsWith('stray'))).toEqual([]);
    const layers = matrices(model).filter((name) => name !== 'encoder.embed_tokens.weight');
    expect(layers).toHaveLength(9);
    for (const name of layers)
      expect(() => guard.fromOnnx(without(model, name), { precision }), name).toThrow(name);
  });
});

/** Preparing ends when it is withdrawn at its first chunk, before its last. */
async function expectWithdrawal(weights: WeightPlan): Promise<void> {
  const controller = new AbortController();
  let written = 0;
  const write = async (bytes: Uint8Array) => {
    written += bytes.byteLength;
    controller.abort();
  };
  const preparing = prepare(weights, { write }, { signal: controller.signal, chunkBytes: 1024 });
  await expect(preparing).rejects.toBeInstanceOf(CancelledError);
  expect(written).toBeLessThan(weights.keptBytes / 2);
}

describe.each(Object.values(OTHER))('%s, taken over as somebody’s own', (file) => {
  const feeds = (ids: readonly number[]) => ({
    input_ids: new OrtTensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
    attention_mask: new OrtTensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length]),
  });

  it('gives ONNX Runtime’s answer for the file, number for number', async () => {
    const network = adoptOnnx(await readGuard(file), 'text');
    expect(network.precision).toBe(file === OTHER.codes ? 'int8' : 'exact');
    expect(writeModel(network.graph).byteLength).toBeLessThan(200_000);
    expect(network.says.unused).toBeUndefined();
    const [open, theirs] = [await openNetwork(network), await answersOf(file)];
    for (const ids of TEXTS) {
      const { logits } = await open.session.run(feeds(ids));
      expect(distance([...(logits!.data as Float32Array)], await theirs(ids))).toBeLessThan(1e-5);
    }
    await open.close();
    await expect(open.session.run(feeds([1]))).rejects.toThrow();
  });

  it('stops making weights when it is withdrawn', async () => {
    await expectWithdrawal(adoptOnnx(await readGuard(file), 'text').weights);
  });

  it('names a weight that is missing, and says which ones nothing reads', async () => {
    const model = await readGuard(file);
    const stray = adoptOnnx(withStray(model), 'text');
    expect(stray.says.unused).toEqual(['stray.bias', 'stray.weight']);
    expect(stray.weights.placed.filter(({ name }) => name.startsWith('stray'))).toEqual([]);
    expect(matrices(model)).toHaveLength(10);
    for (const name of matrices(model))
      expect(() => adoptOnnx(without(model, name), 'text'), name).toThrow(name);
  });

  it('does without what nothing reads: the runtime takes the rest', async () => {
    const network = adoptOnnx(withStray(await readGuard(file)), 'text');
    expect([...network.graph.initializers.keys()].filter((name) => name.startsWith('stray'))).toEqual([]);
    const open = await openNetwork(network);
    expect(open.session).toBeInstanceOf(InferenceSession);
    await open.close();
  });
});
