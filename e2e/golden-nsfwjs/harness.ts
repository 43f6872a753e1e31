/** Builds a small page with Vite and serves it with what it needs, all from this machine. */
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { build } from 'vite';

const PACKAGES = join(import.meta.dirname, '..', '..', 'node_modules');

/** Folders of installed packages that pages load files from at run time. */
const MOUNTS: Readonly<Record<string, string>> = {
  ort: join(PACKAGES, 'onnxruntime-web', 'dist'),
  tfjs: join(PACKAGES, '@tensorflow', 'tfjs-backend-wasm', 'dist'),
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

export interface Harness {
  /** Of the page whose address is `/`. */
  readonly url: string;
  close(): Promise<void>;
}

export interface HarnessOptions {
  /** Folder with the page's index.html. */
  readonly root: string;
  /** Further files by path, such as `models/starter-image.onnx`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** With cross-origin isolation, which threads need. */
  readonly isolated: boolean;
  /** Further folders by the first part of the path. */
  readonly mounts?: Readonly<Record<string, string>>;
}

export async function startHarness({ root, files, isolated, mounts }: HarnessOptions): Promise<Harness> {
  const outDir = await mkdtemp(join(tmpdir(), 'winnow-harness-'));
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    base: './',
    resolve: {
      conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'development|production'],
    },
    build: { outDir, emptyOutDir: true, target: 'esnext', minify: false, reportCompressedSize: false },
  });
  const folders = { ...MOUNTS, ...mounts, '': outDir };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname).slice(1);
    if (isolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    const bytes = files.get(path);
    if (bytes) response.end(bytes);
    else send(response, locate(folders, path || 'index.html'));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

function locate(folders: Readonly<Record<string, string>>, path: string): string {
  const [head, ...rest] = path.split('/');
  const folder = rest.length > 0 && head && Object.hasOwn(folders, head) ? folders[head]! : undefined;
  return folder ? join(folder, normalize(`/${rest.join('/')}`)) : join(folders['']!, normalize(`/${path}`));
}

function send(response: ServerResponse, file: string): void {
  if (!existsSync(file)) {
    response.statusCode = 404;
    response.end('Not found');
    return;
  }
  response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
  createReadStream(file).pipe(response);
}
