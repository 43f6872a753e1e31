/** A browser with a profile that outlives it, and the SDK on a page of the build's origin. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGS, ensureChromium } from '../../../scripts/chromium.mjs';
import { startServer } from '../../../scripts/serve.mjs';
import type * as Sdk from '../../../src/sdk';
import { openUnwatched, type Unwatched } from './unwatched';

declare global {
  var sdk: typeof Sdk;
  var winnow: Sdk.Winnow;
}

const PAGE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>SDK</title><input type="file" multiple><script type="module" src="stage.js"></script></html>';
const SCRIPT =
  "import * as sdk from './sdk/winnow.js';\nglobalThis.sdk = sdk;\ndocument.title = 'SDK ready';\n";

export interface Stage {
  readonly profile: string;
  /** A fresh process: the browser is started for this page and ended by `leave`. */
  enter(): Promise<Page>;
  /** The same with nobody who follows what it does, for memory over many loads. */
  enterUnwatched(): Promise<Unwatched>;
  /** A page of another server in a browser of its own. */
  visit(url: string): Promise<Page>;
  leave(): Promise<void>;
  close(): Promise<void>;
}

/** `args`: of the browser, beside those that every one gets. */
export async function openStage(dir = 'dist', args: readonly string[] = []): Promise<Stage> {
  const overlay = mkdtempSync(join(tmpdir(), 'winnow-bench-'));
  writeFileSync(join(overlay, 'stage.html'), PAGE);
  writeFileSync(join(overlay, 'stage.js'), SCRIPT);
  const profile = mkdtempSync(join(tmpdir(), 'winnow-profile-'));
  const server = await startServer({ dir, overlay });
  const executablePath = await ensureChromium();
  let context: BrowserContext | Unwatched | undefined;
  const leave = async () => {
    await context?.close();
    context = undefined;
  };
  const visit = async (url: string) => {
    await leave();
    const opened = await chromium.launchPersistentContext(profile, {
      executablePath,
      args: [...CHROMIUM_ARGS, ...args],
    });
    context = opened;
    const page = opened.pages()[0] ?? (await opened.newPage());
    // tsx names every function through this helper of its own, which pages do not have.
    await page.addInitScript('globalThis.__name = (value) => value');
    page.on('pageerror', (error) => console.error(error.message));
    await page.goto(url);
    return page;
  };
  return {
    profile,
    visit,
    async enter() {
      const page = await visit(`${server.url}stage.html`);
      await page.waitForFunction(() => document.title === 'SDK ready');
      return page;
    },
    async enterUnwatched() {
      await leave();
      const page = await openUnwatched(`${server.url}stage.html`, profile, args);
      context = page;
      // Until it has begun to load, it has nothing to ask.
      const title = () => page.evaluate(() => document.title, undefined).catch(() => '');
      for (const late = AbortSignal.timeout(30_000); (await title()) !== 'SDK ready'; await setTimeout(50))
        late.throwIfAborted();
      return page;
    },
    leave,
    async close() {
      await leave();
      await server.close();
      for (const folder of [overlay, profile]) rmSync(folder, { recursive: true, force: true });
    },
  };
}
