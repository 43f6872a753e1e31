/** The Models screen of the build with a stand-in in place of the Hub, which serves small models in published layouts. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { headersFor } from '../../scripts/header-rules.mjs';
import { startServer } from '../../scripts/serve.mjs';
import { falconsaiNsfw } from '../../src/catalog/falconsai-nsfw';
import { laionClipNsfw } from '../../src/catalog/laion-clip-nsfw';
import { marqoNsfw384 } from '../../src/catalog/marqo-nsfw-384';
import { qwen3CsamGuard } from '../../src/catalog/qwen3-csam-guard';
import { DIST } from '../support/build';
import { fixtureModels } from '../support/fixture-models';
import { type Hub, startHub } from '../support/hub/hub';
import { FIXTURES } from '../support/installing';
import { writeOverlay } from '../support/overlay';
import type { Intercept } from '../support/sdk-page';
import { test as base, filesOf, largeModel, list, open, randomVit } from './stage';

export const TOKEN = 'hf_stand_in_token';
export const MARQO = marqoNsfw384.name;
export const GUARD = qwen3CsamGuard.name;
export const CLIP = laionClipNsfw.name;
export const FALCONSAI = falconsaiNsfw.name;
/** In transformers.js format, and others that are not what somebody hopes. */
export const OWN = 'winnow-tests/own-vit';
export const LARGE = 'winnow-tests/large-vit';
export const TEXT = 'winnow-tests/own-text';
export const PICKLES = 'winnow-tests/pickles';
export const CODE = 'winnow-tests/remote-code';
export const PRIVATE = 'winnow-tests/private-vit';

export interface Site {
  readonly url: string;
  readonly hub: Hub;
}

interface WorkerFixtures {
  /** A folder of repositories. */
  readonly repos: string;
  readonly overlaid: string;
}

export const test = base.extend<{ site: Site }, WorkerFixtures>({
  repos: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'winnow-repos-'));
      writeRepos(folder);
      await use(folder);
      rmSync(folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
  overlaid: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const models = fixtureModels().filter(({ card }) =>
        ['stand-in-red', 'stand-in-pineapple'].includes(card.id),
      );
      const overlay = writeOverlay({ starters: false, models });
      await use(overlay);
      rmSync(overlay, { recursive: true });
    },
    { scope: 'worker' },
  ],
  site: async ({ repos, overlaid }, use) => {
    const at = (name: string) => ({ folder: join(repos, name) });
    const hub = await startHub({
      repos: {
        [marqoNsfw384.source.name]: at('marqo'),
        [falconsaiNsfw.source.name]: { ...at('marqo'), gated: TOKEN },
        [laionClipNsfw.source.name]: at('own'),
        [qwen3CsamGuard.source.name]: { ...at('guard'), gated: TOKEN },
        [OWN]: at('own'),
        [LARGE]: at('large'),
        [TEXT]: at('guard'),
        [PICKLES]: at('pickles'),
        [CODE]: at('code'),
        [PRIVATE]: { ...at('own'), gated: TOKEN },
      },
    });
    const server = await startServer({
      ...{ dir: DIST, overlay: overlaid, modelHosts: [hub.endpoint, hub.store] },
      intercept: hubAt(hub),
    });
    await use({ url: server.url, hub });
    await server.close();
    await hub.close();
  },
});

export { expect } from './stage';

/**
 * Serves the build's download worker with the stand-in's addresses in place of the Hub's, and the guard's card with the
 * width of the small one: its published file has 1.33 GB.
 */
export function hubAt({ endpoint, store }: Pick<Hub, 'endpoint' | 'store'>): Intercept {
  return (request, response) => {
    const path = request.url ?? '/';
    const [, name] = /\/assets\/(download|sdk)-[^/]+\.js$/.exec(path) ?? [];
    if (!name) return false;
    const headers = headersFor(path, { modelHosts: [endpoint, store] });
    for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
    response.setHeader('Content-Type', 'text/javascript');
    const script = readFileSync(join(DIST, path), 'utf8');
    const [width, small] = [`width:${qwen3CsamGuard.embedding!.width},`, 'width:64,'];
    if (name === 'sdk' && script.split(width).length !== 2) throw new Error(`There is no one ${width}`);
    response.end(
      name === 'sdk'
        ? script.replace(width, small)
        : script.replaceAll('https://huggingface.co', endpoint).replaceAll('https://*.hf.co', store),
    );
    return true;
  };
}

function writeRepos(folder: string): void {
  const made = (name: string) => {
    mkdirSync(join(folder, name, 'onnx'), { recursive: true });
    return join(folder, name);
  };
  // As large as the published one: two whole chunks and a piece.
  randomVit(made('marqo'), { width: 192, size: 384, depth: 12 });
  largeModel(made('large'));
  for (const name of ['own', 'code'])
    for (const [at, file] of ['config.json', 'model.safetensors'].entries())
      copyFileSync(filesOf('timm-vit')[at]!, join(made(name), file));
  writeConfig(join(folder, 'code'), { auto_map: { AutoModel: 'modeling.Model' } });
  const guard = made('guard');
  for (const file of ['model.onnx', 'model_quantized.onnx'])
    copyFileSync(join(FIXTURES, 'qwen3-guard', file), join(guard, 'onnx', file));
  copyFileSync('src/runtime/fixtures/tokenizer/tokenizer.json', join(guard, 'tokenizer.json'));
  writeConfig(guard, { model_type: 'qwen3', id2label: { 0: 'other', 1: 'pineapple' } });
  const pickles = made('pickles');
  writeConfig(pickles, {});
  writeFileSync(join(pickles, 'pytorch_model.bin'), Buffer.from([0x80, 2, 0x7d, 0x71, 0, 0x2e]));
}

function writeConfig(folder: string, more: object): void {
  const path = join(folder, 'config.json');
  const before = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  writeFileSync(path, JSON.stringify({ ...before, ...more }));
}

/** Opens the screen of a site. */
export const visit = (page: Page, { url }: Site): Promise<void> => open(page, url);

/** Presses *Install* in the row of a model, and then what starts the download. */
export async function startInstall(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Install ${name}`, exact: true }).click();
  await page
    .getByRole('region', { name: `Install ${name}` })
    .getByRole('button', { name: /^(Download |Resume,)/ })
    .click();
}

/** Where its card says how it is installed. */
export const panel = (page: Page, name: string) => page.getByRole('region', { name: `Install ${name}` });
export const ready = (page: Page, name: string) =>
  list(page, 'Ready').getByRole('article', { name, exact: true });
