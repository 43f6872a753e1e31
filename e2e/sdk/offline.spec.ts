/** X02: everything that was installed answers the same with the network off from the start, and so does triage. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import type { ImageInput, ModelCard } from '../../src/catalog/card';
import type { InstallSource } from '../../src/sdk';
import { DIST } from '../support/build';
import { keptForOffline } from '../support/build-kept';
import { type Hub, startHub } from '../support/hub/hub';
import {
  CLIP,
  GATED,
  hubClip,
  hubGated,
  hubVit,
  TOKEN,
  VIT,
  wideClip,
  writeRepo,
} from '../support/hub-models';
import { cardOf, FIXTURES, fixture, modelFiles, vitCard } from '../support/installing';
import { openBench, picture as pictureFile, png } from '../support/journey';
import { definePicture } from '../support/sdk-page';
import { smallHead } from '../support/small-head';
import { exported, judgeRun } from '../support/triage';

test.use({ serviceWorkers: 'allow' });

const EVA = 'winnow-tests/eva02';
const TEXT = 'winnow-tests/text';
const source = (name: string): ModelCard['source'] => ({
  ...{ name, url: `https://huggingface.co/${name}`, revision: 'main' },
});

const eva: ModelCard = {
  ...cardOf('test-eva02', {
    family: 'timm-eva02',
    labels: ['NEUTRAL', 'LOW', 'MEDIUM', 'HIGH'],
    input: evaInput(),
    files: hubVit.install!.files,
  }),
  source: source(EVA),
};

/** As its own configuration says. */
function evaInput(): ImageInput {
  const { pretrained_cfg: cfg } = JSON.parse(readFileSync(join(FIXTURES, 'timm-eva02/config.json'), 'utf8'));
  const [, height, width] = cfg.input_size;
  return {
    ...(vitCard().input as ImageInput),
    ...{ width, height, mean: cfg.mean, std: cfg.std, cropFraction: cfg.crop_pct ?? 1 },
    fit: cfg.crop_mode === 'squash' ? 'stretch' : 'crop',
  };
}

const guardFiles = [
  { role: 'network', path: 'onnx/model_quantized.onnx' },
  { role: 'tokenizer', path: 'tokenizer.json' },
] as const;
const guard: ModelCard = {
  ...cardOf('test-guard', {
    family: 'qwen3-guard',
    labels: ['other', 'marker'],
    input: { kind: 'tokens', maxTokens: 64, overlap: 8 },
  }),
  ...{ task: 'text', languages: ['en'], source: source(TEXT) },
  install: { family: 'qwen3-guard', files: guardFiles, precision: { wasm: 'int8', webgpu: 'int8' } },
};

const own = vitCard({ id: 'own-red', name: 'Of somebody’s own' });
/** On the bench by its name, which another of these has, too. */
const vit = { ...hubVit, name: 'ViT of the Hub' };
const CATALOG = [vit, eva, hubClip, hubGated, guard];

function repositories() {
  const tokenizer = readFileSync('src/runtime/fixtures/tokenizer/tokenizer.json');
  const vit = writeRepo(modelFiles('timm-vit'));
  const text = writeRepo([
    { ...fixture('qwen3-guard', 'model_quantized.onnx'), name: 'onnx/model_quantized.onnx' },
    { name: 'tokenizer.json', bytes: tokenizer },
  ]);
  const clip = [
    fixture('clip-vision', 'config.json'),
    { name: 'model.safetensors', bytes: wideClip().bytes },
    smallHead(24).zip,
  ];
  return {
    [VIT]: { folder: vit },
    [EVA]: { folder: writeRepo(modelFiles('timm-eva02')) },
    [CLIP]: { folder: writeRepo(clip) },
    [GATED]: { folder: vit, gated: TOKEN },
    [TEXT]: { folder: text, gated: TOKEN },
  };
}

/** The SDK of the build in the app's own page, which is what the service worker serves without a network. */
async function startSdk(page: Page): Promise<void> {
  await page.evaluate(definePicture);
  await page.evaluate(async (catalog) => {
    const address = new URL('sdk/winnow.js', document.baseURI).href;
    globalThis.sdk = await import(address);
    globalThis.winnow = await sdk.createWinnow({ catalog });
  }, CATALOG);
}

async function installAll(page: Page, hub: Hub): Promise<void> {
  const hosts = [hub.store];
  const atHub: InstallSource = { kind: 'hub', endpoint: hub.endpoint, hosts };
  const mirror: InstallSource = { kind: 'mirror', url: `${hub.endpoint}/${CLIP}/resolve/main`, hosts };
  const ways: readonly (readonly [string, InstallSource])[] = [
    [vit.id, atHub],
    [eva.id, atHub],
    [hubClip.id, mirror],
    [hubGated.id, { ...atHub, token: TOKEN }],
    [guard.id, { ...atHub, token: TOKEN }],
  ];
  for (const [id, way] of ways)
    await page.evaluate(([model, from]) => winnow.install(model, { source: from }), [id, way] as const);
  const files = modelFiles('timm-vit').map(({ name, bytes }) => [name, [...bytes]] as const);
  await page.evaluate(
    ([card, all]) =>
      winnow.install(card, {
        source: {
          kind: 'files',
          files: all.map(([name, bytes]) => new File([Uint8Array.from(bytes)], name)),
        },
      }),
    [own, files] as const,
  );
}

/** What every model answers to pictures, texts and an embedding, without how long it took. */
function answers(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const found: unknown[] = [];
    for (const { card, state } of await winnow.models()) {
      if (state === 'available') continue;
      const contents =
        card.task === 'text'
          ? ['Two crates of fruit', 'The boats leave the harbour at six. '.repeat(40)]
          : await Promise.all([10, 120, 240].map((red) => picture(red)));
      for (const content of contents) {
        const {
          milliseconds: _,
          timings: __,
          contributions: ___,
          ...scores
        } = typeof content === 'string'
          ? await winnow.classifyText(content, { model: card.id })
          : await winnow.classifyImage(content, { model: card.id });
        found.push(scores);
      }
    }
    const head = { values: Float32Array.from({ length: 24 }, (_, at) => (at % 5) / 10), width: 24 };
    found.push((await winnow.scoreEmbeddings(head, { model: 'test-tower' })).rows[0]!.logits);
    return JSON.stringify(found);
  });
}

const DROPPED = [1, 2, 3, 4].map((at) =>
  pictureFile(`pattern-${at}.png`, png(48, 36, [60 * at, 40, 255 - 50 * at])),
);

/** A run judged by a starter and by the installed ViT, decided and exported: a line per item, without ids and times. */
async function triage(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Triage', exact: true }).click();
  await judgeRun(page, DROPPED);
  // Which item is first depends on which was judged first: each is decided by its name.
  const selected = page.locator('.grid__row[aria-selected="true"]');
  await page.keyboard.press('j');
  for (let decided = 1; decided <= DROPPED.length; decided++) {
    const [, number = ''] = /pattern-(\d)\.png/.exec(await selected.innerText()) ?? [];
    await page.keyboard.press('axea'[Number(number) - 1]!);
    await expect(page.locator('.deskbar')).toContainText(`${decided} decided`);
  }
  const lines = (await exported(page, 'JSON lines')).trimEnd().split('\n');
  expect(lines).toHaveLength(DROPPED.length);
  const stable = (key: string, value: unknown) =>
    /^(at|run|seq|hash|prev|link|milliseconds|timings)$/.test(key) ? undefined : value;
  return JSON.stringify(lines.map((line) => JSON.parse(JSON.stringify(JSON.parse(line), stable))));
}

test('X02: five families from the Hub, a mirror and files: scores and triage are equal with the network off', async ({
  context,
}) => {
  test.setTimeout(240_000);
  const hub = await startHub({ repos: repositories() });
  const server = await startServer({ dir: DIST, modelHosts: [hub.endpoint, hub.store] });
  const first = await context.newPage();
  await openBench(first, server.url);
  await startSdk(first);
  await installAll(first, hub);
  const online = await answers(first);
  const name = `${vit.name} on the bench`;
  await first.getByRole('link', { name: 'Models', exact: true }).click();
  await first.getByRole('button', { name }).click();
  await expect(first.getByRole('button', { name })).toHaveAttribute('aria-pressed', 'true');
  const judged = await triage(first);
  // Every model of the build and every installed one, three answers or two each, and an embedding's.
  expect(JSON.parse(online)).toHaveLength(6 * 3 + 2 * 2 + 1);
  expect(
    new Set(
      JSON.parse(online)
        .slice(0, -1)
        .map(({ status }: { status: string }) => status),
    ),
  ).toEqual(new Set(['scored']));
  expect(judged).toContain(vit.id);
  await keptForOffline(first);
  await first.close();

  // Nobody answers any more, and the browser knows of no network from the first request on.
  await context.setOffline(true);
  await Promise.all([server.close(), hub.close()]);
  const page = await context.newPage();
  await openBench(page, server.url);
  await startSdk(page);
  expect(await answers(page)).toBe(online);
  expect(await triage(page)).toBe(judged);
});
