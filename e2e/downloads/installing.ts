/** What the campaigns of installing work with: the SDK's page, a model of some chunks, a stand-in that has it. */
import { rmSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import type { SerializedError } from '../../src/core/errors';
import { DIST } from '../support/build';
import { type Hub, startHub } from '../support/hub/hub';
import { hubLarge, install, LARGE, scores, startWinnow } from '../support/hub-models';
import { writeLargeVit } from '../support/large-vit';
import { writeOverlay } from '../support/overlay';
import { openSdk } from '../support/sdk-page';
import { Mortal } from './mortal';

export const MODEL = hubLarge.id;
export const WEIGHTS = 'model.safetensors';
/** Three whole chunks and most of a fourth. */
const LAYERS = 8;

export interface Stage {
  readonly hub: Hub;
  readonly source: { kind: 'hub'; endpoint: string; hosts: string[] };
  readonly browser: Mortal;
  /** Of the model, installed without any trouble. */
  readonly expected: readonly number[];
  /** Milliseconds from the first check of what was prepared to the end. */
  readonly checking: number;
}

/** A stage on which the model has been installed once, and is gone again. */
export async function withStage<T>(work: (stage: Stage) => Promise<T>): Promise<T> {
  const [{ folder }, overlay] = [writeLargeVit(LAYERS), writeOverlay({ models: [] })];
  const hub = await startHub({ repos: { [LARGE]: { folder } } });
  const server = await startServer({ dir: DIST, overlay, modelHosts: [hub.endpoint, hub.store] });
  const source = { kind: 'hub' as const, endpoint: hub.endpoint, hosts: [hub.store] };
  const browser = new Mortal((page) => openSdk(page, server.url));
  try {
    const page = await browser.enter();
    await startWinnow(page, [hubLarge]);
    const { error, seen, milliseconds } = await install(page, MODEL, { source });
    if (error) throw new Error(error.message);
    const checking = milliseconds - (seen.find(({ phase }) => phase === 'check')?.at ?? milliseconds);
    const expected = await scores(page, MODEL);
    await page.evaluate((id) => winnow.remove(id), MODEL);
    return await work({ hub, source, browser, expected, checking });
  } finally {
    await browser.close();
    await server.close();
    await hub.close();
    for (const gone of [folder, overlay]) rmSync(gone, { recursive: true, force: true });
  }
}

/** Whether the model is installed, as the SDK says. */
export const isInstalled = (page: Page): Promise<boolean> =>
  page.evaluate(
    async (id) => (await winnow.models()).find(({ card }) => card.id === id)?.state === 'installed',
    MODEL,
  );

/** Bytes of whole chunks that are kept of the weights. */
export const keptBytes = (page: Page): Promise<number> =>
  page.evaluate(
    async (path) => (await winnow.downloads()).find((one) => one.path === path)?.kept ?? 0,
    WEIGHTS,
  );

/** What the model makes of a picture; or why it makes nothing of it. */
export async function answer(page: Page): Promise<{ scores?: readonly number[]; code?: string }> {
  return page.evaluate(async (model) => {
    try {
      const found = await winnow.classifyImage(await picture(120), { model });
      return found.status === 'scored' ? { scores: found.probabilities } : { code: String(found.code) };
    } catch (thrown) {
      return { code: (thrown as Partial<SerializedError>).code ?? String(thrown) };
    }
  }, MODEL);
}

export const same = (one: readonly number[] | undefined, other: readonly number[]): boolean =>
  one !== undefined && one.length === other.length && one.every((value, at) => value === other[at]);
