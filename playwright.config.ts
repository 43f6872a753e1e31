import { defineConfig } from '@playwright/test';
import { findChromium, TEST_ARGS } from './scripts/chromium.mjs';

/** Set by scripts/browser-tests.mjs, which serves the build itself. */
const served = process.env.WINNOW_URL;
const baseURL = served ?? 'http://127.0.0.1:4173/';
const executablePath = await findChromium();

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // Two, because every page runs workers of its own.
  workers: 2,
  fullyParallel: true,
  // A shared machine stalls for seconds now and then; which tests needed their second try, the last line says.
  retries: 1,
  timeout: 60_000,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list'], ['./e2e/support/summary-reporter.ts']],
  use: {
    baseURL,
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    // It would answer in the place of routes that tests set up; those about it allow it.
    serviceWorkers: 'block',
    screenshot: 'only-on-failure',
    launchOptions: { args: TEST_ARGS, ...(executablePath !== undefined && { executablePath }) },
  },
  ...(served === undefined && {
    webServer: {
      command: 'node scripts/serve.mjs --port 4173 --quiet',
      url: baseURL,
      reuseExistingServer: true,
    },
  }),
});
