/** The SDK on its page, against a stand-in for the Hub that has the small models. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import type { ImageInput, ModelCard } from '../../src/catalog/card';
import type { SerializedError } from '../../src/core/errors';
import type { Progress } from '../../src/rpc/contract';
import type { InstallOptions, ModelState } from '../../src/sdk';
import { type Entry, type Hub, startHub } from './hub/hub';
import { cardOf, fixture, modelFiles, type Picked, vitCard } from './installing';
import { largeCard, writeLargeVit } from './large-vit';
import { test as base } from './sdk-page';
import { smallHead } from './small-head';

export const VIT = 'winnow-tests/vit';
export const LARGE = 'winnow-tests/large-vit';
export const CLIP = 'winnow-tests/clip';
export const GATED = 'winnow-tests/agreement';
export const TOKEN = 'hf_stand_in_token';

const sourceOf = (name: string): ModelCard['source'] => ({
  ...{ name, url: `https://huggingface.co/${name}`, revision: 'main' },
});
const files = [
  { role: 'weights', path: 'model.safetensors' },
  { role: 'config', path: 'config.json' },
] as const;

const asPublished = (card: ModelCard, repo: string): ModelCard => ({
  ...card,
  source: sourceOf(repo),
  install: { ...card.install!, files },
});

export const hubVit = asPublished(vitCard(), VIT);
export const hubLarge = asPublished(largeCard, LARGE);
export const hubGated = asPublished(vitCard({ id: 'test-gated' }), GATED);

/** A tower whose file holds another one for text, and a head that is published elsewhere. */
export const hubClip: ModelCard = {
  ...cardOf('test-tower', {
    family: 'clip-vision',
    labels: ['marker'],
    input: { ...(vitCard().input as ImageInput), width: 56, height: 56 },
    more: { activation: 'sigmoid', embedding: { width: 24, normalised: true } },
  }),
  source: sourceOf(CLIP),
  install: {
    family: 'clip-vision',
    precision: { wasm: 'exact', webgpu: 'exact' },
    files: [
      { role: 'weights', path: 'model.safetensors', partial: true, partBytes: 360_000 },
      { role: 'config', path: 'config.json' },
      {
        role: 'head',
        path: 'head.zip',
        from: { name: 'somebody/head', url: 'https://github.com/somebody/head', revision: 'main' },
      },
    ],
  },
};
export const CARDS: readonly ModelCard[] = [hubVit, hubLarge, hubGated, hubClip];

/** Rows of the text tower's table: 38 MB of five chunks that are of no use. */
const WORDS = 300_000;

/** The golden with a text tower that dwarfs the one for pictures, as that of the published file does not quite. */
export function wideClip(): { bytes: Buffer; vision: number } {
  const { bytes } = fixture('clip-vision', 'model.safetensors');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const table = header['text_model.embeddings.token_embedding.weight'];
  const [start, end] = table.data_offsets;
  const more = WORDS * table.shape[1] * 4 - (end - start);
  table.shape[0] = WORDS;
  for (const entry of Object.values<{ data_offsets: [number, number] }>(header)) {
    if (!entry.data_offsets || entry.data_offsets[0] < start) continue;
    if (entry !== table) entry.data_offsets[0] += more;
    entry.data_offsets[1] += more;
  }
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  const data = bytes.subarray(8 + length);
  const parts = [size, text, data.subarray(0, end), Buffer.alloc(more, 1), data.subarray(end)];
  const vision = Math.min(
    ...Object.entries<{ data_offsets: [number, number] }>(header).flatMap(([name, entry]) =>
      name.startsWith('vision_model') ? [entry.data_offsets[0]] : [],
    ),
  );
  return { bytes: Buffer.concat(parts), vision: 8 + text.length + vision };
}

export function writeRepo(contents: readonly Picked[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'winnow-repo-'));
  for (const { name, bytes } of contents) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return folder;
}

export interface Ended {
  readonly state?: ModelState;
  readonly error?: SerializedError;
  readonly seen: readonly (Progress & { readonly at: number })[];
  /** From the call, and from `cancel`, to the end. */
  readonly milliseconds: number;
  readonly sinceCancel?: number;
}

type Started = Omit<Ended, 'seen'> & { seen: (Progress & { at: number })[]; over: boolean };
declare global {
  var installs: Record<string, Started & { controller: AbortController; ended: Promise<void> }>;
}

export async function startWinnow(page: Page, cards: readonly ModelCard[] = CARDS): Promise<void> {
  await page.evaluate(async (catalog) => {
    globalThis.installs = {};
    globalThis.winnow = await sdk.createWinnow({ catalog });
  }, cards);
}

/** Starts installing under the model's id; `files` are those picked last. Returns at once. */
export function begin(
  page: Page,
  model: string | ModelCard,
  options: Omit<InstallOptions, 'signal' | 'onProgress' | 'files'> & {
    /** Give the files that were picked last. */
    picked?: boolean;
    /** Cancel with the first word of this phase. */
    cancelAt?: Progress['phase'];
  } = {},
): Promise<void> {
  return page.evaluate(
    ([what, { picked, cancelAt, ...more }]) => {
      const controller = new AbortController();
      const began = performance.now();
      let cancelled: number | undefined;
      controller.signal.addEventListener('abort', () => {
        cancelled = performance.now();
      });
      const one = { controller, seen: [] as (typeof installs)[string]['seen'], over: false, milliseconds: 0 };
      const end = (how: object) => {
        const now = performance.now();
        const sinceCancel = cancelled === undefined ? {} : { sinceCancel: now - cancelled };
        Object.assign(one, how, sinceCancel, { over: true, milliseconds: now - began });
      };
      const ended = winnow
        .install(what, {
          ...more,
          ...(picked && { files: globalThis.files }),
          signal: controller.signal,
          onProgress: (each) => {
            one.seen.push({ ...each, at: performance.now() - began });
            if (each.phase === cancelAt) controller.abort();
          },
        })
        .then(
          (state) => end({ state }),
          (error) => end({ error: error.serialize?.() ?? { message: String(error) } }),
        );
      installs[typeof what === 'string' ? what : what.id] = Object.assign(one, { ended });
    },
    [model, options] as const,
  );
}

/** How it ended, once it has. */
export const ended = (page: Page, id: string): Promise<Ended> =>
  page.evaluate(async (name) => {
    await installs[name]!.ended;
    const { controller: _, ended: __, over: ___, ...rest } = installs[name]!;
    return rest;
  }, id);

export const cancel = (page: Page, id: string) =>
  page.evaluate((name) => installs[name]!.controller.abort(), id);

/** Bytes downloaded so far, as told. */
export const told = (page: Page, id: string): Promise<number> =>
  page.evaluate((name) => installs[name]?.seen.at(-1)?.done ?? 0, id);

export async function install(
  page: Page,
  ...what: Parameters<typeof begin> extends [Page, ...infer Rest] ? Rest : never
): Promise<Ended> {
  await begin(page, ...what);
  return ended(page, typeof what[0] === 'string' ? what[0] : what[0].id);
}

/** What progress must not do: go backwards within a phase or between two, pass its end, or come too often. */
export function progressProblems({ seen }: Ended): string[] {
  const phases = ['download', 'prepare', 'check'];
  const problems: string[] = [];
  for (const [i, one] of seen.entries()) {
    const before = seen[i - 1];
    if (one.total > 0 && one.done > one.total) problems.push(`${one.done} of ${one.total}`);
    if (before && phases.indexOf(before.phase) > phases.indexOf(one.phase))
      problems.push(`${one.phase} after ${before.phase}`);
    if (before?.phase === one.phase && one.done < before.done)
      problems.push(`${one.phase} back to ${one.done} from ${before.done}`);
    const within = seen.filter(({ at }) => at > one.at - 1000 && at <= one.at).length;
    if (within > 10) problems.push(`${within} in a second`);
  }
  return problems;
}

/** Requests for the bytes of large files. */
export const transfers = (hub: Hub): Entry[] =>
  hub.log.filter(({ host, method }) => host === 'store' && method === 'GET');

/** A picture's probabilities. */
export async function scores(page: Page, model: string, seed = 3): Promise<readonly number[]> {
  return page.evaluate(
    async ([id, red]) => {
      const found = await winnow.classifyImage(await picture(red), { model: id });
      if (found.status !== 'scored') throw new Error(`${found.code}: ${found.reason}`);
      return found.probabilities;
    },
    [model, seed * 40] as const,
  );
}

interface Fixtures {
  readonly hub: Hub;
  /** Where the stand-in is, as a source. */
  readonly source: { kind: 'hub'; endpoint: string; hosts: string[] };
  /** A repository of the stand-in, as a plain folder. */
  readonly mirror: (repo: string) => { kind: 'mirror'; url: string; hosts: string[] };
  readonly page1: Page;
  readonly app: string;
}
interface Folders {
  readonly vit: string;
  readonly large: string;
  readonly clip: string;
  readonly vision: number;
}

export const test = base.extend<Fixtures, { repos: Folders }>({
  repos: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the first parameter.
    async ({}, use) => {
      const wide = wideClip();
      const repos = {
        vit: writeRepo(modelFiles('timm-vit')),
        large: writeLargeVit().folder,
        clip: writeRepo([
          fixture('clip-vision', 'config.json'),
          { name: 'model.safetensors', bytes: wide.bytes },
          smallHead(24).zip,
        ]),
        vision: wide.vision,
      };
      await use(repos);
      for (const folder of [repos.vit, repos.large, repos.clip]) rmSync(folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
  hub: async ({ repos }, use) => {
    const { vit, large, clip } = repos;
    const hub = await startHub({
      repos: {
        [VIT]: { folder: vit },
        [LARGE]: { folder: large },
        [CLIP]: { folder: clip },
        [GATED]: { folder: vit, gated: TOKEN },
      },
    });
    await use(hub);
    await hub.close();
  },
  source: async ({ hub }, use) => use({ kind: 'hub', endpoint: hub.endpoint, hosts: [hub.store] }),
  mirror: async ({ hub }, use) =>
    use((repo) => ({ kind: 'mirror', url: `${hub.endpoint}/${repo}/resolve/main`, hosts: [hub.store] })),
  app: async ({ hub, serve }, use) => use(await serve({ modelHosts: [hub.endpoint, hub.store] })),
  page1: async ({ app, open }, use) => {
    const page = await open(app);
    await startWinnow(page);
    await use(page);
  },
});
export { expect } from '@playwright/test';
