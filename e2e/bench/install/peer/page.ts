/** The same file, fetched and kept by @huggingface/transformers as it does for a model it opens. */
import { AutoModel, env } from '@huggingface/transformers';

interface What {
  readonly endpoint: string;
  readonly repo: string;
  readonly revision: string;
  readonly path: string;
}

declare global {
  /** Milliseconds from the call until the file is in memory and in its cache. */
  var fetchPeer: (what: What) => Promise<number>;
  /** Milliseconds from the call until the file is in IndexedDB, in chunks of 8 MiB, each hashed as a whole. */
  var fetchRaw: (what: What) => Promise<number>;
  /** Milliseconds until all of it was read back and hashed. */
  var readRaw: () => Promise<number>;
}

/** Thrown when the file is there, so that no session is made of it. */
class Fetched extends Error {}

globalThis.fetchPeer = async ({ endpoint, repo, revision, path }) => {
  env.remoteHost = `${endpoint}/`;
  env.allowLocalModels = false;
  const began = performance.now();
  try {
    await AutoModel.from_pretrained(repo, {
      revision,
      dtype: 'fp32',
      progress_callback: (info: { status: string; file?: string }) => {
        if (info.status === 'done' && info.file === path) throw new Fetched();
      },
    });
  } catch (error) {
    if (!(error instanceof Fetched)) throw error;
  }
  return performance.now() - began;
};

const CHUNK_BYTES = 2 ** 23;

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const opened = (): Promise<IDBDatabase> => {
  const opening = indexedDB.open('raw', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('chunks');
  return settled(opening);
};

globalThis.fetchRaw = async ({ endpoint, repo, revision, path }) => {
  const database = await opened();
  const began = performance.now();
  const { body } = await fetch(`${endpoint}/${repo}/resolve/${revision}/${path}`, { cache: 'no-store' });
  const reader = body!.getReader({ mode: 'byob' });
  let buffer = new ArrayBuffer(2 ** 20);
  let storing: Promise<unknown> = Promise.resolve();
  // One is hashed while the next comes in.
  let chunks = [new Uint8Array(CHUNK_BYTES), new Uint8Array(CHUNK_BYTES)];
  let [filled, index] = [0, 0];
  const store = async () => {
    const bytes = chunks[0]!.subarray(0, filled);
    const chunk = new Blob([bytes]);
    const hash = crypto.subtle.digest('SHA-256', bytes);
    filled = 0;
    await storing;
    chunks = chunks.reverse();
    const transaction = database.transaction('chunks', 'readwrite', { durability: 'relaxed' });
    transaction.objectStore('chunks').put(chunk, index++);
    const stored = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    storing = Promise.all([hash, stored]);
  };
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (done || !value) break;
    for (let from = 0; from < value.byteLength; ) {
      const part = value.subarray(from, from + CHUNK_BYTES - filled);
      chunks[0]!.set(part, filled);
      filled += part.byteLength;
      from += part.byteLength;
      if (filled === CHUNK_BYTES) await store();
    }
    buffer = value.buffer;
  }
  if (filled > 0) await store();
  await storing;
  const milliseconds = performance.now() - began;
  database.close();
  return milliseconds;
};

globalThis.readRaw = async () => {
  const database = await opened();
  const began = performance.now();
  const blobs: Blob[] = await settled(database.transaction('chunks').objectStore('chunks').getAll());
  let hashing: Promise<unknown> = Promise.resolve();
  for (const blob of blobs) {
    const bytes = await blob.arrayBuffer();
    await hashing;
    hashing = crypto.subtle.digest('SHA-256', bytes);
  }
  await hashing;
  const milliseconds = performance.now() - began;
  database.close();
  indexedDB.deleteDatabase('raw');
  return milliseconds;
};
