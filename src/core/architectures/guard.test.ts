/**
 * The guard against ONNX Runtime itself, on the very files it is published as: one text at a time, without padding, because a
 * neighbour in the batch changes the scale of 8-bit activations.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTensor } from '../checkpoint/stored';
import { CODES, EMBEDDED, type GuardOptions, guard, ROWS } from './guard';
import { answersOf, distance, driftOf, openGuard, readGuard, textsOf } from './guard/testing';

const FOLDER = join(__dirname, 'fixtures/qwen3-guard');
const FILES = ['model', 'model_fp16', 'model_quantized'] as const;
type File = (typeof FILES)[number];

const at = (file: File) => `qwen3-guard/${file}`;
const model = (file: File) => readGuard(at(file));
const opened = (file: File, options: GuardOptions) => openGuard(at(file), options);
const published = (file: File) => answersOf(at(file));

const TEXTS = textsOf(512);
const drift = (
  ...[ours, theirs]: [ours: Parameters<typeof driftOf>[1], theirs: Parameters<typeof driftOf>[2]]
) => driftOf(TEXTS, ours, theirs);

describe('guard', () => {
  it.each(FILES)('recognises %s.onnx', async (file) => expect(guard.matches(await model(file))).toBe(true));

  it('exact: gives ONNX Runtime’s answer for the float32 file, from embeddings alone', async () => {
    const ours = await opened('model', { precision: 'exact' });
    expect(ours.session.inputNames).toEqual([EMBEDDED]);
    expect((await drift(ours, await published('model'))).logit).toBeLessThan(1e-5);
  });

  it('exact: gives the reference’s logits and hidden states', async () => {
    const { read } = safetensors('input.safetensors');
    const expected = safetensors('expected.safetensors').read;
    const ids = [...new BigInt64Array(read('input_ids'))].map(Number);
    const mask = [...new BigInt64Array(read('attention_mask'))].map(Number);
    const [logits, states] = [new Float32Array(expected('logits')), new Float32Array(expected('embedding'))];
    const { run } = await opened('model', { precision: 'exact' });
    const width = states.length / 3;
    for (let row = 0; row < 3; row++) {
      const length = mask.slice(row * 12, row * 12 + 12).reduce((sum, one) => sum + one, 0);
      const found = await run(ids.slice(row * 12, row * 12 + length));
      // The reference rounded the frequencies of its positions to bfloat16, the export did not: one token has only the first.
      const tolerance = length === 1 ? 1e-5 : 2e-3;
      const wanted = [...logits.subarray(row * 2, row * 2 + 2)];
      expect(distance(found.logits, wanted)).toBeLessThan(tolerance);
      const state = [...states.subarray(row * width, (row + 1) * width)];
      expect(distance(found.embedding, state)).toBeLessThan(tolerance);
    }
  });

  it('exact: computes the float16 file in float32', async () => {
    const ours = await opened('model_fp16', { precision: 'exact' });
    expect((await drift(ours, await published('model_fp16'))).probability).toBeLessThan(2e-3);
    // As close to the float32 file as its own numbers allow.
    expect((await drift(ours, await published('model'))).probability).toBeLessThan(2e-3);
    expect(
      ours.network.graph.nodes.some(({ op, attributes }) => op === 'Cast' && attributes.to?.value === 10),
    ).toBe(false);
  });

  it('int8: gives ONNX Runtime’s answer for the INT8 file', async () => {
    const ours = await opened('model_quantized', { precision: 'int8' });
    expect((await drift(ours, await published('model_quantized'))).probability).toBeLessThan(0.001);
  });

  it('int8-blocks: from the float file, close to it', async () => {
    const ours = await opened('model', { precision: 'int8-blocks' });
    expect((await drift(ours, await published('model'))).probability).toBeLessThan(0.005);
    const ops = ours.network.graph.nodes.map(({ op }) => op);
    expect(ops.filter((op) => op === 'MatMulNBits')).toHaveLength(21);
  });

  it('int8-blocks: the INT8 file’s weights are the same numbers, read by activations in float32', async () => {
    const ours = await opened('model_quantized', { precision: 'int8-blocks' });
    const ops = new Set(ours.network.graph.nodes.map(({ op }) => op));
    expect(ops.has('MatMulNBits')).toBe(true);
    expect([...ops].filter((op) => /Integer|DynamicQuantize/.test(op))).toEqual([]);
    // Activations in 8 bits are what the file loses most to; without them it is nearer to the float32 file than it was.
    const float = await published('model');
    const theirs = await published('model_quantized');
    const distances = { ours: 0, theirs: 0 };
    for (const ids of TEXTS) {
      const wanted = await float(ids);
      distances.ours += distance((await ours.run(ids)).logits, wanted);
      distances.theirs += distance(await theirs(ids), wanted);
    }
    expect(distances.ours).toBeLessThan(distances.theirs);
  });

  it('W10: blocks of the INT8 file are compared with the numbers that its codes stand for, to which they are near', async () => {
    const blocks = await opened('model_quantized', { precision: 'int8-blocks', digits: 'compact' });
    const full = guard.inFull(await model('model_quantized'), 'int8-blocks');
    const whole = { precision: 'int8-blocks', digits: 'whole', unrounded: true } as const;
    const reference = await opened('model_quantized', whole);
    expect(full.graph.nodes.map(({ op }) => op)).toEqual(reference.network.graph.nodes.map(({ op }) => op));
    expect(full.graph.nodes.filter(({ op }) => /Integer|Quantize|NBits/.test(op))).toEqual([]);
    const logits = async (ids: readonly number[]) => (await reference.run(ids)).logits;
    const near = await drift(blocks, logits);
    const far = await drift(blocks, await published('model_quantized'));
    expect(near.probability).toBeLessThan(0.005);
    expect(near.logit).toBeLessThan(far.logit);
  });

  it('int8: keeps the weights of the INT8 file bit for bit', async () => {
    const { graph, weights } = await model('model_quantized');
    const { network, kept } = await opened('model_quantized', { precision: 'int8' });
    const codes = new Map<string, Uint8Array>();
    for (const [name, one] of weights) if (one.dtype === 'I8') codes.set(name, (await readTensor(one)).bytes);
    for (const [name, one] of graph.initializers)
      if (one.dtype === 'I8' && one.shape.length === 2 && 'bytes' in one) codes.set(name, one.bytes);
    // Six layers of a block are in 8 bits, in three blocks, and the head's two.
    expect(codes.size).toBe(20);
    for (const [name, bytes] of codes) {
      const placed = network.weights.placed.find((one) => one.name === name);
      // What is too small for the weights stands in the graph.
      const { offset, length } = placed?.place ?? { offset: 0, length: 0 };
      const inGraph = network.graph.initializers.get(name);
      const mine = placed
        ? kept.subarray(offset, offset + length)
        : inGraph && 'bytes' in inGraph && inGraph.bytes;
      expect(mine && Buffer.from(mine).equals(Buffer.from(bytes)), name).toBe(true);
    }
  });

  it('int8: made from the float32 file, is what ONNX Runtime’s own quantiser makes of it', async () => {
    const ours = await opened('model', { precision: 'int8' });
    expect((await drift(ours, await published('model_quantized'))).probability).toBeLessThan(0.001);
  });

  it('int8: made from the float16 file, is near', async () => {
    const ours = await opened('model_fp16', { precision: 'int8' });
    expect((await drift(ours, await published('model_quantized'))).probability).toBeLessThan(0.02);
  });

  it('compact: 8-bit rows, 8 bits where the file has float32, whole numbers only', async () => {
    const { network, layout, session, ...ours } = await opened('model_quantized', {
      precision: 'int8',
      digits: 'compact',
    });
    const theirs = await published('model_quantized');
    expect((await drift({ network, layout, session, ...ours }, theirs)).probability).toBeLessThan(0.05);
    expect(layout.tables[0]).toMatchObject({ name: CODES, dtype: 'I8', shape: [512, 64] });
    // Three blocks of six 8-bit layers and one that takes two products; two layers of the head.
    const products = network.graph.nodes.filter(({ op }) => op === 'MatMulIntegerToFloat');
    expect(products).toHaveLength((6 + 2) * 3 + 2);
    // Only attention and the angles of rotary positions multiply in float.
    expect(network.graph.nodes.filter(({ op }) => op.endsWith('MatMul'))).toHaveLength(2 * 3 + 1);
  });

  it('half: float16 kept, float32 run', async () => {
    const { network } = await opened('model_quantized', { precision: 'int8', digits: 'half' });
    const half = network.weights.placed.filter(({ kept }) => kept === 'F16');
    expect(half.map(({ dtype, shape }) => [dtype, [...shape]])).toEqual(Array(3).fill(['F32', [160, 64]]));
  });

  it('small networks keep every digit of their words', async () => {
    const { layout } = await opened('model', { precision: 'int8' });
    expect(layout.tables.map(({ name }) => name)).toEqual([ROWS]);
  });

  it('writes a graph of some kilobytes, without the ways shapes were computed', async () => {
    const { graph, network } = await opened('model_quantized', { precision: 'int8' });
    expect(graph.length).toBeLessThan(64 * 1024);
    const given = await model('model_quantized');
    expect(network.graph.nodes.length).toBeLessThan(given.graph.nodes.length / 1.8);
    expect(network.graph.nodes.filter(({ op }) => op === 'Shape')).toHaveLength(1);
  });

  it('refuses exact from the INT8 file, and precisions of another backend', async () => {
    const quantised = await model('model_quantized');
    expect(() => guard.fromOnnx(quantised, { precision: 'exact' })).toThrow(
      /8 bits, so float32 cannot be had/,
    );
    expect(() => guard.fromOnnx(quantised, { precision: 'half' })).toThrow(/not as half/);
  });

  it('names what another network lacks', async () => {
    const { graph, weights, producer } = await model('model');
    const headless = { graph: { ...graph, inputs: [] }, weights, producer };
    expect(guard.matches(headless)).toBe(false);
    expect(() => guard.fromOnnx(headless, { precision: 'exact' })).toThrow(/lacks an input of token ids/);
    const unread = { ...graph, nodes: graph.nodes.filter(({ op }) => op !== 'Gather') };
    expect(() => guard.fromOnnx({ graph: unread, weights, producer }, { precision: 'exact' })).toThrow(
      /table of words/,
    );
  });

  it('a token that the network does not know is an error, not a neighbour’s row', async () => {
    const { run } = await opened('model', { precision: 'exact' });
    await expect(run([1, 512])).rejects.toThrow(/token 512, which the network does not know/);
  });
});

function safetensors(name: string) {
  const file = readFileSync(join(FOLDER, name));
  const length = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + length).toString());
  const read = (key: string): ArrayBuffer => {
    const [start, end] = header[key].data_offsets as [number, number];
    return new Uint8Array(file.subarray(8 + length + start, 8 + length + end)).buffer;
  };
  return { read };
}
