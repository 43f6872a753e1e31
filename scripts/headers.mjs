/**
 * Writes the header rules down for hosts; WINNOW_MODEL_HOSTS says which hosts models may come from beside the Hub.
 *   node scripts/headers.mjs dist           dist/_headers (Cloudflare Pages, Netlify)
 *   node scripts/headers.mjs dist --pages   also makes dist/ fit for a host without headers (GitHub Pages)
 *   node scripts/headers.mjs --nginx        docs/deploy/nginx.conf, on standard output
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import {
  CACHE_CHECKED,
  CACHE_FOREVER,
  cacheOf,
  commonHeaders,
  cspOf,
  HSTS,
  IMMUTABLE,
  KINDS,
  kindOf,
  metaPolicy,
} from './header-rules.mjs';
import { modelHostsOf } from './model-hosts.mjs';

export * from './header-rules.mjs';

/** Cloudflare Pages reads no more rules than this, and drops the rest without a word. */
const MOST_RULES = 100;

/** Files that configure a host and are not served by it. */
const UNSERVED = new Set(['_headers', '.nojekyll']);

/**
 * Paths of the files a host serves from a build, with `/` between folders, sorted.
 * @param {string} folder @returns {string[]}
 */
export function servedFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !UNSERVED.has(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/**
 * The `_headers` file of Cloudflare Pages and Netlify. Where two rules name the same header those hosts send
 * both values, and two CSPs mean their intersection. So `/*` says only what every response shares; the rest
 * is said once per file, or once per folder whose files all get the same. `index.html` and `404.html` are
 * also reached by addresses without the name.
 * @param {readonly string[]} files @param {import('./header-rules.mjs').HeaderOptions} [options]
 * @returns {string} @throws {Error} when the build needs more rules than a host takes
 */
export function toHeadersFile(files, options = {}) {
  const rules = [rule('/*', commonHeaders({ ...options, https: true })), ...rulesWithin('', files, options)];
  if (rules.length > MOST_RULES)
    throw new Error(
      `${rules.length} rules, but Cloudflare Pages reads ${MOST_RULES}. Ship fewer files, or set headers in front of the host.`,
    );
  return rules.join('\n');
}

/** @param {string} file @param {import('./header-rules.mjs').HeaderOptions} options @returns {Record<string, string>} */
function ownHeaders(file, options) {
  return { 'Content-Security-Policy': cspOf(kindOf(file), options), 'Cache-Control': cacheOf(file) };
}

/**
 * Rules for `files`, which all lie in `folder` (empty, or ending in a slash).
 * @param {string} folder @param {readonly string[]} files
 * @param {import('./header-rules.mjs').HeaderOptions} options @returns {string[]}
 */
function rulesWithin(folder, files, options) {
  const first = ownHeaders(files[0] ?? '', options);
  const alike = files.every((file) => isDeepStrictEqual(ownHeaders(file, options), first));
  if (folder !== '' && alike) return [rule(`/${folder}*`, first)];
  const folders = new Set(files.map((file) => /^[^/]+\//.exec(file.slice(folder.length))?.[0] ?? ''));
  return [...folders].flatMap((name) => {
    const here = files.filter((file) => /^([^/]+\/)?/.exec(file.slice(folder.length))?.[0] === name);
    if (name !== '') return rulesWithin(folder + name, here, options);
    return here.flatMap((file) =>
      addressesOf(file).map((address) => rule(address, ownHeaders(file, options))),
    );
  });
}

/** @param {string} file @returns {string[]} */
function addressesOf(file) {
  const address = `/${file}`;
  if (!file.endsWith('.html')) return [address];
  const bare = address.slice(0, -'.html'.length);
  return [address, bare.endsWith('/index') ? bare.slice(0, -'index'.length) : bare];
}

/** @param {string} address @param {Record<string, string>} headers */
function rule(address, headers) {
  const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}\n`);
  return `${address}\n${lines.join('')}`;
}

/**
 * A complete `server` block for nginx. The headers stand at server level only: one `add_header` inside a
 * `location` would drop all that it inherits.
 * @param {import('./header-rules.mjs').HeaderOptions} [options] @returns {string}
 */
export function toNginx(options = {}) {
  const policies = KINDS.map(({ kind, pattern }) => `  "~${pattern}" "${cspOf(kind, options)}";`);
  const common = Object.entries(commonHeaders(options)).map(
    ([name, value]) => `  add_header ${name} "${value}" always;`,
  );
  return `# Written by \`node scripts/headers.mjs --nginx\`; a test compares it with scripts/header-rules.mjs.
# Goes into nginx's \`http\` block. Change server_name, root and the certificate's lines.

map $uri $winnow_policy {
${policies.join('\n')}
}
map $uri $winnow_cache {
  "~${IMMUTABLE}" "${CACHE_FOREVER}";
  default "${CACHE_CHECKED}";
}
map $scheme $winnow_hsts {
  https "${HSTS}";
  default "";
}

server {
  listen 8080;
  # listen 443 ssl; ssl_certificate …; ssl_certificate_key …;
  server_name localhost;
  root /srv/winnow/dist;
  index index.html;
  absolute_redirect off;
  server_tokens off;

  # nginx's own list lacks some of these, and a module or WASM file of the wrong type does not load.
  types {
    text/html html;
    text/css css;
    text/javascript js mjs;
    application/json json;
    application/wasm wasm;
    application/octet-stream onnx bin;
    image/svg+xml svg;
    image/png png;
    image/jpeg jpg jpeg;
    image/webp webp;
    image/avif avif;
    image/gif gif;
    image/x-icon ico;
    application/manifest+json webmanifest;
    text/plain txt md ts;
  }
  default_type application/octet-stream;
  charset utf-8;
  charset_types text/css text/javascript text/plain;
  gzip on;
  gzip_vary on;
  gzip_types text/css text/javascript application/json application/wasm application/octet-stream image/svg+xml;

  add_header Content-Security-Policy $winnow_policy always;
${common.join('\n')}
  # Not "always": a missing asset must not be remembered as missing for a year.
  add_header Cache-Control $winnow_cache;
  add_header Strict-Transport-Security $winnow_hsts always;

  # A missing file is a 404, never index.html: a page in place of a model must not look like a success.
  location / { try_files $uri $uri/index.html =404; }
  # Weights do not shrink, and a part of a compressed file cannot be asked for.
  location ~ /models/prepared/.*\\.part$ { gzip off; try_files $uri =404; }
  location ~ /(_headers|\\.) { return 404; }
}
`;
}

/**
 * For a host without headers: the page's policy as a `<meta>`, and the name of the service worker that adds
 * the rest. @param {string} html @returns {string} @throws {Error} when it has no \`<head>\`
 */
export function withMetaHeaders(html) {
  const metas = `<meta http-equiv="Content-Security-Policy" content="${metaPolicy()}"><meta name="winnow-isolation" content="isolation.js">`;
  const clean = html.replace(metas, '');
  if (!clean.includes('<head>')) throw new Error('The page has no <head> to put its policy into.');
  return clean.replace('<head>', `<head>${metas}`);
}

/**
 * Writes `_headers` into a finished build.
 * @param {string} folder @param {import('./header-rules.mjs').HeaderOptions} [options]
 * @returns {number} files it has rules for
 */
export function writeHeadersFile(folder, options = {}) {
  const files = servedFiles(folder);
  writeFileSync(join(folder, '_headers'), toHeadersFile(files, options));
  return files.length;
}

/**
 * Makes a finished build fit for a host that sends no headers; docs/deploy/github-pages.md says what that
 * means. @param {string} folder
 */
export function makePagesBuild(folder) {
  for (const page of ['index.html', '404.html'].map((name) => join(folder, name)))
    writeFileSync(page, withMetaHeaders(readFileSync(page, 'utf8')));
  writeFileSync(join(folder, '.nojekyll'), '');
}

/** @param {readonly string[]} args */
function main(args) {
  const options = { modelHosts: modelHostsOf(process.env) };
  if (args.includes('--nginx')) return process.stdout.write(toNginx(options));
  const folder = args.find((arg) => !arg.startsWith('-')) ?? 'dist';
  if (args.includes('--pages')) makePagesBuild(folder);
  console.log(`${join(folder, '_headers')}: rules for ${writeHeadersFile(folder, options)} files.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
