/**
 * What the server really sends, file by file. The policies are written out here a second time on purpose.
 * With WINNOW_URL set to a deployed copy of `dist/`, the same tests check that host.
 */
import { expect, test } from '@playwright/test';
import { headersFor, toHeadersFile } from '../../scripts/headers.mjs';
import { modelHostsOf } from '../../scripts/model-hosts.mjs';
import { files, read, scripts } from '../support/build';

const SEALED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PAGE =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'none'; " +
  "connect-src 'none'; worker-src 'self'; manifest-src 'self'; media-src 'none'; object-src 'none'; " +
  `frame-src 'none'; ${SEALED}; require-trusted-types-for 'script'; trusted-types winnow#scripturl`;
const INFERENCE = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'none'; ${SEALED}`;
const NETWORK = `default-src 'none'; script-src 'self'; connect-src 'self'; ${SEALED}`;
const DOWNLOAD = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' https://huggingface.co https://*.hf.co; ${SEALED}`;
const NOTHING = `default-src 'none'; ${SEALED}`;

/** By what the file is, told from its name in the build. */
function expectedPolicy(file: string): string {
  if (file.endsWith('.html')) return PAGE;
  if (
    /^assets\/((inference|pixels|hashing|helper)-[\w-]+\.js|ort-wasm-simd-threaded[\w.-]*\.mjs)$/.test(file)
  )
    return INFERENCE;
  if (/^assets\/download-[\w-]+\.js$/.test(file)) return DOWNLOAD;
  if (file === 'isolation.js') return NETWORK;
  return NOTHING;
}

test('X03 every file of the build comes with exactly its policy', async ({ request }) => {
  for (const file of files()) {
    const response = await request.get(file);
    expect(response.status(), file).toBe(200);
    const policies = response.headersArray().filter(({ name }) => /^content-security-policy/i.test(name));
    expect(
      policies.map(({ value }) => value),
      file,
    ).toEqual([expectedPolicy(file)]);
  }
  const page = await request.get('');
  expect(page.headers()['content-security-policy']).toBe(PAGE);
});

test('X03 the build has the threads those policies are for', () => {
  const named = (pattern: RegExp) => files().filter((file) => pattern.test(file));
  expect(named(/^assets\/inference-[\w-]+\.js$/)).toHaveLength(1);
  expect(named(/^assets\/download-[\w-]+\.js$/)).toHaveLength(1);
  expect(named(/^assets\/hashing-[\w-]+\.js$/)).toHaveLength(1);
  expect(named(/^assets\/helper-[\w-]+\.js$/)).toHaveLength(1);
  // Sent what it works on, it needs nothing: its policy is that of any other script.
  expect(named(/^assets\/reading-[\w-]+\.js$/)).toHaveLength(1);
  expect(named(/^assets\/ort-wasm-simd-threaded-[\w-]+\.mjs$/)).toHaveLength(1);
  expect(named(/^assets\/ort-wasm-simd-threaded-[\w-]+\.wasm$/)).toHaveLength(1);
  expect(
    named(/^(index\.html|404\.html|isolation\.js|sdk\/winnow\.js|models\/manifest\.json)$/),
  ).toHaveLength(5);
  // Nothing else may be started as a worker: every name given to `new Worker` is one of these.
  for (const file of scripts().filter((name) => name.endsWith('.js')))
    for (const [, started = ''] of read(file).matchAll(/new Worker\(\s*["'`]([^"'`]+)/g))
      expect(started, file).toMatch(/(inference|pixels|download|hashing|helper|reading)-[\w-]+\.js$/);
});

test('X16 every response carries the rest of the headers, errors included', async ({ request }) => {
  for (const path of [...files(), '', 'models/none.onnx', 'assets/none-0a1b2c3d.js']) {
    const response = await request.get(path);
    const headers = response.headers();
    const https = response.url().startsWith('https:');
    const { 'Cache-Control': cache, ...rest } = headersFor(`/${path}`, {
      https,
      modelHosts: modelHostsOf(process.env),
    });
    for (const [name, value] of Object.entries(rest))
      expect(headers[name.toLowerCase()], `${path} ${name}`).toBe(value);
    if (path.includes('none')) expect(headers['cache-control'] ?? '', path).not.toMatch(/max-age|immutable/);
    else expect(headers['cache-control'], path).toBe(cache);
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
  }
});

test('V05 only hashed files are kept without asking', async ({ request }) => {
  for (const file of files()) {
    const cache = (await request.get(file)).headers()['cache-control'] ?? '';
    if (cache.includes('immutable')) expect(file).toMatch(/^assets\/.+-[\w-]{8}\.\w+$/);
    else expect(cache, file).toBe('no-cache');
  }
});

test('N16 a missing file is a 404 and no page', async ({ request }) => {
  for (const path of [
    'bench',
    'models/none.onnx',
    'models/',
    'assets/',
    '.git/config',
    '_headers',
    'package.json',
  ]) {
    const response = await request.get(path);
    expect(response.status(), path).toBe(404);
    expect(await response.text()).not.toContain('<script');
  }
});

test('every file has the type that a browser insists on', async ({ request }) => {
  const types: Record<string, string> = {
    ...{ html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', json: 'application/json' },
    ...{ js: 'text/javascript; charset=utf-8', mjs: 'text/javascript; charset=utf-8' },
    ...{
      wasm: 'application/wasm',
      svg: 'image/svg+xml',
      png: 'image/png',
      jpg: 'image/jpeg',
      webp: 'image/webp',
    },
    ...{ avif: 'image/avif', gif: 'image/gif', onnx: 'application/octet-stream' },
    ...{ txt: 'text/plain; charset=utf-8', ts: 'text/plain; charset=utf-8' },
  };
  for (const file of files()) {
    const response = await request.head(file);
    expect(response.headers()['content-type'], file).toBe(types[file.split('.').pop() ?? '']);
  }
});

test('X03 dist/_headers says the same to hosts that read it', () => {
  expect(read('_headers')).toBe(toHeadersFile(files()));
});
