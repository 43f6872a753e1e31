import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CHUNK_BYTES } from '../../core/hub/chunks';
import { readRecord, removeSources, update } from './chunks';
import { downloadFile } from './download';
import { startHasher } from './hash-thread';
import { type Hasher, ownHasher } from './hasher';
import { contents, part, requestFor, testMeans, withoutLastWord } from './testing';

const FILE = contents(4 * CHUNK_BYTES + 77, 5);
const REQUEST = requestFor(FILE);
const hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

beforeEach(() => removeSources());
afterEach(() => vi.unstubAllGlobals());

/** As a thread: what it hashes is moved to it, and comes back later. */
async function distant(change: Partial<Hasher> = {}, wait = 0): Promise<Hasher> {
  const own = await ownHasher();
  return {
    ...own,
    async update(bytes) {
      const moved = structuredClone(bytes, { transfer: [bytes.buffer] });
      await new Promise((on) => setTimeout(on, wait));
      return own.update(moved);
    },
    ...change,
  };
}

const download = (hasher: () => Promise<Hasher>) => {
  const means = testMeans((asked) => part(FILE, asked), { hasher });
  return downloadFile(REQUEST, { means });
};

describe('the hash of the whole, in another thread', () => {
  it('may be slower than what comes in', async () => {
    expect(await download(() => distant({}, 30))).toMatchObject({ verification: 'verified' });
  });

  it('may take long to start', async () => {
    const late = new Promise<Hasher>((on) => setTimeout(() => on(distant()), 200));
    expect(await download(() => late)).toMatchObject({ verification: 'verified' });
  });

  it('is found all the same when the thread dies with a chunk', async () => {
    const hasher = await distant();
    let left = 2;
    const update: Hasher['update'] = (bytes) => {
      if (left-- > 0) return hasher.update(bytes);
      structuredClone(bytes, { transfer: [bytes.buffer] });
      return Promise.reject(new Error('gone'));
    };
    expect(await download(async () => ({ ...hasher, update }))).toMatchObject({
      ...{ verification: 'verified', fetched: FILE.byteLength },
    });
  });

  it('starts from nothing when what was kept is of another version', async () => {
    const { key } = await download(() => distant());
    await withoutLastWord(key);
    const state = new Uint8Array([1, 2, 3]);
    await update((await readRecord(key))!, {}, (now) => ({ ...now, digest: { chunks: 2, state } }));
    expect(await download(() => distant())).toMatchObject({ verification: 'verified', fetched: 0 });
  });

  it('is kept with the chunks, and not far behind them', async () => {
    const { key } = await download(() => distant());
    const { digest } = (await readRecord(key))!;
    expect(digest!.chunks).toBeGreaterThanOrEqual(2);
    const hasher = await ownHasher();
    await hasher.load(digest!.state);
    await hasher.update(FILE.slice(digest!.chunks * CHUNK_BYTES));
    expect(await hasher.digest()).toBe(hex(FILE));
  });
});

describe('a thread that does not start', () => {
  it.each([
    ['there are no workers', undefined],
    [
      'its script is not there',
      class extends EventTarget {
        constructor() {
          super();
          queueMicrotask(() => this.dispatchEvent(new Event('error', { cancelable: true })));
        }
        terminate() {}
      },
    ],
  ])('is done without: %s', async (_, worker) => {
    vi.stubGlobal('Worker', worker);
    const hasher = await startHasher('hashing.js');
    await hasher.update(new TextEncoder().encode('abc'));
    expect(await hasher.digest()).toBe(hex(new TextEncoder().encode('abc')));
  });
});
