/** Every kind of model that can be installed beside the plain one: bf16, 8 bits, tower and head, text, one’s own ONNX. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import type { ImageInput, ModelCard } from '../../src/catalog/card';
import { GraphBuilder, int } from '../../src/core/onnx/graph';
import * as ops from '../../src/core/onnx/ops';
import { writeModel } from '../../src/core/onnx/write';
import type { Precision } from '../../src/core/policy/types';
import { InferenceSession, Tensor } from '../../src/core/prepare/testing';
import { float32Tensor } from '../../src/core/tensor';
import { openTokenizer } from '../../src/runtime/tokenizer';
import {
  answerInNode,
  cardOf,
  fixture,
  json,
  modelFiles,
  type Picked,
  pick,
  png,
  vitCard,
} from '../support/installing';
import { expect, test } from '../support/sdk-page';
import { smallHead } from '../support/small-head';

const TOKENIZER = 'src/runtime/fixtures/tokenizer';

const softmax = (logits: readonly number[]) => {
  const all = logits.map((value) => Math.exp(value - Math.max(...logits)));
  return all.map((value) => value / all.reduce((sum, one) => sum + one, 0));
};

const closeTo = (found: readonly number[], expected: readonly number[], tolerance: number) => {
  expect(found).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) expect(Math.abs(found[at]! - value)).toBeLessThan(tolerance);
};

/** Installs into a fresh Winnow with this catalog; rejects with what went wrong. */
async function installed(
  page: Page,
  card: ModelCard,
  files: readonly Picked[],
  { own = false, precision }: { own?: boolean; precision?: Precision } = {},
) {
  await pick(page, files);
  return page.evaluate(
    async ([model, listed, flavour]) => {
      await globalThis.winnow?.close();
      globalThis.winnow = await sdk.createWinnow({ catalog: listed ? [model] : [] });
      return winnow.install(model, {
        files: globalThis.files,
        ...(flavour && { precision: flavour }),
      });
    },
    [card, !own, precision] as const,
  );
}

async function ask(page: Page, model: string, picture: Picked) {
  await pick(page, [picture]);
  return page.evaluate(async (id) => {
    const scores = await winnow.classifyImage(globalThis.files[0]!, { model: id });
    const { values, ...embedding } = await winnow.embedImage(globalThis.files[0]!, { model: id });
    return { scores, embedding: { ...embedding, values: [...values] } };
  }, model);
}

const SIZE = 70;
const eva = cardOf('test-eva02', {
  family: 'timm-eva02',
  labels: ['NEUTRAL', 'LOW', 'MEDIUM', 'HIGH'],
  input: {
    ...(vitCard().input as ImageInput),
    ...{ width: SIZE, height: SIZE },
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
  },
});

/** The card with what its fixture says of labels and pixels. */
function agreeing(card: ModelCard, folder: string): ModelCard {
  const config = JSON.parse(new TextDecoder().decode(fixture(folder, 'config.json').bytes));
  const { label_names: names, mean, std, crop_pct: cropFraction, crop_mode: mode } = config.pretrained_cfg;
  const labels: string[] = names ?? config.label_names ?? card.labels.map(({ name }) => name);
  const fit = mode === 'squash' ? 'stretch' : 'crop';
  const input = { ...card.input, mean, std, fit, cropFraction: cropFraction ?? 1 } as ImageInput;
  const made = cardOf(card.id, { family: card.install!.family, labels, input });
  return made;
}

test('EVA02 in bfloat16 is kept in 16 bits and answers as in Node', async ({ serve, open }) => {
  const folder = 'timm-eva02-bf16-wrapped';
  const page = await open(await serve());
  const card = agreeing(eva, folder);
  const state = await installed(page, card, modelFiles(folder));
  // The float32 twin’s file has 468 KB.
  expect(state.bytes).toBeLessThan(330_000);
  const expected = await answerInNode(folder, card, [97, 71], 2);
  const { scores, embedding } = await ask(page, card.id, png(97, 71, 2));
  closeTo(scores.logits!, expected.logits, 1e-4);
  closeTo(embedding.values, expected.embedding, 1e-4);
});

test('In any precision a ViT stays near itself, and says in which; WebGPU’s run on WASM too', async ({
  serve,
  open,
}) => {
  const page = await open(await serve());
  const expected = await answerInNode('timm-vit', vitCard(), [64, 64], 3);
  for (const [precision, tolerance] of [
    ['int8', 0.02],
    ['int8-blocks', 0.005],
    ['half', 0.005],
  ] as const) {
    const state = await installed(page, vitCard(), modelFiles('timm-vit'), { precision });
    expect(state.installed).toMatchObject({ precision });
    const { scores } = await ask(page, 'test-vit', png(64, 64, 3));
    expect(scores).toMatchObject({ status: 'scored', backend: 'wasm', precision });
    closeTo(scores.probabilities, softmax(expected.logits), tolerance);
  }
});

test('CLIP’s tower with a head on it scores pictures, and embeddings as well', async ({ serve, open }) => {
  const page = await open(await serve());
  const head = smallHead(24);
  const card = cardOf('test-tower', {
    family: 'clip-vision',
    labels: ['marker'],
    input: { ...(vitCard().input as ImageInput), width: 56, height: 56 },
    more: { activation: 'sigmoid', embedding: { width: 24, normalised: true } },
  });
  await installed(page, card, [...modelFiles('clip-vision'), head.zip]);
  const expected = await answerInNode('clip-vision', card, [80, 56], 4);
  const { scores, embedding } = await ask(page, card.id, png(80, 56, 4));
  expect(embedding).toMatchObject({ status: 'embedded', normalised: true });
  closeTo(embedding.values, expected.embedding, 1e-4);
  closeTo(scores.logits!, [head.logit(expected.embedding)], 1e-4);
  const alone = await page.evaluate(async (numbers) => {
    const rows = { values: Float32Array.from(numbers), width: 24 };
    return (await winnow.scoreEmbeddings(rows, { model: 'test-tower' })).rows[0]!.logits!;
  }, embedding.values);
  closeTo(alone, scores.logits!, 1e-5);
  // The tower alone gives no scores, so it is refused with what is missing.
  const refused = await installed(page, card, modelFiles('clip-vision')).catch(
    (error: Error) => error.message,
  );
  expect(refused).toContain('Choose the head');
  const other = await installed(page, card, [...modelFiles('clip-vision'), smallHead(25).zip]).catch(
    (error: Error) => error.message,
  );
  expect(other).toContain('The tower gives 24 numbers and the head reads 25');
});

/** How much redder than green the average pixel is, twelve times; softmax at the end, as exporters leave it. */
function redOnnx(): Picked {
  const g = new GraphBuilder('red');
  const x = g.input('pixel_values', 'F32', ['batch', 3, 32, 32]);
  const pooled = ops.flatten(g, ops.globalAveragePool(g, x));
  const weights = g.initializer('w', float32Tensor(Float32Array.of(12, 0, -12, 0, 0, 0), [3, 2]));
  const scores = g.add('Softmax', [ops.matMul(g, pooled, weights)], { axis: int(-1) });
  g.output(scores, 'probabilities', 'F32', ['batch', 2]);
  return { name: 'onnx/model.onnx', bytes: writeModel(g.build()) };
}

const ownImage = cardOf('own-red', {
  family: 'onnx',
  labels: ['red', 'other'],
  input: {
    ...(vitCard().input as ImageInput),
    ...{ width: 32, height: 32, fit: 'stretch', resample: 'bilinear', mean: [0, 0, 0], std: [1, 1, 1] },
  },
});

test('A picture classifier of one’s own: a folder in transformers.js’ format', async ({ serve, open }) => {
  const page = await open(await serve());
  const files = [
    redOnnx(),
    json('config.json', { model_type: 'vit', id2label: { 0: 'red', 1: 'other' } }),
    json('preprocessor_config.json', {
      ...{ image_mean: [0, 0, 0], image_std: [1, 1, 1], size: { height: 32, width: 32 }, resample: 2 },
    }),
  ];
  const blank: ModelCard = { ...ownImage, labels: [], scores: [] };
  const state = await installed(page, blank, files, { own: true });
  expect(state.card.labels).toEqual([{ name: 'red' }, { name: 'other' }]);
  const found = await page.evaluate(async () => {
    const scores = [];
    for (const red of [20, 90, 255])
      scores.push(await winnow.classifyImage(await picture(red, 40), { model: 'own-red' }));
    return scores.map(({ logits, probabilities }) => [...logits!, ...probabilities]);
  });
  for (const [at, red] of [20, 90, 255].entries()) {
    const logit = (12 * red) / 255;
    closeTo(found[at]!, [logit, 0, ...softmax([logit, 0])], 1e-4);
  }
  const swapped = await installed(
    page,
    { ...ownImage, labels: [{ name: 'other' }, { name: 'red' }] },
    files,
    { own: true },
  ).catch((error: Error) => error.message);
  expect(swapped).toContain('“red”, “other”');
});

const guardCard = (id: string, family: string): ModelCard => ({
  ...cardOf(id, { family, labels: ['marker', 'other'] }),
  task: 'text',
  languages: ['en'],
  input: { kind: 'tokens', maxTokens: 64, overlap: 8 },
});

const tokenizer = (name: string): Picked => ({
  name,
  bytes: new Uint8Array(readFileSync(`${TOKENIZER}/${name}`)),
});

/** What ONNX Runtime itself answers for the published file. */
async function reference(file: string, text: string): Promise<number[]> {
  const { encode } = await openTokenizer(tokenizer('tokenizer.json').bytes);
  const ids = BigInt64Array.from(encode(text), BigInt);
  const session = await InferenceSession.create(fixture('qwen3-guard', file).bytes);
  const outputs = await session.run({
    input_ids: new Tensor('int64', ids, [1, ids.length]),
    attention_mask: new Tensor(
      'int64',
      ids.map(() => 1n),
      [1, ids.length],
    ),
  });
  const logits = [...(outputs.logits!.data as Float32Array)];
  await session.release();
  return logits;
}

const TEXT = 'The boats leave the harbour at six.';

/** A run that is withdrawn frees its worker within 50 ms: the next text waits no longer than that for its turn. */
async function abandoned(page: Page, text: string): Promise<void> {
  const found = await page.evaluate(async (short) => {
    const model = 'test-text';
    const timed = async (content: string, signal?: AbortSignal) => {
      const began = performance.now();
      await winnow.classifyText(content, { model, ...(signal && { signal }) }).catch(() => {});
      return performance.now() - began;
    };
    const median = (all: readonly number[]) => [...all].sort((a, b) => a - b)[all.length >> 1]!;
    let long = `${short} `.repeat(50);
    while ((await timed(long)) < 500) long += long;
    const [alone, after, gone]: number[][] = [[], [], []];
    for (let time = 0; time < 9; time++) {
      alone!.push(await timed(short));
      const controller = new AbortController();
      const running = timed(long, controller.signal);
      await new Promise((resolve) => setTimeout(resolve, 100));
      controller.abort();
      after!.push(await timed(short));
      gone!.push(await running);
    }
    const { crossOriginIsolated: isolated } = globalThis;
    return { isolated, alone: median(alone!), after: median(after!), gone: median(gone!) };
  }, text);
  expect(found.isolated).toBe(true);
  // It was under way.
  expect(found.gone).toBeLessThan(400);
  expect(found.after - found.alone).toBeLessThan(50);
}
const CASES = [
  { family: 'qwen3-guard', file: 'model.onnx', precision: 'exact', tolerance: 1e-4 },
  { family: 'qwen3-guard', file: 'model_quantized.onnx', precision: 'int8', tolerance: 0.005 },
  { family: 'qwen3-guard', file: 'model_quantized.onnx', precision: 'int8-blocks', tolerance: 0.02 },
  { family: 'onnx', file: 'model.onnx', precision: 'exact', tolerance: 1e-4 },
] as const;

for (const { family, file, precision, tolerance } of CASES)
  test(`A text model through its tokenizer: ${family}, ${file}, ${precision}`, async ({ serve, open }) => {
    const page = await open(await serve());
    const card = guardCard('test-text', family);
    const files = [
      fixture('qwen3-guard', file),
      tokenizer('tokenizer.json'),
      tokenizer('tokenizer_config.json'),
    ];
    const state = await installed(page, card, files, { own: family === 'onnx', precision });
    expect(state.installed).toMatchObject({ precision });
    const found = await page.evaluate(async (text) => {
      const short = await winnow.classifyText(text, { model: 'test-text' });
      const long = await winnow.classifyText(`${text} `.repeat(40), { model: 'test-text' });
      const { values, ...embedding } = await winnow.embedText(text, { model: 'test-text' });
      return { short, long, embedding, width: values.length };
    }, TEXT);
    expect(found.short).toMatchObject({ status: 'scored', precision });
    closeTo(found.short.probabilities, softmax(await reference(file, TEXT)), tolerance);
    expect(found.long.coverage).toMatchObject({ unit: 'windows' });
    expect(found.long.coverage.checked).toBe(found.long.coverage.total);
    if (family === 'qwen3-guard') expect(found.embedding).toMatchObject({ status: 'embedded' });
    else expect(found.embedding).toMatchObject({ status: 'error' });
    if (precision === 'int8') await abandoned(page, TEXT);
    const without = await installed(page, card, files.slice(0, 1), {
      own: family === 'onnx',
      precision,
    }).catch((error: Error) => error.message);
    expect(without).toContain('tokenizer.json');
  });
