/** Our own download worker against the stand-in for the Hub: speed, memory, progress, cancelling, resuming. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGS, ensureChromium } from '../../../scripts/chromium.mjs';
import type { FileRequest } from '../../../src/rpc/downloads';
import { buildPage } from '../../downloads/build';
import type { Ended } from '../../downloads/page';
import { download, openPage, startApp } from '../../downloads/stage';
import { type Hub, startHub } from '../../support/hub/hub';
import { cpuSeconds, memoryOf } from '../prepare/renderer';

export const REPO = 'winnow-bench/model';

export interface Stage {
  readonly page: Page;
  readonly hub: Hub;
  readonly profile: string;
  /** Another page in the same browser. */
  readonly visit: (address: string) => Promise<Page>;
  close(): Promise<void>;
}

/** A browser with a profile of its own, the build, and a folder served as a repository. */
export async function openStage(folder: string): Promise<Stage> {
  const overlay = await buildPage();
  const hub = await startHub({ repos: { [REPO]: { folder } } });
  const server = await startApp(hub, overlay);
  const profile = mkdtempSync(join(tmpdir(), 'winnow-profile-'));
  const executablePath = await ensureChromium();
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: CHROMIUM_ARGS });
  // tsx names every function through this helper of its own, which pages do not have.
  await context.addInitScript('globalThis.__name = (value) => value');
  const page = await openPage(context.pages()[0] ?? (await context.newPage()), server.url);
  return {
    ...{ page, hub, profile },
    async visit(address) {
      const other = await context.newPage();
      await other.goto(address);
      return other;
    },
    async close() {
      await context.close();
      await server.close();
      await hub.close();
      for (const gone of [overlay, profile]) rmSync(gone, { recursive: true, force: true });
    },
  };
}

export interface Measured {
  readonly megabytesPerSecond: number;
  /** Of all processes of the browser; says more than the time where others use the machine. */
  readonly cpuSecondsPerGigabyte: number;
  /** Peak of the browser and its renderers over what they had before, in megabytes. */
  readonly memory: number;
  readonly updatesPerSecond: number;
  readonly backwards: number;
  readonly cancelMilliseconds: number;
  readonly resumeMilliseconds: number;
  readonly readMegabytesPerSecond: number;
}

export async function measure({ page, hub, profile }: Stage, request: FileRequest): Promise<Measured> {
  const worked = cpuSeconds(profile);
  const { done: ended, memory } = await memoryOf(profile, () => download(page, request, 'whole'));
  if (!ended.downloaded) throw new Error(JSON.stringify(ended.error));
  const megabytesPerSecond = request.bytes / 1e3 / ended.milliseconds;
  const cpuSecondsPerGigabyte = (cpuSeconds(profile) - worked) / (request.bytes / 1e9);
  const readMegabytesPerSecond = await readBack(page, ended.downloaded.key, request.bytes);
  await page.evaluate(() => downloads.remove());
  const { cancelMilliseconds, resumeMilliseconds } = await cancelAndResume(page, hub, request);
  return {
    ...{
      megabytesPerSecond,
      cpuSecondsPerGigabyte,
      memory,
      cancelMilliseconds,
      resumeMilliseconds,
      readMegabytesPerSecond,
    },
    ...pace(ended),
  };
}

async function readBack(page: Page, key: string, bytes: number): Promise<number> {
  const { milliseconds, error } = await page.evaluate((name) => downloads.pass(name), key);
  if (error) throw new Error(error.message);
  return bytes / 1e3 / milliseconds;
}

function pace({ progress }: Ended): { updatesPerSecond: number; backwards: number } {
  const counts = progress.map(
    ({ at }) => progress.filter((one) => one.at > at - 1_000 && one.at <= at).length,
  );
  const backwards = progress.filter(({ done }, i) => done < (progress[i - 1]?.done ?? 0)).length;
  return { updatesPerSecond: Math.max(0, ...counts), backwards };
}

/** Cancels at a third; then from the call to the first byte of the rest, as the server sees it. */
async function cancelAndResume(page: Page, hub: Hub, request: FileRequest) {
  await page.evaluate((what) => downloads.start('part', what), request);
  const third = request.bytes / 3;
  await page.waitForFunction((bytes) => (downloads.progress('part')?.done ?? 0) > bytes, third, {
    polling: 20,
  });
  const cancelMilliseconds = await page.evaluate(() => downloads.cancel('part'));
  const seen = hub.log.length;
  const resumeMilliseconds = await page.evaluate(async (what) => {
    const began = performance.now();
    downloads.start('rest', what);
    let first = -1;
    for (;;) {
      const done = downloads.progress('rest')?.done ?? -1;
      if (first < 0) first = done;
      if (first >= 0 && done > first) return performance.now() - began;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }, request);
  const resumed = hub.log.slice(seen).find(({ host }) => host === 'store');
  if (!/^bytes=[1-9]/.test(resumed?.range ?? '')) throw new Error(`It began again: ${resumed?.range}`);
  const ended = await page.evaluate(() => downloads.ended('rest'));
  if (ended.downloaded?.verification !== 'verified') throw new Error(JSON.stringify(ended.error));
  return { cancelMilliseconds, resumeMilliseconds };
}
