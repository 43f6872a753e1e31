/**
 * The browser tests, on the production build with its headers. Arguments go to Playwright:
 *   node scripts/browser-tests.mjs [e2e/headers] [-g X03] [--reporter=html]
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { startServer } from './serve.mjs';

/** @param {string[]} args @param {NodeJS.ProcessEnv} env @returns {Promise<number>} the exit status */
function playwright(args, env) {
  const folder = dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json'));
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(folder, 'cli.js'), 'test', ...args], {
      stdio: 'inherit',
      env,
    });
    child.on('error', fail);
    child.on('exit', (code) => done(code ?? 1));
  });
}

try {
  const WINNOW_CHROMIUM = await ensureChromium();
  const server = await startServer({ dir: process.env.WINNOW_DIST ?? 'dist' });
  const env = { ...process.env, WINNOW_CHROMIUM, WINNOW_URL: server.url };
  process.exitCode = await playwright(process.argv.slice(2), env);
  await server.close();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
