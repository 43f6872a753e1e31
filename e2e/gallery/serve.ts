import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, type Page } from '@playwright/test';
import react from '@vitejs/plugin-react';
import { build, preview } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

interface Fixtures {
  /** Opens the gallery with a query, and fails the test on anything the page throws. */
  gallery: (query?: string) => Promise<void>;
}

interface WorkerFixtures {
  galleryUrl: string;
}

/** Builds the gallery once per worker, outside the checkout, and serves it on a free port. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  galleryUrl: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
    async ({}, use) => {
      const outDir = await mkdtemp(join(tmpdir(), 'winnow-gallery-'));
      const options = { root, configFile: false as const, logLevel: 'warn' as const };
      await build({ ...options, plugins: [react()], build: { outDir, emptyOutDir: true, target: 'esnext' } });
      const server = await preview({
        ...options,
        build: { outDir },
        preview: { port: 0, host: '127.0.0.1' },
      });
      await use(server.resolvedUrls!.local[0]!);
      await server.close();
      await rm(outDir, { recursive: true });
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  gallery: async ({ page, galleryUrl }, use) => {
    const thrown: string[] = [];
    page.on('pageerror', (error) => thrown.push(error.message));
    await use(async (query = '') => {
      await page.goto(`${galleryUrl}${query}`);
      await page.locator('[data-states]').waitFor({ state: 'attached' });
    });
    if (thrown.length > 0) throw new Error(`The page threw: ${thrown.join('; ')}`);
  },
});

/** Opens the gallery with a clock that stands still until a test moves it. */
export async function withStoppedClock(page: Page, open: () => Promise<void>): Promise<void> {
  await page.clock.install({ time: 0 });
  await open();
  await page.clock.pauseAt(600_000);
}

export { expect } from '@playwright/test';
