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
  // The server serves a folder's index.html as the folder.
  renameSync(join(outDir, 'index.html'), join(outDir, 'downloads.html'));
  return outDir;
}

function writeOver(folder: string, path: string, text: string): void {
  const at = join(folder, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, text);
}
