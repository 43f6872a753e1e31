import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headersFor } from './header-rules.mjs';
import { startServer } from './serve.mjs';

const SCRIPT = `// ${'pineapple '.repeat(300)}\n`;
const folder = mkdtempSync(join(tmpdir(), 'winnow-serve-'));
const dist = join(folder, 'dist');
const overlay = join(folder, 'overlay');

function lay(root: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  lay(dist, {
    'index.html': '<!doctype html><title>Winnow</title>',
    'assets/index-0a1b2c3d.js': SCRIPT,
    'assets/ort-0a1b2c3d.wasm': '0123456789',
    'models/manifest.json': '{"from":"dist"}',
    _headers: '/*\n',
    '.secret': 'no',
  });
  lay(overlay, { 'models/manifest.json': '{"from":"overlay"}' });
  lay(folder, { 'outside.txt': 'outside' });
  symlinkSync(join(folder, 'outside.txt'), join(dist, 'link.txt'));
  server = await startServer({ dir: dist, overlay });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Straight to the socket: fetch would tidy the path and unpack the body. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { hostname, port } = new URL(server.url);
  return new Promise((done, fail) => {
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    sent.on('error', fail).end();
  });
}

describe('the static server', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/index.html?x=1', 'text/html; charset=utf-8'],
    ['/assets/index-0a1b2c3d.js', 'text/javascript; charset=utf-8'],
    ['/assets/ort-0a1b2c3d.wasm', 'application/wasm'],
    ['/models/manifest.json', 'application/json'],
  ])('serves %s as %s, with the headers of the rules', async (path, type) => {
    const answer = await ask(path);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(type);
    for (const [name, value] of Object.entries(headersFor(path.replace(/\?.*/, ''))))
      expect(answer.headers[name.toLowerCase()], name).toBe(value);
  });

  it('N16 a missing file is a real 404, never the page, and is not remembered', async () => {
    for (const path of [
      '/models/none.onnx',
      '/assets/gone-0a1b2c3d.js',
      '/bench',
      '/assets',
      '/index.html/',
    ]) {
      const answer = await ask(path);
      expect(answer.status, path).toBe(404);
      expect(answer.headers['content-type']).toMatch(/^text\/plain/);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'/);
    }
  });

  it('does not leave its folder', async () => {
    const climbs = [
      '/../outside.txt',
      '/%2e%2e/outside.txt',
      '/assets/..%2f..%2foutside.txt',
      '/..%5coutside.txt',
    ];
    for (const path of [...climbs, '/link.txt', '/%00', '/%', '//etc/passwd', '/.secret', '/_headers']) {
      const answer = await ask(path);
      expect([400, 404], path).toContain(answer.status);
      expect(answer.body.toString()).not.toMatch(/outside|root:|^no$/);
    }
    expect((await ask('/assets/%69ndex-0a1b2c3d.js')).status).toBe(200);
  });

  it('answers GET and HEAD only', async () => {
    const head = await ask('/assets/index-0a1b2c3d.js', {}, 'HEAD');
    expect(head.status).toBe(200);
    expect(head.body.length).toBe(0);
    expect(Number(head.headers['content-length'])).toBe(SCRIPT.length);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await ask('/', {}, method);
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toBe('GET, HEAD');
    }
  });

  it('compresses once, with an own validator per coding', async () => {
    const path = '/assets/index-0a1b2c3d.js';
    const brotli = await ask(path, { 'accept-encoding': 'gzip, br' });
    const zipped = await ask(path, { 'accept-encoding': 'gzip, br;q=0' });
    const plain = await ask(path);
    expect(brotliDecompressSync(brotli.body).toString()).toBe(SCRIPT);
    expect(gunzipSync(zipped.body).toString()).toBe(SCRIPT);
    expect(plain.body.toString()).toBe(SCRIPT);
    expect(new Set([brotli, zipped, plain].map((answer) => answer.headers.etag)).size).toBe(3);
    expect(brotli.headers.vary).toBe('Accept-Encoding');
    const again = await ask(path, { 'accept-encoding': 'br', 'if-none-match': brotli.headers.etag ?? '' });
    expect(again.status).toBe(304);
    expect(again.body.length).toBe(0);
    expect(again.headers['content-security-policy']).toBe(brotli.headers['content-security-policy']);
  });

  it.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=5-2', 200, '0123456789', undefined],
    ['bytes=0-1,4-5', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
  ])('Range %s gives %d', async (range, status, body, contentRange) => {
    const answer = await ask('/assets/ort-0a1b2c3d.wasm', { range });
    expect(answer.status).toBe(status);
    expect(answer.body.toString()).toBe(body);
    expect(answer.headers['content-range']).toBe(contentRange);
  });

  it('N11 sends the whole file when If-Range names another version', async () => {
    const first = await ask('/assets/ort-0a1b2c3d.wasm');
    const part = { range: 'bytes=4-' };
    const same = await ask('/assets/ort-0a1b2c3d.wasm', { ...part, 'if-range': first.headers.etag ?? '' });
    const other = await ask('/assets/ort-0a1b2c3d.wasm', { ...part, 'if-range': '"another"' });
    expect([same.status, other.status]).toEqual([206, 200]);
  });

  it('prefers the overlay, and falls back to the build', async () => {
    expect((await ask('/models/manifest.json')).body.toString()).toBe('{"from":"overlay"}');
    expect((await ask('/')).body.toString()).toContain('Winnow');
  });

  it('logs what was asked', async () => {
    await ask('/assets/none.js?q=1', { range: 'bytes=0-1' });
    const last = server.requests.at(-1);
    expect(last).toMatchObject({ method: 'GET', path: '/assets/none.js?q=1', status: 404 });
    expect(last?.headers.range).toBe('bytes=0-1');
  });
});

describe('starting it', () => {
  it('moves on from a taken port', async () => {
    const port = Number(new URL(server.url).port);
    const second = await startServer({ dir: dist, port });
    expect(Number(new URL(second.url).port)).toBeGreaterThan(port);
    await second.close();
  });

  it('can leave out isolation, or every header, and can be made to fail', async () => {
    const plain = await startServer({ dir: dist, isolation: false });
    const bare = await startServer({
      dir: dist,
      headers: false,
      intercept: (asked, response) => asked.url === '/fault' && Boolean(response.writeHead(503).end()),
    });
    const [one, two, fault] = await Promise.all([
      fetch(plain.url),
      fetch(bare.url),
      fetch(`${bare.url}fault`),
    ]);
    expect(one.headers.get('cross-origin-opener-policy')).toBeNull();
    expect(one.headers.get('content-security-policy')).toContain("connect-src 'none'");
    expect(two.headers.get('content-security-policy')).toBeNull();
    expect(fault.status).toBe(503);
    await Promise.all([plain.close(), bare.close()]);
  });

  it('says what to do when there is no build, and refuses a port that is none', () => {
    const run = (...args: string[]) =>
      spawnSync('node', ['scripts/serve.mjs', ...args], { encoding: 'utf8' });
    const missing = run('--dir', join(folder, 'none'));
    expect(missing.status).toBe(1);
    expect(missing.stderr).toMatch(/npm run build/);
    expect(run('--dir', dist, '--port', 'x').status).toBe(1);
  });
});
