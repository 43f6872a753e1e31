/** Finds a Chromium for the browser tests and measurements, or installs one. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Chromium's own errands (updates, sync, field trials) would show up as requests that are not ours. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** As root, as in containers, Chromium's sandbox cannot start. */
export const CHROMIUM_ARGS = process.getuid?.() === 0 ? ['--no-sandbox', ...QUIET] : QUIET;

/** @param {string} path @returns {boolean} whether it starts; Ubuntu's package is a stub that does not */
function runs(path) {
  return spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0;
}

/** Where Playwright keeps its own, installed or not. @returns {Promise<string>} */
async function ownPath() {
  const { chromium } = await import('@playwright/test');
  return chromium.executablePath();
}

/** @returns {Promise<string | undefined>} the first that starts: WINNOW_CHROMIUM, the PATH, Playwright's own */
export async function findChromium() {
  const chosen = process.env.WINNOW_CHROMIUM;
  if (chosen) {
    if (!runs(chosen)) throw new Error(`WINNOW_CHROMIUM is ${chosen}, which does not start.`);
    return chosen;
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  const installed = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...installed, await ownPath()].find((path) => existsSync(path) && runs(path));
}

/** @param {string} command @param {string[]} args @returns {boolean} */
function succeeds(command, args) {
  console.log(`> ${command} ${args.join(' ')}`);
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}

/** @returns {Promise<string>} path of a Chromium that starts @throws {Error} that says what to do */
export async function ensureChromium() {
  const found = await findChromium();
  if (found) return found;
  console.log('No Chromium found; installing one for the browser tests.');
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    if (succeeds('apt-get', ['update']))
      succeeds('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
    const packaged = await findChromium();
    if (packaged) return packaged;
  }
  succeeds('npx', ['playwright', 'install', 'chromium']);
  const downloaded = await findChromium();
  if (downloaded) return downloaded;
  throw new Error(
    'No Chromium could be found or installed. Install one, put its path into WINNOW_CHROMIUM, and run this again.',
  );
}
