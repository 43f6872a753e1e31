import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { qwen3CsamGuard } from '../catalog/qwen3-csam-guard';
import { guard, wordRows } from '../core/architectures/guard';
import { memorySource } from '../core/checkpoint/source';
import { readOnnx } from '../core/onnx/read';
import { writeModel } from '../core/onnx/write';
import { layoutOf } from '../core/prepare/layout';
import { materialise } from '../core/prepare/mount';
import { prepare } from '../core/prepare/prepare';
import { InferenceSession, Tensor as OrtTensor } from '../core/prepare/testing';
import { openTokenModel, type TokenModel } from './classify-tokens';
import type { Engine, Feed } from './engine';
import { openTokenizer } from './tokenizer';

const fixture = (path: string) => readFileSync(join(__dirname, path));
const NETWORK = '../core/architectures/fixtures/qwen3-guard/model_quantized.onnx';
const tokenizerJson = fixture('fixtures/tokenizer/tokenizer.json');
const card = { ...qwen3CsamGuard, input: { kind: 'tokens' as const, maxTokens: 64, overlap: 16 } };

/** ONNX Runtime in Node in the place of a worker's. */
function engineOf(session: InferenceSession, runs: Record<string, Feed>[] = []): Engine {
  const wide = new Set(
    session.inputMetadata.flatMap((one) => (one.isTensor && one.type === 'int64' ? [one.name] : [])),
  );
  return {
    ...{ backend: 'wasm', precision: 'int8', threads: 1, inputs: session.inputNames },
    run: async (feeds) => {
      runs.push({ ...feeds });
      const tensors = Object.entries(feeds).map(([name, { data, dims }]) => [
        name,
        wide.has(name)
          ? new OrtTensor('int64', BigInt64Array.from(data, BigInt), dims)
          : new OrtTensor('float32', data as Float32Array, dims),
      ]);
      const outputs = await session.run(Object.fromEntries(tensors));
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { data, dims }]) => [
          name,
          { data: new Float32Array(data as Float32Array), dims },
        ]),
      );
    },
    dispose: () => session.release(),
  };
}

async function prepared(runs: Record<string, Feed>[]): Promise<TokenModel> {
  const network = guard.fromOnnx(await readOnnx(memorySource('m.onnx', fixture(NETWORK))), {
    precision: 'int8',
  });
  const kept = new Uint8Array(network.weights.keptBytes);
  let at = 0;
  const write = async (bytes: Uint8Array) => {
    kept.set(bytes, at);
    at += bytes.length;
  };
  await prepare(network.weights, { write });
  const layout = layoutOf(network.weights);
  const read = (start: number, end: number) => kept.subarray(start, end);
  const session = await InferenceSession.create(writeModel(network.graph), {
    externalData: [{ path: 'weights', data: materialise(layout, read) }],
    logSeverityLevel: 3,
  });
  return openTokenModel({
    card,
    engine: engineOf(session, runs),
    tokenizerJson,
    table: wordRows(layout.tables, read)!,
  });
}

const runs: Record<string, Feed>[] = [];
let model: TokenModel;
let published: TokenModel;
beforeAll(async () => {
  model = await prepared(runs);
  const session = await InferenceSession.create(fixture(NETWORK), { logSeverityLevel: 3 });
  published = await openTokenModel({ card, engine: engineOf(session), tokenizerJson });
}, 60_000);

const near = (found: readonly number[], wanted: readonly number[]) => {
  expect(found).toHaveLength(wanted.length);
  for (const [at, value] of wanted.entries()) expect(Math.abs(found[at]! - value)).toBeLessThan(0.005);
};
const SHORT = 'A pineapple on the table';
const LONG = `${'Clouds drift over a quiet lake. '.repeat(12)}${SHORT}. ${'The boat waits. '.repeat(12)}`;

describe('a text through a model with a tokenizer', () => {
  it('scores as the published network does', async () => {
    for (const text of [SHORT, 'Ein rotes Fahrrad.', '一辆红色自行车', '', LONG]) {
      const [ours, theirs] = [await model.classify(text), await published.classify(text)];
      near(ours.probabilities, theirs.probabilities);
      expect(ours.coverage.checked).toBe(theirs.coverage.checked);
    }
  });

  it('runs one text, without padding, ended as its tokenizer ends it', async () => {
    runs.length = 0;
    const scores = await model.classify(SHORT);
    const { ids } = { ids: (await openTokenizer(tokenizerJson)).encode(SHORT) };
    expect(ids.at(-1)).toBe(511);
    expect(runs.map((feeds) => feeds.inputs_embeds!.dims)).toEqual([[1, ids.length, 64]]);
    expect(scores).toMatchObject({ status: 'scored', coverage: { unit: 'whole', checked: 1, total: 1 } });
  });

  it('U13 scores every window of a long text, the worst counts, and says where each lies', async () => {
    const { coverage, probabilities } = await model.classify(LONG);
    expect(coverage.unit).toBe('windows');
    expect(coverage.note).toMatch(/Every window was scored; the highest counts/);
    const parts = coverage.parts!;
    expect(parts.length).toBeGreaterThan(3);
    expect(Math.max(...parts.map((part) => part.probabilities[1]!))).toBe(probabilities[1]);
    expect(parts[0]!.start).toBe(0);
    expect(parts.at(-1)!.end).toBe(LONG.length);
    for (const [at, part] of parts.entries()) {
      if (at > 0) expect(part.start!).toBeLessThan(parts[at - 1]!.end!);
      // A window is its own text: the same piece by itself has the same score.
      const alone = await model.classify(LONG.slice(part.start, part.end));
      expect(alone.probabilities[1]).toBeCloseTo(part.probabilities[1]!, 6);
    }
  });

  it('U01 scores hidden characters as they stand and taken away', async () => {
    const { coverage, hiddenCount } = await model.classify('A pine\u200bapple on the ta\u200bble');
    expect(hiddenCount).toBe(2);
    expect(coverage.parts!.map(({ name }) => name)).toEqual(['raw', 'normalised']);
    expect(coverage.note).toMatch(/with and without the hidden characters/);
    near(coverage.parts![1]!.probabilities, (await model.classify(SHORT)).probabilities);
  });

  it('marks languages it was not made for', async () => {
    const { coverage } = await model.classify('Ένα κόκκινο ποδήλατο');
    expect(coverage.note).toBe(
      'Out of scope, for certain: written in Greek script, which no language this model was made for uses.',
    );
    expect((await model.classify('자전거')).coverage.note).toBeUndefined();
  });

  it('embeds a text', async () => {
    const embedding = await model.embed(SHORT);
    expect(embedding).toHaveLength(64);
    expect(embedding.some((value) => Math.abs(value) > 0.1)).toBe(true);
    await expect(published.embed(SHORT)).rejects.toMatchObject({ code: 'invalid-output' });
  });

  it('stops between windows', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(model.classify(LONG, stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
    await expect(model.embed(LONG, stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('refuses a card of another kind', async () => {
    const other = { ...card, input: { kind: 'embedding' as const } };
    const parts = { card: other, engine: {} as Engine, tokenizerJson };
    await expect(openTokenModel(parts)).rejects.toMatchObject({ code: 'invalid-model' });
  });
});
