/** Pages of a site that hosts prepared models, and what tests of them do. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { ModelCard } from '../../src/catalog/card';
import { hfVitCard, modelFiles, pick, png, vitCard } from './installing';
import { largeCard, writeLargeVit } from './large-vit';
import { type PreparedSite, preparedSite } from './prepared';
import { test as base, type Intercept } from './sdk-page';

export { expect } from './sdk-page';

interface Files {
  readonly vit: string;
  readonly hfVit: string;
  readonly large: string;
}

const CARDS: readonly ModelCard[] = [vitCard(), hfVitCard, largeCard];

export const test = base.extend<{ site: PreparedSite }, { published: Files }>({
  published: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the first parameter.
    async ({}, use) => {
      const root = mkdtempSync(join(tmpdir(), 'winnow-published-'));
      const folder = (name: string) => {
        mkdirSync(join(root, name));
        for (const { name: file, bytes } of modelFiles(name)) writeFileSync(join(root, name, file), bytes);
        return join(root, name);
      };
      const large = writeLargeVit();
      await use({ vit: folder('timm-vit'), hfVit: folder('hf-vit'), large: large.folder });
      rmSync(root, { recursive: true });
      rmSync(large.folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
  site: async ({ overlay, published }, use) => {
    const site = await preparedSite(overlay, [
      { card: vitCard(), files: published.vit },
      { card: hfVitCard, files: published.hfVit, precision: 'int8' },
      { card: largeCard, files: published.large },
    ]);
    await use(site);
    site.remove();
  },
});

declare global {
  var outcome: { code: string; message: string } | 'installed' | undefined;
  var seen: { phase: string; done: number; total: number }[];
}

export interface Asked {
  readonly path: string;
  readonly range: string | undefined;
  status: number;
}

/** Notes every request; `fault` may answer in the server's place. */
export function watched(asked: Asked[], fault?: Intercept): Intercept {
  return (request, response) => {
    const one: Asked = { path: request.url ?? '', range: request.headers.range, status: 0 };
    asked.push(one);
    response.on('close', () => {
      one.status = response.statusCode;
    });
    return fault?.(request, response) ?? false;
  };
}

export const isPart = (request: IncomingMessage | Asked): boolean =>
  ('url' in request ? (request.url ?? '') : (request as Asked).path).endsWith('.part');

/** The browser asks for the icon by itself on a page that names none. */
export const isRefused = ({ path, status }: Asked): boolean => status >= 400 && path !== '/favicon.ico';

/** A Winnow whose catalog is these cards, as `globalThis.winnow`. */
export async function start(page: Page, cards: readonly ModelCard[] = CARDS): Promise<void> {
  await page.evaluate(async (catalog) => {
    globalThis.winnow = await sdk.createWinnow({ catalog });
  }, cards);
}

/** Starts installing from the default source, or that one; `outcome` and `seen` tell. */
export function begin(page: Page, id: string, source?: 'bundle'): Promise<void> {
  return page.evaluate(
    ([model, kind]) => {
      globalThis.outcome = undefined;
      globalThis.seen = [];
      const onProgress = (each: { phase: string; done: number; total: number }) => void seen.push(each);
      winnow.install(model, { onProgress, ...(kind && { source: { kind } }) }).then(
        () => {
          globalThis.outcome = 'installed';
        },
        ({ code, message }) => {
          globalThis.outcome = { code, message };
        },
      );
    },
    [id, source] as const,
  );
}

export async function install(page: Page, id: string, source?: 'bundle') {
  await begin(page, id, source);
  await page.waitForFunction(() => globalThis.outcome !== undefined);
  return page.evaluate(() => globalThis.outcome);
}

export const stateOf = (page: Page, id: string) =>
  page.evaluate(async (model) => (await winnow.models()).find(({ card }) => card.id === model), id);

/** Scores of two pictures, every digit. */
export async function scores(page: Page, model: string): Promise<unknown> {
  await pick(page, [png(64, 64, 3), png(131, 90, 5)]);
  return page.evaluate(async (id) => {
    const answers = [];
    for (const file of files) {
      const { status, probabilities, logits, precision } = await winnow.classifyImage(file, { model: id });
      const { values } = await winnow.embedImage(file, { model: id });
      answers.push({ status, probabilities, logits, precision, embedding: [...values] });
    }
    return answers;
  }, model);
}

export const downloadedKeys = (page: Page) =>
  page.evaluate(async () => (await winnow.downloads()).map(({ path }) => path));

/** Opens a server's SDK page in any tab, with a Winnow on it. */
export async function openSdk(page: Page, url: string): Promise<void> {
  await page.goto(`${url}sdk.html`);
  await page.waitForFunction(() => document.title === 'SDK ready');
  await start(page);
}
