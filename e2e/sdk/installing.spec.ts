/** Models from their published files: installed, used, found again, removed; and everything that must be refused. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import type { ModelCard } from '../../src/catalog/card';
import {
  answerInNode,
  fixture,
  golden,
  hfVitCard,
  json,
  LAION_HEAD,
  laionCard,
  modelFiles,
  type Picked,
  PREPROCESSOR,
  pick,
  png,
  storedKeys,
  vitCard,
} from '../support/installing';
import { expect, test } from '../support/sdk-page';

declare global {
  /** Of the model under test, as they come. */
  var states: string[];
}

const closeTo = (found: readonly number[], expected: readonly number[], tolerance: number) => {
  expect(found).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) expect(Math.abs(found[at]! - value)).toBeLessThan(tolerance);
};

/** A Winnow whose catalog is these cards, as `globalThis.winnow`. */
async function start(page: Page, cards: readonly ModelCard[] = []): Promise<void> {
  await page.evaluate(async (catalog) => {
    globalThis.winnow = await sdk.createWinnow({ catalog });
  }, cards);
}

/** Installs from these files; what came of it, or the error. */
async function install(page: Page, card: ModelCard | string, files: readonly Picked[] | readonly string[]) {
  await pick(page, files);
  return page.evaluate(async (model) => {
    const seen: { phase: string; done: number; total: number }[] = [];
    try {
      const state = await winnow.install(model, {
        files: globalThis.files,
        onProgress: (each) => void seen.push(each),
      });
      return { state, seen };
    } catch (thrown) {
      const error = thrown as InstanceType<typeof sdk.WinnowError>;
      return { error: { code: error.code, message: error.message, data: error.data }, seen };
    }
  }, card);
}

/** Scores and embedding of a picked picture. */
async function ask(page: Page, model: string, picture: Picked) {
  await pick(page, [picture]);
  return page.evaluate(async (id) => {
    const scores = await winnow.classifyImage(files[0]!, { model: id });
    const embedding = await winnow.embedImage(files[0]!, { model: id });
    return { scores, embedding: { ...embedding, values: [...embedding.values] } };
  }, model);
}

test('a small model goes on in the worker that installed it; released, it opens again in another', async ({
  serve,
  open,
}) => {
  const page = await open(await serve());
  await start(page, [vitCard()]);
  await page.evaluate(() => {
    globalThis.states = [];
    winnow.onActivity(({ model, state }) => {
      if (model === 'test-vit') states.push(state);
    });
  });
  await install(page, vitCard().id, modelFiles('timm-vit'));
  const seen = () => page.evaluate(() => states.splice(0));
  expect(await seen()).toContain('ready');
  const picture = png(64, 48, 3);
  const first = await ask(page, vitCard().id, picture);
  expect(first.scores.status).toBe('scored');
  expect(await seen()).not.toContain('opening');
  await page.evaluate((id) => winnow.release(id), vitCard().id);
  const again = await ask(page, vitCard().id, picture);
  expect(again.scores.probabilities).toEqual(first.scores.probabilities);
  expect(await seen()).toContain('opening');
});

test('what an installation left open is let go of when the next begins, unless it was used', async ({
  serve,
  open,
}) => {
  const page = await open(await serve());
  await start(page, [vitCard(), hfVitCard]);
  await page.evaluate(() => {
    globalThis.states = [];
    winnow.onActivity(({ model, state }) => {
      if (model === 'test-vit') states.push(state);
    });
  });
  const another = () =>
    install(page, hfVitCard.id, [...modelFiles('hf-vit'), json('preprocessor_config.json', PREPROCESSOR)]);
  await install(page, vitCard().id, modelFiles('timm-vit'));
  expect(await page.evaluate(() => states.at(-1))).toBe('ready');
  await another();
  expect(await page.evaluate(() => states.at(-1))).toBe('closed');
  expect((await ask(page, vitCard().id, png(64, 48, 3))).scores.status).toBe('scored');
  await another();
  expect(await page.evaluate(() => states.at(-1))).toBe('ready');
});

const CASES = [
  { folder: 'timm-vit', card: vitCard(), extra: [] as Picked[] },
  { folder: 'hf-vit', card: hfVitCard, extra: [json('preprocessor_config.json', PREPROCESSOR)] },
];

for (const { folder, card, extra } of CASES)
  test(`${folder} is installed, answers as in Node, is found again after a reload, and is removed`, async ({
    serve,
    open,
  }) => {
    const url = await serve();
    const page = await open(url);
    await start(page, [card]);
    expect(await page.evaluate(() => winnow.models())).toContainEqual(
      expect.objectContaining({ card, state: 'available', bytes: 0 }),
    );
    const { state, seen, error } = await install(page, card.id, [...modelFiles(folder), ...extra]);
    expect(error).toBeUndefined();
    expect(state).toMatchObject({ state: 'installed', installed: { precision: 'exact' } });
    expect(state!.installed!.files.map(({ name }) => name)).toContain('model.safetensors');
    expect(state!.bytes).toBeGreaterThan(300_000);
    expect(new Set(seen.map(({ phase }) => phase))).toEqual(new Set(['prepare', 'check']));
    const last = seen.findLast(({ phase }) => phase === 'prepare')!;
    expect(last.done).toBe(last.total);

    const compare = async () => {
      for (const [width, height, seed] of [
        [64, 64, 3],
        [131, 90, 5],
      ] as const) {
        const expected = await answerInNode(folder, card, [width, height], seed);
        const { scores, embedding } = await ask(page, card.id, png(width, height, seed));
        expect(scores).toMatchObject({ status: 'scored', backend: 'wasm', precision: 'exact' });
        expect(scores.labels).toEqual(card.labels.map(({ name }) => name));
        closeTo(scores.logits!, expected.logits, 1e-4);
        expect(embedding).toMatchObject({ status: 'embedded', normalised: false });
        closeTo(embedding.values, expected.embedding, 1e-4);
      }
    };
    await compare();
    await open(url);
    await start(page, [card]);
    const listed = (await page.evaluate(() => winnow.models())).find((each) => each.card.id === card.id);
    expect(listed).toMatchObject({ ...state });
    await compare();
    const opened = await page.evaluate((id) => winnow.open(id), card.id);
    expect(opened.selfTestDistance).toBeLessThanOrEqual(1e-4);

    await page.evaluate((id) => winnow.remove(id), card.id);
    expect(await storedKeys(page)).toEqual([]);
    expect(
      (await page.evaluate(() => winnow.models())).find((each) => each.card.id === card.id),
    ).toMatchObject({
      state: 'available',
    });
    const gone = await page.evaluate(
      (id) => winnow.open(id).catch(({ code, message }) => ({ code, message })),
      card.id,
    );
    expect(gone).toMatchObject({ code: 'invalid-input', message: expect.stringContaining('not installed') });
  });

test('LAION’s own head alone scores ready-made embeddings, and says what it needs for pictures', async ({
  serve,
  open,
}) => {
  const page = await open(await serve());
  await start(page, [laionCard]);
  const zip = { name: 'clip_autokeras_binary_nsfw.zip', bytes: new Uint8Array(readFileSync(LAION_HEAD)) };
  const { error, state } = await install(page, 'test-laion', [zip]);
  expect(error).toBeUndefined();
  expect(state!.bytes).toBeLessThan(1.5e6);
  await pick(page, [fixture('clip-nsfw', 'embeddings.safetensors')]);
  const found = await page.evaluate(async () => {
    const scored = await winnow.scoreEmbeddings(files[0]!, { model: 'test-laion' });
    return { scores: scored.rows.map((row) => row.probabilities[0]!), note: scored.note };
  });
  const expected = await golden('clip-nsfw', 'scores.safetensors', 'scores');
  closeTo(found.scores, [...expected], 1e-5);
  expect(found.note).toBeUndefined();

  const embeddings = await golden('clip-nsfw', 'embeddings.safetensors', 'embeddings');
  const rows = await page.evaluate(
    async (numbers) => {
      const values = Float32Array.from(numbers);
      // Row 0 twice as long, row 1 with a number missing, row 2 of zeros, row 3 as it is.
      for (let i = 0; i < 768; i++) values[i]! *= 2;
      values[768 + 5] = Number.NaN;
      values.fill(0, 2 * 768, 3 * 768);
      const { rows, note } = await winnow.scoreEmbeddings({ values, width: 768 }, { model: 'test-laion' });
      const wrong = await winnow
        .scoreEmbeddings({ values, width: 512 }, { model: 'test-laion' })
        .catch(({ code, message }) => ({ code, message }));
      return { rows, note, wrong };
    },
    [...embeddings.subarray(0, 4 * 768)],
  );
  expect(rows.rows.map(({ status }) => status)).toEqual(['scored', 'error', 'error', 'scored']);
  closeTo([rows.rows[0]!.probabilities[0]!], [expected[0]!], 1e-5);
  closeTo([rows.rows[3]!.probabilities[0]!], [expected[3]!], 1e-5);
  expect(rows.rows[1]).toMatchObject({ code: 'invalid-input', reason: expect.stringContaining('Row 1') });
  expect(rows.rows[2]).toMatchObject({ code: 'invalid-input', reason: expect.stringContaining('zeros') });
  expect(rows.note).toContain('1 of 4');
  expect(rows.wrong).toMatchObject({ code: 'invalid-input', message: expect.stringContaining('768') });

  const { scores, embedding } = await ask(page, 'test-laion', png(32, 32, 1));
  for (const answer of [scores, embedding])
    expect(answer).toMatchObject({ status: 'unsupported', reason: expect.stringContaining('tower') });
});

/** Refusals: what is tried, and what the message must say. Nothing may be kept, nothing offered. */
const wrongLabels = vitCard({ labels: [{ name: 'SFW' }, { name: 'NSFW' }] });
const otherMean = vitCard({ input: { ...vitCard().input, mean: [0.4, 0.5, 0.5] } as ModelCard['input'] });
const otherSize = vitCard({ input: { ...vitCard().input, width: 80, height: 80 } as ModelCard['input'] });
const pickle = {
  name: 'pytorch_model.bin',
  bytes: Uint8Array.of(0x80, 2, 0x7d, 0x71, 0, 0x2e),
};
const weights = fixture('timm-vit', 'model.safetensors');
const short = { name: weights.name, bytes: weights.bytes.slice(0, weights.bytes.length / 2) };
const config = fixture('timm-vit', 'config.json');

const REFUSED: [title: string, card: ModelCard, files: Picked[], code: string, says: RegExp][] = [
  ['M16: swapped labels', wrongLabels, [config, weights], 'invalid-model', /“NSFW”, “SFW”/],
  ['M17: another mean', otherMean, [config, weights], 'invalid-model', /mean 0.5, 0.5, 0.5.*0.4/],
  ['M17: another size', otherSize, [config, weights], 'invalid-model', /64 × 64 px.*80 × 80/],
  ['M13: a pickle', vitCard(), [config, pickle], 'unsupported-model', /can run code\. We never open it/],
  ['M01: half a file', vitCard(), [config, short], 'invalid-model', /reaches past the end of the file/],
  ['weights without their config', vitCard(), [weights], 'unsupported-model', /config\.json/],
  ['another family', vitCard(), modelFiles('hf-vit'), 'invalid-model', /hf-vit.*timm-vit/],
  [
    'M19: another file than the card pins',
    vitCard({
      install: {
        ...vitCard().install!,
        files: [
          { role: 'weights', path: 'model.safetensors', bytes: weights.bytes.length, sha256: '0'.repeat(64) },
        ],
      },
    }),
    [config, weights],
    'invalid-model',
    /another content/,
  ],
  [
    'M16: a golden it does not reproduce',
    vitCard({ selfTest: { tolerance: 0.001, cases: [{ pattern: 'hills', probabilities: [0.999, 0.001] }] } }),
    [config, weights],
    'self-test-failed',
    /was off by/,
  ],
];

for (const [title, card, files, code, says] of REFUSED)
  test(`Refused, nothing kept: ${title}`, async ({ serve, open }) => {
    const page = await open(await serve());
    await start(page, [card]);
    const { error, state } = await install(page, card.id, files);
    expect(state).toBeUndefined();
    expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
    expect(await storedKeys(page)).toEqual([]);
    const listed = await page.evaluate(() => winnow.models());
    expect(listed.find((each) => each.card.id === card.id)).toMatchObject({ state: 'available' });
  });

test('M16: a card of one’s own may rename labels, not swap them, and leave them to the files', async ({
  serve,
  open,
}) => {
  const page = await open(await serve());
  await start(page);
  const files = modelFiles('timm-vit');
  const labelled = (...names: string[]) =>
    vitCard({
      labels: names.map((name) => ({ name })),
      scores: [{ name: names[0]!, labels: [names[0]!], risk: true, review: 0.5, block: 0.8 }],
    });
  expect((await install(page, labelled('SFW', 'NSFW'), files)).error).toMatchObject({
    code: 'invalid-model',
  });
  expect((await install(page, labelled('a', 'b', 'c'), files)).error).toMatchObject({
    code: 'invalid-model',
  });
  expect((await install(page, labelled('explicit', 'fine'), files)).state?.card.labels).toEqual([
    { name: 'explicit' },
    { name: 'fine' },
  ]);
  const blank = vitCard({
    id: 'own-blank',
    labels: [],
    scores: [],
    input: { ...vitCard().input, width: 0, height: 0 } as ModelCard['input'],
  });
  const { state, error } = await install(page, blank, files);
  expect(error).toBeUndefined();
  expect(state?.card).toMatchObject({
    labels: [{ name: 'NSFW' }, { name: 'SFW' }],
    input: { width: 64, height: 64, mean: [0.5, 0.5, 0.5], resample: 'bicubic' },
  });
  expect(state?.card.scores).toMatchObject([
    { name: 'NSFW', risk: true },
    { name: 'SFW', risk: false },
  ]);
  expect((await page.evaluate(() => winnow.models())).map(({ card }) => card.id)).toEqual(
    expect.arrayContaining(['test-vit', 'own-blank']),
  );
});
