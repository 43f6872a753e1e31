/**
 * Serves a build as a well-kept static host would: its headers, exact types, a real 404. node:http only.
 *   node scripts/serve.mjs [--port 4173] [--host 127.0.0.1] [--dir dist] [--overlay folder]
 *                          [--no-isolation] [--no-headers] [--quiet]
 */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { headersFor } from './header-rules.mjs';
import { modelHostsOf } from './model-hosts.mjs';
import { findFile, send } from './static-files.mjs';

/**
 * @typedef {object} ServerOptions
 * @property {string} [dir] The build. Default `dist`.
 * @property {string} [overlay] A folder whose files are served in place of the build's.
 * @property {string} [host] Default 127.0.0.1.
 * @property {number} [port] 0 takes any free one (default); a taken one moves on to the next free.
 * @property {boolean} [isolation] COOP and COEP. Default true.
 * @property {boolean} [headers] False: none of our headers, as GitHub Pages would. Default true.
 * @property {readonly string[]} [modelHosts] As in the header rules.
 * @property {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => boolean} [intercept]
 *   Answers in the server's place when it returns true; for tests that need a fault.
 *
 * @typedef {object} LoggedRequest
 * @property {string} method
 * @property {string} path With the query, as it was asked for.
 * @property {number} status
 * @property {import('node:http').IncomingHttpHeaders} headers
 */

/** How many ports after the one asked for are tried. */
const PORTS_TRIED = 20;

/**
 * @param {ServerOptions} [options]
 * @returns {Promise<{ url: string, requests: LoggedRequest[], close: () => Promise<void> }>} `url` ends in `/`
 * @throws {Error} when the folder has no index.html, or no port is free
 */
export async function startServer(options = {}) {
  const { dir = 'dist', overlay, host = '127.0.0.1', port = 0 } = options;
  if (!existsSync(join(dir, 'index.html')))
    throw new Error(`There is no ${join(dir, 'index.html')}. Build it first: npm run build`);
  const roots = [overlay, dir].filter((root) => root !== undefined).map((root) => resolve(root));
  /** @type {LoggedRequest[]} */
  const requests = [];
  const server = createServer((request, response) => {
    response.on('close', () => {
      const { method = '', url = '', headers } = request;
      requests.push({ method, path: url, status: response.statusCode, headers });
    });
    answer(request, response, roots, options).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const taken = await listen(server, host, port);
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shown}:${taken}/`,
    requests,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {readonly string[]} roots @param {ServerOptions} options
 */
async function answer(request, response, roots, { isolation = true, headers = true, modelHosts, intercept }) {
  if (intercept?.(request, response)) return;
  const path = decodedPath(request.url ?? '/');
  // By the decoded path: `/isolatio%6E.js` is the same file and must not get another policy.
  const options = { isolation, ...(modelHosts && { modelHosts }) };
  const own = headers ? headersFor(path ?? '/missing', options) : {};
  for (const [name, value] of Object.entries(own)) response.setHeader(name, value);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(response, 405, 'Only GET and HEAD are answered here.', { Allow: 'GET, HEAD' });
  if (path === undefined) return refuse(response, 400, 'This is not an address.');
  const file = await findFile(roots, path);
  if (!file) return refuse(response, 404, 'There is no such file.');
  await send(request, response, file);
}

/** @param {string} url @returns {string | undefined} undefined when it is malformed or tries to climb */
function decodedPath(url) {
  let path = '';
  try {
    path = decodeURIComponent(url.replace(/[?#].*$/s, ''));
  } catch {
    return undefined;
  }
  const climbs = path.split(/[/\\]/).includes('..');
  return !path.startsWith('/') || path.includes('\0') || path.includes('\\') || climbs ? undefined : path;
}

/** @param {import('node:http').ServerResponse} response @param {number} status @param {string} text */
function refuse(response, status, text, headers = {}) {
  response.setHeader('Cache-Control', 'no-store');
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : `${text}\n`);
}

/** @param {import('node:http').Server} server @param {string} host @param {number} first @returns {Promise<number>} */
function listen(server, host, first) {
  return new Promise((done, fail) => {
    let port = first;
    server.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      const next = error.code === 'EADDRINUSE' && first !== 0 && port < first + PORTS_TRIED;
      if (next) server.listen(++port, host);
      else if (error.code === 'EADDRINUSE') fail(new Error(`Ports ${first} to ${port} are all taken.`));
      else fail(error);
    });
    server.on('listening', () => {
      const address = server.address();
      done(typeof address === 'object' && address ? address.port : port);
    });
    server.listen(port, host);
  });
}

/** @param {string[]} args */
async function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '4173' },
      host: { type: 'string', default: '127.0.0.1' },
      dir: { type: 'string', default: 'dist' },
      overlay: { type: 'string' },
      'no-isolation': { type: 'boolean', default: false },
      'no-headers': { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${values.port} is not a port.`);
  const server = await startServer({
    dir: values.dir,
    host: values.host,
    port,
    isolation: !values['no-isolation'],
    headers: !values['no-headers'],
    modelHosts: modelHostsOf(process.env),
    ...(values.overlay !== undefined && { overlay: values.overlay }),
  });
  if (port !== 0 && !server.url.endsWith(`:${port}/`)) console.log(`Port ${port} is taken.`);
  console.log(values.quiet ? server.url : `Winnow is at ${server.url}   (Ctrl+C ends it)`);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  main(process.argv.slice(2)).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
