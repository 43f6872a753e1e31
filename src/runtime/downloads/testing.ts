/** A server without a network, for tests in Node. */
import { createHash } from 'node:crypto';
import { CHUNK_BYTES } from '../../core/hub/chunks';
import type { FileRequest } from '../../rpc/downloads';
import { readRecord, update } from './chunks';
import { ownHasher } from './hasher';
import { type Means, sleep } from './means';

export const REQUEST_BASE = {
  repo: 'owner/name',
  revision: '0123456789abcdef0123456789abcdef01234567',
  path: 'model.safetensors',
  endpoint: 'https://hub.example',
};

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A file's bytes: the same for the same seed, and no two chunks alike. */
export function contents(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = seed;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

export const requestFor = (bytes: Uint8Array, more: Partial<FileRequest> = {}): FileRequest => ({
  ...REQUEST_BASE,
  bytes: bytes.byteLength,
  sha256: digestOf(bytes),
  ...more,
});

export const chunkHashes = (bytes: Uint8Array): string[] =>
  Array.from({ length: Math.ceil(bytes.byteLength / CHUNK_BYTES) }, (_, index) =>
    digestOf(bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)),
  );

export interface Asked {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Fires when the request is given up. */
  readonly signal: AbortSignal;
}
export type Answer = (asked: Asked, number: number) => Response | Promise<Response>;

/** Means whose clock stands still but for waiting, and whose waits take no time. */
export function testMeans(
  answer: Answer,
  more: Partial<Means> = {},
): Means & { asked: Asked[]; waits: number[] } {
  const asked: Asked[] = [];
  const waits: number[] = [];
  let now = 1_000_000;
  return {
    asked,
    waits,
    async fetch(address, init) {
      const signal = init.signal ?? new AbortController().signal;
      const one = { address, headers: init.headers as Record<string, string>, signal };
      asked.push(one);
      signal.throwIfAborted();
      return answer(one, asked.length - 1);
    },
    now: () => now,
    random: () => 0.5,
    async sleep(milliseconds, signal) {
      waits.push(milliseconds);
      now += milliseconds;
      await sleep(0, signal);
    },
    hasher: () => ownHasher(),
    online: () => true,
    origin: 'https://app.example',
    stopped: async () => false,
    stallMs: 20_000,
    ...more,
  };
}

/** As if the browser had died after the last chunk and before the record said that the file is whole. */
export async function withoutLastWord(key: string): Promise<void> {
  const record = await readRecord(key);
  if (!record) throw new Error(`There is no ${key}.`);
  await update(record, {}, (now) => ({ ...now, state: 'partial' }));
}

/** What a good server answers: the part that was asked for. */
export function part(
  bytes: Uint8Array<ArrayBuffer>,
  { headers }: Asked,
  more: Record<string, string> = {},
): Response {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.Range ?? '') ?? [];
  if (first === undefined) return new Response(bytes, { headers: more });
  const end = last === '' ? bytes.byteLength : Number(last) + 1;
  const range = { 'content-range': `bytes ${first}-${end - 1}/${bytes.byteLength}` };
  return new Response(bytes.subarray(Number(first), end), { status: 206, headers: { ...range, ...more } });
}
