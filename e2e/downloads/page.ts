/** A bare page that drives the build's own download worker, and looks into its store. */
import * as Comlink from 'comlink';
import type { SerializedError } from '../../src/core/errors';
import { deserializeError, WinnowError } from '../../src/core/errors';
import { CHUNK_BYTES } from '../../src/core/hub/chunks';
import type { DownloadContract } from '../../src/rpc/contract';
import type {
  Downloaded,
  DownloadProgress,
  DownloadsContract,
  FileRequest,
  KeptSource,
  Learned,
  LearnRequest,
} from '../../src/rpc/downloads';
import { installHandlers } from '../../src/rpc/handlers';
import { listSources, removeSources } from '../../src/runtime/downloads/chunks';
import { storedSource } from '../../src/runtime/downloads/source';
import { trustedScriptUrl } from '../../src/sdk/trusted';

export interface Ended {
  readonly downloaded?: Downloaded;
  readonly error?: SerializedError;
  readonly progress: readonly (DownloadProgress & { readonly at: number })[];
  readonly milliseconds: number;
}

export interface Downloads {
  learn(request: LearnRequest): Promise<Learned | { readonly error: SerializedError }>;
  /** Starts one under a name; `ended` waits for it. */
  start(name: string, request: FileRequest): void;
  cancel(name: string): Promise<number>;
  ended(name: string): Promise<Ended>;
  progress(name: string): DownloadProgress | undefined;
  sources(): Promise<readonly KeptSource[]>;
  remove(key?: string): Promise<void>;
  /** SHA-256 of a kept file, read through the source that preparing reads through; or the error. */
  read(key: string): Promise<{ sha256?: string; error?: SerializedError; milliseconds: number }>;
  /** Reads it through once, keeping nothing. */
  pass(key: string): Promise<{ error?: SerializedError; milliseconds: number }>;
  /** Changes or deletes a kept chunk behind the worker's back, or takes back that the file is whole. */
  spoil(key: string, index: number, how: 'flip' | 'delete' | 'unfinish'): Promise<void>;
  /** Ends the worker, as a crash of its thread would. */
  end(): void;
}

declare global {
  var downloads: Downloads;
}

installHandlers();

const script = new URL(location.href).searchParams.get('worker') ?? '';
const worker = new Worker(trustedScriptUrl(script), {
  type: 'module',
  name: `downloads-${crypto.randomUUID()}`,
});
await new Promise<void>((resolve, reject) => {
  worker.addEventListener('error', () => reject(new Error('The worker did not start.')));
  worker.addEventListener('message', ({ data }) => data === 'ready' && resolve());
});
const service = Comlink.wrap<DownloadContract & DownloadsContract>(worker);

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<Ended>;
  readonly progress: (DownloadProgress & { readonly at: number })[];
}
const running = new Map<string, Running>();

const serialized = (thrown: unknown): SerializedError =>
  thrown instanceof WinnowError
    ? thrown.serialize()
    : deserializeError({ kind: 'failed', code: 'internal', message: String(thrown), data: {} }).serialize();

function start(name: string, request: FileRequest): void {
  const controller = new AbortController();
  const progress: Running['progress'] = [];
  const began = performance.now();
  const note = Comlink.proxy(
    (one: DownloadProgress) => void progress.push({ ...one, at: performance.now() - began }),
  );
  const ended = service.download(request, note, controller.signal).then(
    (downloaded) => ({ downloaded, progress, milliseconds: performance.now() - began }),
    (thrown: unknown) => ({ error: serialized(thrown), progress, milliseconds: performance.now() - began }),
  );
  // Progress has a port of its own: its last message may arrive after the answer.
  const last = ended.finally(() => new Promise((done) => setTimeout(done, 50)));
  running.set(name, { controller, ended: last, progress });
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** In the worker's own database: the test is the only other one who writes there. */
async function spoil(key: string, index: number, how: 'flip' | 'delete' | 'unfinish'): Promise<void> {
  const database = await settled(indexedDB.open('winnow-sources'));
  const sources = () => database.transaction('sources', 'readwrite').objectStore('sources');
  const place = ['chunk', key, index];
  if (how === 'delete') await settled(sources().delete(place));
  else if (how === 'unfinish') {
    const record = await settled(sources().get(['file', key]));
    await settled(sources().put({ ...record, state: 'partial' }, ['file', key]));
  } else {
    const blob: Blob = await settled(sources().get(place));
    const bytes = new Uint8Array(await blob.arrayBuffer());
    bytes[bytes.length >> 1]! ^= 1;
    await settled(sources().put(new Blob([bytes]), place));
  }
  database.close();
}

async function read(key: string): ReturnType<Downloads['read']> {
  const began = performance.now();
  try {
    const source = await storedSource(key);
    // The browser has no streaming hash: tests read files that fit.
    const whole = new Uint8Array(source.size);
    for (let at = 0; at < source.size; at += CHUNK_BYTES) {
      const end = Math.min(source.size, at + CHUNK_BYTES);
      whole.set(await source.read(at, end), at);
    }
    const milliseconds = performance.now() - began;
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
    return {
      sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''),
      milliseconds,
    };
  } catch (thrown) {
    return { error: serialized(thrown), milliseconds: performance.now() - began };
  }
}

async function pass(key: string): ReturnType<Downloads['pass']> {
  const began = performance.now();
  try {
    const source = await storedSource(key);
    for (let at = 0; at < source.size; at += CHUNK_BYTES)
      await source.read(at, Math.min(source.size, at + CHUNK_BYTES));
    return { milliseconds: performance.now() - began };
  } catch (thrown) {
    return { error: serialized(thrown), milliseconds: performance.now() - began };
  }
}

globalThis.downloads = {
  learn: (request) => service.learn(request).catch((thrown: unknown) => ({ error: serialized(thrown) })),
  start,
  async cancel(name) {
    const one = running.get(name)!;
    const began = performance.now();
    one.controller.abort();
    // Less the wait for the last progress.
    await one.ended;
    return performance.now() - began - 50;
  },
  ended: (name) => running.get(name)!.ended,
  progress: (name) => running.get(name)?.progress.at(-1),
  sources: listSources,
  remove: removeSources,
  read,
  pass,
  spoil,
  end: () => worker.terminate(),
};
document.title = 'Ready';
