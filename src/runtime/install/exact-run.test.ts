import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { familyById } from '../../core/architectures';
import type { Network } from '../../core/architectures/family';
import { guard } from '../../core/architectures/guard';
import { Holder } from '../../core/checkpoint/held';
import { readSafetensors } from '../../core/checkpoint/safetensors';
import { type ByteSource, memorySource } from '../../core/checkpoint/source';
import { readOnnx } from '../../core/onnx/read';
import { splitGraph } from '../../core/onnx/split';
import type { Precision } from '../../core/policy/types';
import { materialise } from '../../core/prepare/mount';
import { WEIGHTS } from '../../core/prepare/plan';
import { prepare } from '../../core/prepare/prepare';
import { InferenceSession, openNetwork, Tensor } from '../../core/prepare/testing';
import type { Engine, EngineNetwork, Feed } from '../engine';
import { ExactRun } from './exact-run';

/** Node 20 has no way to free a buffer; browsers do. */
const prototype = ArrayBuffer.prototype as { transfer?: (length: number) => ArrayBuffer };
prototype.transfer ??= function (this: ArrayBuffer) {
  structuredClone(this, { transfer: [this] });
  return new ArrayBuffer(0);
};

const FIXTURES = 'src/core/architectures/fixtures';

async function open({ graph, weights }: EngineNetwork): Promise<Engine> {
  const session = await InferenceSession.create(graph, {
    externalData: [{ path: WEIGHTS, data: materialise(weights!.layout, weights!.read) }],
    logSeverityLevel: 3,
  });
  return {
    ...{ backend: 'wasm', precision: 'exact', threads: 1 },
    run: async (feeds) => {
      const given = Object.entries(feeds).map(([name, { data, dims }]) => {
        const type = data instanceof Float32Array ? 'float32' : 'int64';
        return [name, new Tensor(type, data as Float32Array, dims)] as const;
      });
      const outputs = await session.run(Object.fromEntries(given));
      return outputs as unknown as Record<string, Feed>;
    },
    dispose: () => session.release(),
  };
}

interface Subject {
  readonly of: (precision: Precision) => Network;
  readonly input: string;
  readonly dims: readonly number[];
  /** Bytes read so far of the file. */
  readonly read: () => number;
  readonly holder: Holder;
}

function watched(path: string, holder: Holder): { source: ByteSource; read: () => number } {
  const whole = memorySource(path, new Uint8Array(readFileSync(join(FIXTURES, path))));
  let read = 0;
  const source = holder.file({
    ...whole,
    read(start, end) {
      read += end - start;
      return whole.read(start, end);
    },
  });
  return { source, read: () => read };
}

async function ofFamily(folder: string, id: string, side: number, most: number): Promise<Subject> {
  const holder = new Holder(most);
  const { source, read } = watched(`${folder}/model.safetensors`, holder);
  const { tensors } = await readSafetensors(source);
  const config = JSON.parse(readFileSync(`${FIXTURES}/${folder}/config.json`, 'utf8'));
  const of = (precision: Precision) => familyById(id)!.build(config, tensors, { precision });
  return { of, read, holder, input: 'pixels', dims: [1, 3, side, side] };
}

async function ofGuard(file: string, most: number, as: Precision = 'int8'): Promise<Subject> {
  const holder = new Holder(most);
  const { source, read } = watched(`qwen3-guard/${file}`, holder);
  const model = await readOnnx(source);
  const of = (precision: Precision) =>
    precision === 'exact' ? guard.inFull(model, as) : guard.fromOnnx(model, { precision, digits: 'compact' });
  const shape = of('exact').graph.inputs[0]!.shape!;
  return { of, read, holder, input: 'inputs_embeds', dims: [1, 7, Number(shape[2])] };
}

const SUBJECTS: readonly (readonly [string, (most: number) => Promise<Subject>])[] = [
  ['a timm ViT', (most) => ofFamily('timm-vit', 'timm-vit', 0, most)],
  ['an EVA02', (most) => ofFamily('timm-eva02', 'timm-eva02', 0, most)],
  ['a CLIP tower', (most) => ofFamily('clip-vision', 'clip-vision', 0, most)],
  ['a ViT of transformers', (most) => ofFamily('hf-vit', 'hf-vit', 0, most)],
  ['a guard', (most) => ofGuard('model.onnx', most)],
  ['a guard in 8 bits', (most) => ofGuard('model_quantized.onnx', most)],
  ['a guard of 8 bits, in float32', (most) => ofGuard('model_quantized.onnx', most, 'int8-blocks')],
];

/** Numbers that look like any, between −1 and 1. */
function feedOf(dims: readonly number[], seed = 7): Feed {
  const data = new Float32Array(dims.reduce((all, size) => all * size, 1));
  let state = seed;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    data[i] = state / 2 ** 31 - 1;
  }
  return { data, dims };
}

/** Pictures as large as the graph says. */
function dimsOf({ dims, input }: Subject, { graph }: Network): readonly number[] {
  const shape = graph.inputs.find(({ name }) => name === input)!.shape!;
  return input === 'pixels' ? [1, ...shape.slice(1).map(Number)] : dims;
}

describe('a network run in parts', () => {
  it.each(SUBJECTS)('%s answers as the whole does, wherever it is cut', async (_, make) => {
    const subject = await make(0);
    const whole = subject.of('exact');
    const feeds = { [subject.input]: feedOf(dimsOf(subject, whole)) };
    const other = { [subject.input]: feedOf(dimsOf(subject, whole), 11) };
    const opened = await openNetwork(whole);
    const expected = await opened.run(feeds as never);
    await opened.close();
    for (const budget of [1, whole.weights.seenBytes / 5, 1e9]) {
      const parts = splitGraph(whole.graph, budget);
      expect(parts.flatMap(({ nodes }) => nodes)).toEqual(whole.graph.nodes);
      if (budget === 1e9) expect(parts).toHaveLength(1);
      else expect(parts.length).toBeGreaterThan(3);
      const run = new ExactRun(subject.of('exact'), [other, feeds], { open, holder: subject.holder, budget });
      const [first, found] = await run.finish();
      expect(Object.keys(found!).sort()).toEqual(Object.keys(expected).sort());
      for (const [name, { data }] of Object.entries(expected)) {
        const values = found![name]!.data;
        expect(values.length).toBe(data.length);
        expect(Math.max(...data.map((value, i) => Math.abs(value - values[i]!)))).toBeLessThan(1e-5);
        // Each input has its own answer.
        expect(first![name]!.data).not.toEqual(values);
      }
    }
  });

  it.each(SUBJECTS)('%s is read once though two flavours are made of it', async (_, make) => {
    const subject = await make(1e9);
    const kept = subject.of('int8');
    const before = subject.read();
    const feeds = { [subject.input]: feedOf(dimsOf(subject, subject.of('exact'))) };
    let parts = 0;
    const counted = (network: EngineNetwork) => {
      parts += 1;
      return open(network);
    };
    const run = new ExactRun(subject.of('exact'), [feeds], {
      ...{ open: counted, holder: subject.holder, budget: kept.weights.seenBytes / 4 },
    });
    await prepare(kept.weights, { write: async () => {} }, { between: () => run.advance() });
    expect(parts).toBeGreaterThan(2);
    const made = subject.read() - before;
    const seen = parts;
    await run.finish();
    expect(parts - seen).toBeLessThanOrEqual(1);
    expect(subject.holder.held).toBe(0);
    const file = kept.weights.makings.flatMap(({ from = [] }) => from);
    const once = new Map(file.map(({ start, end }) => [start, end - start]));
    expect(made).toBeLessThanOrEqual([...once.values()].reduce((sum, bytes) => sum + bytes, 0));
  });
});

it('holds no more than it may, and reads again what it did not hold', async () => {
  const subject = await ofFamily('timm-vit', 'timm-vit', 0, 4_000);
  const feeds = { pixels: feedOf(dimsOf(subject, subject.of('exact'))) };
  const run = new ExactRun(subject.of('exact'), [feeds], { open, holder: subject.holder, budget: 20_000 });
  let most = 0;
  await prepare(
    subject.of('int8').weights,
    { write: async () => {} },
    {
      between: async () => {
        most = Math.max(most, subject.holder.held);
        await run.advance();
      },
    },
  );
  const [outputs] = await run.finish();
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(4_000);
  expect(outputs!.logits!.data.every(Number.isFinite)).toBe(true);
});
