/** The download worker's service: the only code of Winnow that uses the network. No content reaches it. */
import { FailedError, toWinnowError } from '../core/errors';
import type { DownloadContract, FetchRequest, OnProgress } from '../rpc/contract';
import type { DeviceContract } from '../rpc/device';
import type { DownloadsContract } from '../rpc/downloads';
import { step } from '../rpc/step';
import { keepBuild, keepPart } from './build-files';
import { deviceNotes } from './device';
import { createDownloads } from './downloads';
import { keptAtStart, removeKept, tidy } from './store';
import { sha256 } from './store/hash';

/** `hashing`: address of the hashing thread's script. */
export function createDownload(hashing: string): DownloadContract & DownloadsContract & DeviceContract {
  const models = {
    fetch: fetchVerified,
    compile,
    keepBuild,
    keepPart,
    kept: keptAtStart,
    tidy,
    remove: removeKept,
  };
  return { ...models, ...createDownloads(hashing), ...deviceNotes, ping: async () => 'pong' };
}

/**
 * The bytes at an address, checked against the size and SHA-256 asked for. Rejects with FailedError
 * `asset-missing` (no answer, not 200) or `asset-corrupt` (a web page, other size, other hash).
 */
async function fetchVerified(
  request: FetchRequest,
  onProgress?: OnProgress,
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  const response = await answer(request.url, signal);
  const bytes = await read(response, request.bytes, onProgress);
  if (request.bytes !== undefined && bytes.byteLength !== request.bytes)
    throw corrupt(request.url, `It has ${bytes.byteLength} bytes instead of ${request.bytes}`);
  if (request.sha256 !== undefined && (await sha256(bytes)) !== request.sha256)
    throw corrupt(request.url, 'Its content is not what this build expects');
  return bytes;
}

/** WASM at an address, compiled as it comes. Rejects as `fetchVerified`; `asset-corrupt` when it is not WASM. */
async function compile(url: string): Promise<WebAssembly.Module> {
  step('runtime asked for');
  const response = await answer(url);
  try {
    // Hosts that do not know the type answer octet-stream, which browsers do not compile while it comes.
    const compiled =
      response.headers.get('content-type') === 'application/wasm'
        ? await WebAssembly.compileStreaming(response)
        : await WebAssembly.compile(await response.arrayBuffer());
    step('runtime compiled');
    return compiled;
  } catch (cause) {
    const known = toWinnowError(cause);
    if (known.code === 'out-of-memory') throw known;
    throw corrupt(url, 'It did not arrive whole, or this browser cannot run it');
  }
}

async function answer(url: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(url, {
    credentials: 'same-origin',
    redirect: 'error',
    signal: signal ?? null,
  }).catch((cause: unknown) => {
    const known = toWinnowError(cause);
    if (known.kind === 'cancelled') throw known;
    throw missing(url, 'The server did not answer');
  });
  if (response.status !== 200) throw missing(url, `The server answered ${response.status}`);
  // A single-page host answers any path with its index.html and 200.
  if (response.headers.get('content-type')?.startsWith('text/html'))
    throw corrupt(url, 'The server returned a web page instead');
  return response;
}

async function read(response: Response, total = 0, onProgress?: OnProgress): Promise<ArrayBuffer> {
  if (!onProgress || !response.body) return response.arrayBuffer();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    parts.push(part);
    done += part.byteLength;
    // One byte more than expected is enough to know that it is not the file.
    if (total && done > total) throw corrupt(response.url, `It is longer than ${total} bytes`);
    onProgress({ phase: 'download', done, total });
  }
  return new Blob(parts).arrayBuffer();
}

function missing(url: string, what: string): FailedError {
  return new FailedError('asset-missing', `${fileName(url)} is missing. ${what}. Reload the page.`, { url });
}

function corrupt(url: string, what: string): FailedError {
  return new FailedError('asset-corrupt', `${fileName(url)} cannot be used. ${what}. Reload the page.`, {
    url,
  });
}

function fileName(url: string): string {
  return new URL(url).pathname.split('/').pop() ?? url;
}
