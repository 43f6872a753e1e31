/** The download worker of the build, on a bare page, against the stand-in for the Hub. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, type Page } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import { CHUNK_BYTES } from '../../src/core/hub/chunks';
import type { FileRequest } from '../../src/rpc/downloads';
import { Random } from '../hostile/random';
import { DIST } from '../support/build';
import { type Entry, type Hub, type HubOptions, startHub } from '../support/hub/hub';
import type { Intercept } from '../support/sdk-page';
import { buildPage, workerScript } from './build';
import type { Ended } from './page';

export const REPO = 'winnow-tests/stand-in';
export const GATED = 'winnow-tests/agreement';
export const TOKEN = 'hf_stand_in_token';
export const FILE = 'model.safetensors';

/** Bytes that do not compress and are the same everywhere. */
export function noise(seed: number, size: number): Buffer {
  const random = new Random(seed);
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let i = 0; i < words.length; i++) words[i] = random.next() * 2 ** 32;
  return Buffer.from(words.buffer, 0, size);
}

/** Three whole chunks and a piece. */
export const SIZE = 3 * CHUNK_BYTES + 100_003;

export interface StandIn {
  readonly folder: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly chunkSha256: readonly string[];
}

export const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A repository's folder with one large and one small file. */
export function writeStandIn(size = SIZE, seed = 7): StandIn {
  const folder = mkdtempSync(join(tmpdir(), 'winnow-hub-'));
  const bytes = noise(seed, size);
  writeFileSync(join(folder, FILE), bytes);
  writeFileSync(join(folder, 'config.json'), '{"model_type":"stand-in"}\n');
  mkdirSync(join(folder, 'onnx'));
  writeFileSync(join(folder, 'onnx/a b#c.json'), '{"path":"to be encoded"}\n');
  const chunkSha256: string[] = [];
  for (let at = 0; at < size; at += CHUNK_BYTES) chunkSha256.push(hex(bytes.subarray(at, at + CHUNK_BYTES)));
  return { folder, bytes: size, sha256: hex(bytes), chunkSha256 };
}

interface Fixtures {
  readonly hub: Hub;
  /** The app's address. */
  readonly app: string;
  readonly open: (options?: { worker?: string; page?: Page }) => Promise<Page>;
  /** A request for the large file, with everything known of it. */
  readonly ask: (more?: Partial<FileRequest>) => FileRequest;
}
interface WorkerFixtures {
  readonly standIn: StandIn;
  readonly pageFolder: string;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  standIn: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the first parameter.
    async ({}, use) => {
      const standIn = writeStandIn();
      await use(standIn);
      rmSync(standIn.folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
  pageFolder: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const folder = await buildPage();
      await use(folder);
      rmSync(folder, { recursive: true });
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  hub: async ({ standIn }, use) => {
    const hub = await startHub(reposOf(standIn));
    await use(hub);
    await hub.close();
  },
  app: async ({ hub, pageFolder }, use) => {
    const server = await startApp(hub, pageFolder);
    await use(server.url);
    await server.close();
  },
  open: async ({ app, page: first }, use) => {
    await use(async ({ worker = workerScript(), page = first } = {}) => openPage(page, app, worker));
  },
  ask: async ({ hub, standIn }, use) => {
    await use((more = {}) => requestOf(hub, standIn, more));
  },
});
export { expect } from '@playwright/test';

export const reposOf = ({ folder }: Pick<StandIn, 'folder'>): HubOptions => ({
  repos: { [REPO]: { folder }, [GATED]: { folder, gated: TOKEN } },
});

/** The build, with a policy that lets its download worker reach the stand-in. */
export const startApp = (hub: Hub, overlay: string, port = 0) =>
  startServer({ dir: DIST, overlay, port, modelHosts: [hub.endpoint, hub.store], intercept: mayHash });

/** The test's page reads what was stored in the place of a worker, and hashes it as one: in WASM. */
const mayHash: Intercept = ({ url }, response) => {
  if (!url?.startsWith('/downloads.html')) return false;
  const set = response.setHeader.bind(response);
  response.setHeader = (name, value) =>
    set(
      name,
      typeof value === 'string' ? value.replace("script-src 'self'", "$& 'wasm-unsafe-eval'") : value,
    );
  return false;
};

export async function openPage(page: Page, app: string, worker = workerScript()): Promise<Page> {
  await page.goto(`${app}downloads.html?worker=${worker}`);
  await page.waitForFunction(() => document.title === 'Ready');
  return page;
}

export function requestOf(
  hub: Hub,
  { bytes, sha256 }: StandIn,
  more: Partial<FileRequest> = {},
): FileRequest {
  return {
    ...{ repo: REPO, revision: hub.commit(REPO), path: FILE, bytes, sha256 },
    ...{ endpoint: hub.endpoint, hosts: [hub.store] },
    ...more,
  };
}

/** Starts a download on the page and waits for its end. */
export function download(page: Page, request: FileRequest, name = 'one'): Promise<Ended> {
  return page.evaluate(
    ([label, what]) => {
      downloads.start(label, what);
      return downloads.ended(label);
    },
    [name, request] as const,
  );
}

/** Requests for the bytes of files, as the store of large files saw them. */
export const transfers = (hub: Hub): Entry[] =>
  hub.log.filter(
    ({ host, method, path }) => method === 'GET' && (host === 'store' || path.includes('/resolve')),
  );
export const stored = (hub: Hub): Entry[] =>
  hub.log.filter(({ host, method }) => host === 'store' && method === 'GET');

/** Checks what every download's progress must be: never backwards, never over, at most ten a second. */
export function progressProblems({ progress }: Ended): string[] {
  const problems: string[] = [];
  for (const [i, one] of progress.entries()) {
    if (one.done > one.total) problems.push(`${one.done} of ${one.total}`);
    if (i > 0 && one.done < progress[i - 1]!.done)
      problems.push(`back to ${one.done} from ${progress[i - 1]!.done}`);
    const within = progress.filter(({ at }) => at > one.at - 1000 && at <= one.at).length;
    // One more for the last word, which does not wait.
    if (within > 11) problems.push(`${within} in a second`);
  }
  return problems;
}

/** Ends the page's process, as a crash of the browser's engine would. */
export async function crash(page: Page): Promise<void> {
  const gone = page.waitForEvent('crash');
  await page.goto('chrome://crash').catch(() => {});
  await gone;
}
