/** The test page, built, and laid over a build of the app. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'vite';
import { DIST } from '../support/build';

/** Of the worker's script as it is built, relative to the page. */
export function workerScript(): string {
  const name = readdirSync(join(DIST, 'assets')).find((one) => /^download-[\w-]+\.js$/.test(one));
  if (!name) throw new Error('There is no download worker in the build. Build it first: npm run build');
  return `assets/${name}`;
}

/** The worker without Web Locks (T04), under a name that gets the worker's own policy. */
export const NO_LOCKS = 'assets/download-nolocks.js';

/** The worker with a clock that goes so many times as fast: waits of 20 s and more are told in seconds. */
export const HASTY = { script: 'assets/download-hasty.js', times: 10 };

/** A folder to lay over the build: `downloads.html`. */
export async function buildPage(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'winnow-downloads-'));
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    base: './',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'esnext',
      modulePreload: false,
      assetsDir: 'page',
      reportCompressedSize: false,
    },
  });
  const real = workerScript().replace('assets/', './');
  writeOver(outDir, 'assets/download-nolocks.js', `import './download-without.js';\nimport '${real}';\n`);
  writeOver(
    outDir,
    'assets/download-without.js',
    "Object.defineProperty(WorkerNavigator.prototype, 'locks', { value: undefined });\n",
  );
  writeOver(outDir, HASTY.script, `import './download-hastily.js';\nimport '${real}';\n`);
  writeOver(
    outDir,
    'assets/download-hastily.js',
    `for (const name of ['setTimeout', 'setInterval']) {
      const real = globalThis[name];
      globalThis[name] = (work, after) => real(work, after / ${HASTY.times});
    }
    for (const clock of [performance, Date]) {
      const real = clock.now.bind(clock);
      const began = real();
      clock.now = () => began + (real() - began) * ${HASTY.times};
    }
`,
  );
  // The server serves a folder's index.html as the folder.
  renameSync(join(outDir, 'index.html'), join(outDir, 'downloads.html'));
  return outDir;
}

function writeOver(folder: string, path: string, text: string): void {
  const at = join(folder, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, text);
}
