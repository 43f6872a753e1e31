import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HUB_HOSTS } from '../src/core/hub/hosts';
import {
  headersFor,
  kindOf,
  MODEL_HOSTS,
  metaPolicy,
  servedFiles,
  toHeadersFile,
  toNginx,
  withMetaHeaders,
  writeHeadersFile,
} from './headers.mjs';

const FILES = [
  '404.html',
  'assets/download-Bx1_a-9Z.js',
  'assets/index-0a1b2c3d.css',
  'assets/index-0a1b2c3d.js',
  'assets/inference-DdEeFf01.js',
  'assets/ort-wasm-simd-threaded-Ab12Cd34.mjs',
  'assets/ort-wasm-simd-threaded-Ab12Cd34.wasm',
  'index.html',
  'isolation.js',
  'models/manifest.json',
  'models/starter-image.onnx',
  'sdk/types/sdk/index.d.ts',
  'sdk/winnow.js',
];

/** A policy as directive → sources; a directive named twice would be a mistake of ours. */
function directives(policy: string): Map<string, string> {
  const pairs = policy.split('; ').map((part) => {
    const [name = '', ...sources] = part.split(' ');
    return [name, sources.join(' ')] as const;
  });
  const map = new Map(pairs);
  expect(map.size).toBe(pairs.length);
  return map;
}

const csp = (path: string, modelHosts?: string[]) =>
  directives(headersFor(path, modelHosts ? { modelHosts } : {})['Content-Security-Policy'] ?? '');

describe('which policy a file gets', () => {
  it.each([
    ['/', 'page'],
    ['/index.html', 'page'],
    ['/somewhere/winnow/', 'page'],
    ['/assets/inference-DdEeFf01.js', 'inference'],
    ['/sub/path/assets/inference-a-b_c.js', 'inference'],
    ['/assets/pixels-DdEeFf01.js', 'inference'],
    ['/assets/helper-DdEeFf01.js', 'inference'],
    ['/assets/ort-wasm-simd-threaded-Ab12Cd34.mjs', 'inference'],
    ['/assets/ort-wasm-simd-threaded.asyncify-Ab12Cd34.mjs', 'inference'],
    ['/assets/ort-wasm-Hgy7teV9.js', 'other'],
    ['/assets/download-Bx1_a-9Z.js', 'download'],
    ['/isolation.js', 'service-worker'],
    ['/assets/index-0a1b2c3d.js', 'other'],
    ['/assets/ort-wasm-simd-threaded-Ab12Cd34.wasm', 'other'],
    ['/assets/x/inference-DdEeFf01.js', 'other'],
    ['/sdk/winnow.js', 'other'],
    ['/inference-x.js', 'other'],
    ['/assets/my-inference-x.js', 'other'],
    ['/models/manifest.json', 'other'],
  ])('X03 %s is %s', (path, kind) => {
    expect(kindOf(path)).toBe(kind);
    expect(kindOf(path.slice(1) || '/')).toBe(kind);
  });

  it('X03 only the download worker and the service worker may connect', () => {
    for (const file of FILES) {
      const policy = csp(file);
      expect(policy.get('default-src'), file).toBe("'none'");
      const connect = policy.get('connect-src') ?? "'none'";
      const expected = /isolation/.test(file) ? "'self'" : "'none'";
      expect(connect, file).toBe(
        /download-/.test(file) ? "'self' https://huggingface.co https://*.hf.co" : expected,
      );
    }
  });

  it('N17 the download worker’s policy lists the hosts that the code allows', () => {
    expect(MODEL_HOSTS).toEqual(HUB_HOSTS);
  });

  it('X13 no policy allows eval or inline code, and only inference and hashing compile WASM', () => {
    for (const file of FILES) {
      const policy = headersFor(file)['Content-Security-Policy'] ?? '';
      expect(policy).not.toMatch(/'unsafe-|http:|data:| \*|\*[^.]/);
      expect(policy.includes('https:'), file).toBe(/download-/.test(file));
      expect(policy.includes('wasm-unsafe-eval'), file).toBe(/inference|download-|ort-wasm.*mjs/.test(file));
      expect(csp(file).get('script-src') ?? "'none'").not.toMatch(/blob:/);
    }
  });

  it('X11 the page enforces Trusted Types with one policy, and nobody may frame it (X14)', () => {
    const policy = csp('index.html');
    expect(policy.get('require-trusted-types-for')).toBe("'script'");
    expect(policy.get('trusted-types')).toBe('winnow#scripturl');
    expect(policy.get('frame-ancestors')).toBe("'none'");
    for (const name of ['object-src', 'base-uri', 'form-action', 'connect-src', 'frame-src', 'media-src'])
      expect(policy.get(name), name).toBe("'none'");
  });

  it('names model hosts in the download worker alone', () => {
    const host = 'https://models.example';
    expect(csp('assets/download-a.js', [host]).get('connect-src')).toBe(`'self' ${host}`);
    for (const file of FILES.filter((name) => !name.includes('download')))
      expect([...csp(file, [host]).values()].join(' '), file).not.toContain(host);
  });
});

describe('the other headers', () => {
  it('X16 every response carries them; HSTS only over TLS', () => {
    for (const file of FILES) {
      const headers = headersFor(file, { https: true });
      expect(headers).toMatchObject({
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
        'Cross-Origin-Resource-Policy': 'same-origin',
        'X-Content-Type-Options': 'nosniff',
        'X-Frame-Options': 'DENY',
        'Referrer-Policy': 'no-referrer',
      });
      const age = Number(
        /^max-age=(\d+); includeSubDomains$/.exec(headers['Strict-Transport-Security'] ?? '')?.[1],
      );
      expect(age).toBeGreaterThanOrEqual(365 * 24 * 3600);
      expect(headersFor(file)['Strict-Transport-Security']).toBeUndefined();
      for (const feature of (headers['Permissions-Policy'] ?? '').split(', '))
        expect(feature).toMatch(/^[a-z-]+=\(\)$|^clipboard-write=\(self\)$/);
    }
  });

  it('V05 only hashed files are kept without asking', () => {
    for (const file of FILES)
      expect(headersFor(file)['Cache-Control'], file).toBe(
        file.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
  });
});

/** What Cloudflare Pages and Netlify send: every rule that matches adds its values, joined by commas. */
function effective(text: string, address: string): Record<string, string> {
  const headers: Record<string, string> = {};
  let applies = false;
  for (const line of text.split('\n')) {
    if (/^\S/.test(line))
      applies = line.endsWith('*') ? address.startsWith(line.slice(0, -1)) : line === address;
    else if (applies && line.trim()) {
      const [name = '', ...value] = line.trim().split(': ');
      headers[name] = [headers[name], value.join(': ')].filter(Boolean).join(', ');
    }
  }
  return headers;
}

describe('recipes for hosts', () => {
  it('X03 a _headers file gives every file what headersFor says, and nothing twice', () => {
    const text = toHeadersFile(FILES);
    for (const file of FILES)
      expect(effective(text, `/${file}`), file).toEqual(headersFor(file, { https: true }));
    expect(effective(text, '/')).toEqual(headersFor('/index.html', { https: true }));
    expect(effective(text, '/404')).toEqual(headersFor('/404.html', { https: true }));
    expect(text.match(/^\/.*\*$/gm)).toEqual(['/*', '/models/*', '/sdk/*']);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(2000);
  });

  it('prepared models add no rule, however many files they have', () => {
    const parts = Array.from({ length: 200 }, (_, at) => `models/prepared/guard/network.weights.${at}.part`);
    const files = [...FILES, ...parts, 'models/prepared/guard/manifest.json'];
    expect(toHeadersFile(files)).toBe(toHeadersFile(FILES));
    expect(effective(toHeadersFile(files), `/${parts[0]}`)).toEqual(headersFor(parts[0]!, { https: true }));
  });

  it('lists what a host serves, from a relative folder too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'winnow-headers-'));
    for (const name of ['index.html', '_headers', '.nojekyll', 'assets/a-12345678.js', 'models/x/b.onnx']) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), '');
    }
    const expected = ['assets/a-12345678.js', 'index.html', 'models/x/b.onnx'];
    for (const path of [folder, `${folder}/`, relative('.', folder)])
      expect(servedFiles(path)).toEqual(expected);
    expect(writeHeadersFile(relative('.', folder))).toBe(3);
    expect(readFileSync(join(folder, '_headers'), 'utf8')).toBe(toHeadersFile(expected));
    rmSync(folder, { recursive: true });
  });

  it('refuses a build with more files than a host takes rules for', () => {
    const many = Array.from({ length: 97 }, (_, index) => `assets/download-${index}.js`);
    expect(() => toHeadersFile([...many, 'assets/inference-1.js', 'robots.txt'])).not.toThrow();
    expect(() => toHeadersFile([...many, 'assets/inference-1.js', 'robots.txt', 'a.txt'])).toThrow(
      /101 rules/,
    );
  });

  it('docs/deploy/nginx.conf is what the rules say', () => {
    expect(readFileSync('docs/deploy/nginx.conf', 'utf8')).toBe(toNginx());
  });

  it('gives a page for header-less hosts its policy, once', () => {
    const page = withMetaHeaders('<!doctype html><html><head><title>t</title></head></html>');
    expect(page).toContain(`content="${metaPolicy()}"`);
    expect(withMetaHeaders(page)).toBe(page);
    expect(metaPolicy()).not.toContain('frame-ancestors');
    expect(metaPolicy()).not.toContain('"');
    expect(() => withMetaHeaders('<p>')).toThrow(/no <head>/);
  });
});
