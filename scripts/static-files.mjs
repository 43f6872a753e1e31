/** From an address to a file's bytes: types, validators, ranges and compression. */
import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** @typedef {{ path: string, bytes: number, modified: Date, etag: string }} FoundFile */

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
  '.bin': 'application/octet-stream',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.gif': 'image/gif',
  '.bmp': 'image/bmp',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
};

/** What shrinks; pictures are compressed already. */
const COMPRESSIBLE = new Set([
  '.html',
  '.css',
  '.js',
  '.mjs',
  '.json',
  '.wasm',
  '.onnx',
  '.bin',
  '.svg',
  '.txt',
]);

/** Under this many bytes compression saves less than its header costs. */
const SMALLEST = 1024;
/** To this machine itself a large file travels faster plain: unpacking 14 MB takes longer than copying it. */
const LARGEST_LOCAL = 2 ** 20;

/** @param {string} path of an address, decoded, without `..` @returns {Promise<FoundFile | undefined>} */
export async function findFile(/** @type {readonly string[]} */ roots, path) {
  // Names with a leading dot or underscore configure a host (`_headers`) or a tool; no host serves them.
  if (path.split('/').some((part) => part.startsWith('.') || part === '_headers')) return undefined;
  const name = path.endsWith('/') ? `${path}index.html` : path;
  for (const root of roots) {
    const found = await inside(root, join(root, name));
    if (found) return found;
  }
  return undefined;
}

/** A link that leads out of the folder is not in it. @param {string} root @param {string} path */
async function inside(root, path) {
  try {
    const real = await realpath(path);
    const base = await realpath(root);
    const info = await stat(real);
    if (!real.startsWith(base + sep) || !info.isFile()) return undefined;
    const etag = `${info.size.toString(36)}-${Math.round(info.mtimeMs).toString(36)}-${info.ino.toString(36)}`;
    return { path: real, bytes: info.size, modified: info.mtime, etag };
  } catch {
    return undefined;
  }
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {FoundFile} file
 */
export async function send(request, response, file) {
  const extension = extname(file.path).toLowerCase();
  const range = request.headers.range;
  const coding = range === undefined ? codingFor(request, extension, file.bytes) : undefined;
  const etag = `"${file.etag}${coding ? `-${coding}` : ''}"`;
  response.setHeader('Content-Type', TYPES[extension] ?? 'application/octet-stream');
  response.setHeader('ETag', etag);
  response.setHeader('Last-Modified', file.modified.toUTCString());
  response.setHeader('Accept-Ranges', 'bytes');
  if (COMPRESSIBLE.has(extension)) response.setHeader('Vary', 'Accept-Encoding');
  if (isFresh(request, etag)) return void response.writeHead(304).end();
  const current = request.headers['if-range'];
  if (range !== undefined && (current === undefined || current === etag))
    return sendRange(request, response, file, range);
  if (coding) {
    const packed = await compressed(file, coding);
    response.setHeader('Content-Encoding', coding);
    response.writeHead(200, { 'Content-Length': packed.length });
    return void response.end(request.method === 'HEAD' ? undefined : packed);
  }
  response.writeHead(200, { 'Content-Length': file.bytes });
  pipe(request, response, file, 0, file.bytes - 1);
}

/** @param {import('node:http').IncomingMessage} request @param {string} etag */
function isFresh(request, etag) {
  const known = request.headers['if-none-match'];
  const tags = known?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(etag) || tags.includes('*');
}

/**
 * One range, as RFC 9110 section 14 has it. Several, or one that makes no sense, are ignored and the whole
 * file is sent, which the RFC allows; one that starts past the end is a 416.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {FoundFile} file @param {string} header
 */
function sendRange(request, response, file, header) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  const [, from = '', to = ''] = match ?? [];
  const suffix = from === '';
  const first = suffix ? Math.max(0, file.bytes - Number(to)) : Number(from);
  const last = suffix || to === '' ? file.bytes - 1 : Math.min(Number(to), file.bytes - 1);
  if (!match || (suffix && to === '') || (!suffix && to !== '' && Number(to) < first)) {
    response.writeHead(200, { 'Content-Length': file.bytes });
    return pipe(request, response, file, 0, file.bytes - 1);
  }
  if (first >= file.bytes || (suffix && Number(to) === 0))
    return void response.writeHead(416, { 'Content-Range': `bytes */${file.bytes}` }).end();
  response.writeHead(206, {
    'Content-Range': `bytes ${first}-${last}/${file.bytes}`,
    'Content-Length': last - first + 1,
  });
  pipe(request, response, file, first, last);
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {FoundFile} file @param {number} start first byte @param {number} end last byte
 */
function pipe(request, response, file, start, end) {
  if (request.method === 'HEAD' || end < start) return void response.end();
  createReadStream(file.path, { start, end })
    .on('error', () => response.destroy())
    .pipe(response);
}

/**
 * @param {import('node:http').IncomingMessage} request @param {string} extension @param {number} bytes
 * @returns {'br' | 'gzip' | undefined}
 */
function codingFor(request, extension, bytes) {
  if (!COMPRESSIBLE.has(extension) || bytes < SMALLEST) return undefined;
  const local = /^(::1|(::ffff:)?127\.)/.test(request.socket.remoteAddress ?? '');
  if (local && bytes > LARGEST_LOCAL) return undefined;
  const accepted = String(request.headers['accept-encoding'] ?? '')
    .split(',')
    .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
    .map((part) => part.split(';')[0]?.trim());
  if (accepted.includes('br')) return 'br';
  return accepted.includes('gzip') ? 'gzip' : undefined;
}

/** Compressed once per content; the promise is kept so that two requests share the work. */
const kept = /** @type {Map<string, Promise<Buffer>>} */ (new Map());

/** @param {FoundFile} file @param {'br' | 'gzip'} coding @returns {Promise<Buffer>} */
function compressed(file, coding) {
  const key = `${coding} ${file.etag} ${file.path}`;
  const known = kept.get(key);
  if (known) return known;
  const made = readFile(file.path).then((bytes) => pack(bytes, coding));
  kept.set(key, made);
  made.catch(() => kept.delete(key));
  return made;
}

/** @param {Buffer} bytes @param {'br' | 'gzip'} coding @returns {Promise<Buffer>} */
function pack(bytes, coding) {
  // 5 of 11: within a tenth of the best, at a fortieth of its time.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return coding === 'br' ? promisify(brotliCompress)(bytes, { params }) : promisify(gzip)(bytes);
}
