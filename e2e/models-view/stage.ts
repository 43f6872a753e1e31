/** The Models screen of the build, with two small stand-ins in place of its starters, and files to install. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import { DIST } from '../support/build';
import { fixtureModels } from '../support/fixture-models';
import { FIXTURES } from '../support/installing';
import { writeOverlay } from '../support/overlay';

export const test = base.extend<object, { url: string; folder: string }>({
  url: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape
    async ({}, use) => {
      const models = fixtureModels().filter(({ card }) =>
        ['stand-in-red', 'stand-in-pineapple'].includes(card.id),
      );
      const overlay = writeOverlay({ starters: false, models });
      const server = await startServer({ dir: DIST, overlay });
      await use(server.url);
      await server.close();
      rmSync(overlay, { recursive: true });
    },
    { scope: 'worker' },
  ],
  /** For files made by the test. */
  folder: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'winnow-models-'));
      await use(folder);
      rmSync(folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
});

export { expect };

/** The two files of a small model, random weights in the published layout. */
export const filesOf = (name: string): string[] => [
  join(FIXTURES, name, 'config.json'),
  join(FIXTURES, name, 'model.safetensors'),
];

/** Opens the screen and waits until the bundled models have been checked. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(`${url}#/models`);
  await expect(row(page, 'Red stand-in')).toContainText(/Check passed|Runs, unchecked/, { timeout: 60_000 });
  await expect(row(page, 'Pineapple stand-in')).toContainText(/Check passed|Runs, unchecked/, {
    timeout: 60_000,
  });
}

export const row = (page: Page, name: string): Locator => page.getByRole('article', { name, exact: true });
export const list = (page: Page, name: 'In progress' | 'Ready' | 'Available'): Locator =>
  page.getByRole('region', { name, exact: true });
export const card = (page: Page): Locator => page.getByRole('complementary');
export const dialog = (page: Page): Locator => page.getByRole('dialog');

/** Gives files to the dialog of one's own model. */
export async function chooseOwn(page: Page, files: readonly string[]): Promise<void> {
  await page.getByRole('button', { name: 'Add your own model' }).click();
  await dialog(page)
    .locator('input[type=file]')
    .last()
    .setInputFiles([...files]);
  await expect(dialog(page).getByText('Read from config.json')).toBeVisible();
}

/** The whole way of a model of one's own, by mouse. */
export async function installOwn(page: Page, name: string, files: readonly string[]): Promise<void> {
  await chooseOwn(page, files);
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  await expect(list(page, 'Ready').getByRole('article', { name, exact: true })).toBeVisible({
    timeout: 60_000,
  });
}

/** What the browser keeps of installed models: every record's key, as text. */
export function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const found: string[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((done, fail) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => done(request.result);
        request.onerror = () => fail(request.error);
      });
      for (const store of database.objectStoreNames) {
        const request = database.transaction(store).objectStore(store).getAllKeys();
        const keys = await new Promise<IDBValidKey[]>((done, fail) => {
          request.onsuccess = () => done(request.result);
          request.onerror = () => fail(request.error);
        });
        found.push(...keys.map((key) => `${store} ${JSON.stringify(key)}`));
      }
      database.close();
    }
    return found;
  });
}

interface ViTOptions {
  /** Numbers in a token, a multiple of 48. */
  readonly width: number;
  /** Pixels, a multiple of 16. */
  readonly size: number;
  /** Layers; three unless told. */
  readonly depth?: number;
}

/** A timm ViT with random weights, as published: `config.json` and `model.safetensors`. */
export function randomVit(folder: string, { width, size, depth = 3 }: ViTOptions): string[] {
  const [configPath, modelPath] = filesOf('timm-vit') as [string, string];
  const config = JSON.parse(readFileSync(configPath, 'utf8'));
  const bytes = readFileSync(modelPath);
  const length = Number(bytes.readBigUInt64LE(0));
  const header: Record<string, { shape: number[] }> = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  for (const [name, tensor] of Object.entries(header))
    for (let layer = 3; name.startsWith('blocks.2.') && layer < depth; layer++)
      header[name.replace('.2.', `.${layer}.`)] = tensor;
  const from = config.model_args.embed_dim;
  let at = 0;
  const grown: Record<string, object> = {};
  for (const [name, { shape: small }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const shape = small?.map((each) => (each % from === 0 ? (each / from) * width : each)) ?? [];
    if (name === 'pos_embed') shape[1] = (size / 16) ** 2 + 1;
    const end = at + 4 * shape.reduce((product, each) => product * each, 1);
    grown[name] = { dtype: 'F32', shape, data_offsets: [at, end] };
    at = end;
  }
  const text = Buffer.from(JSON.stringify(grown));
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(text.length));
  const files = [join(folder, 'config.json'), join(folder, 'model.safetensors')];
  writeFileSync(files[1]!, Buffer.concat([head, text, noise(at / 4)]));
  config.num_features = width;
  Object.assign(config.model_args, { embed_dim: width, num_heads: width / 16, img_size: size, depth });
  config.pretrained_cfg.input_size = [3, size, size];
  writeFileSync(files[0]!, JSON.stringify(config));
  return files;
}

/** Some 85 MB: large enough to be cancelled on its way. */
export const largeModel = (folder: string): string[] => randomVit(folder, { width: 768, size: 64 });

/** Numbers of about ±0.05, the same ones every time. */
function noise(count: number): Buffer {
  const values = new Float32Array(count);
  let state = 1;
  for (let at = 0; at < count; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    values[at] = (state / 2 ** 32 - 0.5) / 10;
  }
  return Buffer.from(values.buffer);
}
