/** Finds a Chromium for the browser tests and measurements, or installs one. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * First the one without a window of its own, where a distribution packages it: the same engine, and the window's own page
 * takes half a core beside every page under test.
 */
const SHELL = 'chromium-headless-shell';
/** Debian's command of that name is a script that stays beside the browser: killing it would kill nothing else. */
const SHELL_PATHS = [`/usr/lib/chromium/${SHELL}`];
const NAMES = [SHELL, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Chromium's own errands (updates, sync, field trials) would show up as requests that are not ours. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** As root, as in containers, Chromium's sandbox cannot start. */
export const CHROMIUM_ARGS = process.getuid?.() === 0 ? ['--no-sandbox', ...QUIET] : QUIET;

/**
 * For tests, whose pages live for seconds: WASM is compiled again, by the optimising compiler, only where it has run for
 * much longer than V8's default (13 million). That is half of the processor time of a page that scores one item.
 */
export const TEST_ARGS = [...CHROMIUM_ARGS, '--js-flags=--wasm-tiering-budget=1000000000'];

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
  return [...SHELL_PATHS, ...installed, await ownPath()].find((path) => existsSync(path) && runs(path));
}

/** @param {string} command @param {string[]} args @returns {boolean} */
function succeeds(command, args) {
  console.log(`> ${command} ${args.join(' ')}`);
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}

/** As root, as in containers, where a package manager can be asked. @param {string} name @returns {boolean} */
const packaged = (name) =>
  succeeds('apt-get', ['update', '-q']) &&
  succeeds('apt-get', ['install', '-q', '-y', '--no-install-recommends', name]);

/**
 * As wide as Arial, which the app's list of fonts ends in. Chromium's package only recommends it, and what a bare machine has in
 * its place is wider than what most people see.
 */
const FONTS = { package: 'fonts-liberation', path: '/usr/share/fonts/truetype/liberation' };

/** @returns {Promise<string>} path of a Chromium that starts @throws {Error} that says what to do */
export async function ensureChromium() {
  const asked = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && !process.env.WINNOW_CHROMIUM;
  if (asked && !existsSync(FONTS.path)) packaged(FONTS.package);
  const found = await findChromium();
  if (found && (!asked || found.endsWith(SHELL))) return found;
  console.log(found ? 'Installing a Chromium without a window.' : 'No Chromium found; installing one.');
  for (const name of asked ? (found ? [SHELL] : [SHELL, 'chromium']) : []) if (packaged(name)) break;
  const installed = await findChromium();
  if (installed) return installed;
  succeeds('npx', ['playwright', 'install', 'chromium']);
  const downloaded = await findChromium();
  if (downloaded) return downloaded;
  throw new Error(
    'No Chromium could be found or installed. Install one, put its path into WINNOW_CHROMIUM, and run this again.',
  );
}
