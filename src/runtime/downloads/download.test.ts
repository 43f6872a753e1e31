// @vitest-environment node
import 'fake-indexeddb/auto';
import { promisifyRequest } from 'idb-keyval';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { fileKey } from '../../core/hub/address';
import { CHUNK_BYTES } from '../../core/hub/chunks';
import type { DownloadProgress } from '../../rpc/downloads';
import { listSources, readChunk, readRecord, removeSources, update } from './chunks';
import { transact } from './database';
import { downloadFile } from './download';
import { sleep } from './means';
import { storedSource } from './source';
import {
  chunkHashes,
  contents,
  digestOf,
  part,
  REQUEST_BASE,
  requestFor,
  testMeans,
  withoutLastWord,
} from './testing';
import { takeTurn } from './turn';

const FILE = contents(CHUNK_BYTES + 1_000);

beforeEach(() => removeSources());

describe('a download', () => {
  it('asks for the pinned file, follows its bytes, and keeps them', async () => {
    const means = testMeans((asked) => part(FILE, asked));
    const progress: DownloadProgress[] = [];
    const done = await downloadFile(requestFor(FILE), { means, onProgress: (one) => progress.push(one) });
    expect(done).toMatchObject({
      verification: 'verified',
      sha256: digestOf(FILE),
      fetched: FILE.byteLength,
    });
    expect(means.asked.map(({ address }) => address)).toEqual([
      `https://hub.example/owner/name/resolve/${REQUEST_BASE.revision}/model.safetensors`,
    ]);
    expect(progress.at(-1)).toEqual({ phase: 'download', done: FILE.byteLength, total: FILE.byteLength });
    const source = await storedSource(done.key);
    expect(await source.read(CHUNK_BYTES - 3, CHUNK_BYTES + 3)).toEqual(
      FILE.slice(CHUNK_BYTES - 3, CHUNK_BYTES + 3),
    );
    await expect(source.read(0, FILE.byteLength + 1)).rejects.toMatchObject({ code: 'invalid-model' });
  });

  it('counts a chunk that is stored while nothing comes', async () => {
    const means = testMeans((asked) => {
      const stuck = new ReadableStream({
        start(stream) {
          stream.enqueue(FILE.slice(0, CHUNK_BYTES + 500));
          asked.signal.addEventListener('abort', () => stream.error(new DOMException('', 'AbortError')));
        },
      });
      return new Response(stuck, part(FILE, asked));
    });
    const controller = new AbortController();
    let shown = 0;
    const onProgress = ({ done }: DownloadProgress) => {
      shown = done;
      if (done === CHUNK_BYTES + 500) controller.abort();
    };
    const running = downloadFile(requestFor(FILE), { means, onProgress, signal: controller.signal });
    setTimeout(() => controller.abort(), 3_000).unref();
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    expect(shown).toBe(CHUNK_BYTES + 500);
  });

  it('is read forwards with the next chunk on its way; one that is gone is said when it is its turn', async () => {
    const long = contents(4 * CHUNK_BYTES + 9);
    const { key } = await downloadFile(requestFor(long), { means: testMeans((asked) => part(long, asked)) });
    await transact('readwrite', (store) => void store.delete(['chunk', key, 2]));
    const source = await storedSource(key);
    const read = (index: number) =>
      source.read(index * CHUNK_BYTES, Math.min(long.byteLength, (index + 1) * CHUNK_BYTES));
    for (const index of [0, 1, 0, 4, 3, 1])
      expect(digestOf(await read(index))).toBe(
        digestOf(long.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)),
      );
    await expect(read(2)).rejects.toMatchObject({ code: 'asset-missing', data: { chunk: 2 } });
    expect((await read(3)).byteLength).toBe(CHUNK_BYTES);
  });

  it('an empty file asks for nothing', async () => {
    const means = testMeans(() => new Response(null, { status: 500 }));
    const empty = new Uint8Array();
    expect(await downloadFile(requestFor(empty), { means })).toMatchObject({
      verification: 'verified',
      bytes: 0,
    });
    expect(means.asked).toEqual([]);
  });

  it('S05 whole chunks without the last word are verified, and nothing is fetched', async () => {
    const first = testMeans((asked) => part(FILE, asked));
    const { key } = await downloadFile(requestFor(FILE), { means: first });
    await withoutLastWord(key);
    const second = testMeans(() => new Response(null, { status: 500 }));
    expect(await downloadFile(requestFor(FILE), { means: second })).toMatchObject({
      verification: 'verified',
      fetched: 0,
    });
    expect(second.asked).toEqual([]);
  });

  describe('S10 a kept chunk that is not what it was', () => {
    async function spoilt(change: (chunk: Blob) => Promise<Blob>, unfinished: boolean) {
      const { key } = await downloadFile(requestFor(FILE), {
        means: testMeans((asked) => part(FILE, asked)),
      });
      const changed = await change(await readChunk((await readRecord(key))!, 0));
      await transact('readwrite', (store) => void store.put(changed, ['chunk', key, 0]));
      // Without the running hash the whole is read back.
      if (unfinished)
        await update((await readRecord(key))!, {}, ({ digest: _, ...now }) => ({ ...now, state: 'partial' }));
      const means = testMeans((asked) => part(FILE, asked));
      const done = await downloadFile(requestFor(FILE), { means });
      const source = await storedSource(key);
      expect(digestOf(new Uint8Array(await source.read(0, source.size)))).toBe(digestOf(FILE));
      return { done, ranges: means.asked.map(({ headers }) => headers.Range) };
    }
    const only = {
      done: { verification: 'verified', fetched: CHUNK_BYTES },
      ranges: [expect.stringMatching(/^bytes=0-/)],
    };

    it('is fetched again when its size is another', async () => {
      expect(await spoilt(async (chunk) => chunk.slice(1), false)).toMatchObject(only);
    });

    it('is fetched again when the hash of the whole meets it', async () => {
      const flip = async (chunk: Blob) => {
        const bytes = new Uint8Array(await chunk.arrayBuffer());
        bytes[5]! ^= 1;
        return new Blob([bytes]);
      };
      expect(await spoilt(flip, true)).toMatchObject(only);
    });
  });

  it('a hash that becomes known on the way is what the whole is compared with', async () => {
    const { sha256: _, ...unknown } = requestFor(FILE);
    const broken = testMeans((asked, number) => {
      const { headers } = part(FILE, asked);
      return number === 0
        ? new Response(FILE.slice(0, CHUNK_BYTES), { status: 206, headers })
        : new Response(null, { status: 404 });
    });
    await expect(downloadFile(unknown, { means: broken })).rejects.toMatchObject({ code: 'not-found' });
    const means = testMeans((asked) => part(FILE, asked));
    const done = await downloadFile(requestFor(FILE), { means });
    expect(done).toMatchObject({ verification: 'verified', fetched: FILE.byteLength - CHUNK_BYTES });
    await removeSources();
    await expect(downloadFile(unknown, { means: broken })).rejects.toMatchObject({ code: 'not-found' });
    const wrong = requestFor(FILE, { sha256: '0'.repeat(64) });
    await expect(downloadFile(wrong, { means })).rejects.toMatchObject({ code: 'source-damaged' });
  });

  it('N12 N13 waits as asked, and as long as asked', async () => {
    const answers = [
      () => new Response(null, { status: 429, headers: { 'retry-after': '30' } }),
      () => new Response(null, { status: 500 }),
    ];
    const means = testMeans((asked, number) => answers[number]?.() ?? part(FILE, asked));
    await downloadFile(requestFor(FILE), { means });
    const [asIs, backedOff] = [means.waits.slice(0, -1), means.waits.at(-1)];
    expect(asIs.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(30_000);
    expect(backedOff).toBe(1_000);
  });

  it('N12 a wait too long to sit through ends it, and says when to come back', async () => {
    const means = testMeans(() => new Response(null, { status: 429, headers: { 'retry-after': '7200' } }));
    await expect(downloadFile(requestFor(FILE), { means })).rejects.toMatchObject({ code: 'rate-limited' });
    expect(means.waits).toEqual([]);
  });

  it('N13 five tries in a row without a chunk, and no sixth', async () => {
    const means = testMeans(() => new Response(null, { status: 502 }));
    await expect(downloadFile(requestFor(FILE), { means })).rejects.toMatchObject({ code: 'server-failed' });
    expect(means.asked).toHaveLength(6);
  });

  describe('N03 a line that breaks again and again', () => {
    /** Answers that break off after so many bytes. */
    const breaking = (bytes: number, file = FILE) =>
      testMeans((asked) => {
        const whole = part(file, asked);
        const start = Number(/\d+/.exec(asked.headers.Range!)![0]);
        const body = new ReadableStream({
          start(stream) {
            stream.enqueue(file.slice(start, start + bytes));
            setTimeout(() => stream.error(new TypeError('network error')));
          },
        });
        return new Response(body, { status: 206, headers: whole.headers });
      });

    it('after a megabyte every time brings it all the same, and nothing twice', async () => {
      const long = contents(5 * CHUNK_BYTES);
      const means = breaking(2 ** 20, long);
      const done = await downloadFile(requestFor(long), { means });
      expect(done).toMatchObject({ verification: 'verified', fetched: long.byteLength });
      expect(means.asked).toHaveLength(40);
      expect(means.asked.map(({ headers }) => headers.Range)).toEqual(
        Array.from({ length: 40 }, (_, at) => `bytes=${at * 2 ** 20}-`),
      );
    });

    it('is given up where it brings next to nothing', async () => {
      const means = breaking(1_000);
      await expect(downloadFile(requestFor(FILE), { means })).rejects.toMatchObject({ code: 'offline' });
      expect(means.asked).toHaveLength(6);
    });

    it('does not stop a damaged file from being got again', async () => {
      const long = contents(3 * CHUNK_BYTES);
      let whole = 0;
      const good = breaking(2 ** 20, long);
      const means = testMeans((asked) => {
        if (whole++ > 0) return good.fetch(asked.address, { headers: asked.headers, signal: asked.signal });
        const bytes = long.slice();
        bytes[5]! ^= 1;
        return part(bytes, asked);
      });
      const done = await downloadFile(requestFor(long), { means });
      expect(done.verification).toBe('verified');
      expect(good.asked.length).toBeGreaterThan(6);
    });
  });

  it('an address that has expired is asked for again', async () => {
    const gone = Object.defineProperty(new Response(null, { status: 403 }), 'url', {
      value: 'https://store.example/file?Signature=old',
    });
    const means = testMeans((asked, number) => (number === 0 ? gone : part(FILE, asked)));
    const done = await downloadFile(requestFor(FILE, { hosts: ['https://store.example'] }), { means });
    expect(done.verification).toBe('verified');
    expect(means.asked[1]?.address).toContain('https://hub.example/');
  });

  it('N11 an ETag of another host says nothing, one of the same host everything', async () => {
    const from = (host: string, etag: string, response: Response) =>
      Object.defineProperty(
        new Response(response.body, { status: 206, headers: [...response.headers, ['etag', etag]] }),
        'url',
        {
          value: `https://${host}.example/f`,
        },
      );
    const cut = (asked: Parameters<typeof part>[1]) => {
      const whole = part(FILE, asked);
      return new Response(FILE.slice(0, CHUNK_BYTES + 5), { status: 206, headers: whole.headers });
    };
    const hosts = ['https://a.example', 'https://b.example'];
    const other = testMeans((asked, number) =>
      number === 0 ? from('a', '"1"', cut(asked)) : from('b', '"2"', part(FILE, asked)),
    );
    expect((await downloadFile(requestFor(FILE, { hosts }), { means: other })).verification).toBe('verified');
    await removeSources();
    const same = testMeans((asked, number) =>
      number === 0 ? from('a', '"1"', cut(asked)) : from('a', '"2"', part(FILE, asked)),
    );
    await expect(downloadFile(requestFor(FILE, { hosts }), { means: same })).rejects.toMatchObject({
      code: 'source-changed',
    });
  });

  describe('without a network', () => {
    /** Goes away after the second chunk has begun, and comes back after so many looks. */
    const leaving = (looks: number, answers: (asked: Parameters<typeof part>[1]) => Response) => {
      let away = 0;
      const means = testMeans(
        (asked, number) => {
          away = looks;
          if (number > 0) return answers(asked);
          const body = new ReadableStream({
            start(stream) {
              stream.enqueue(FILE.slice(0, CHUNK_BYTES + 5));
              setTimeout(() => stream.error(new TypeError('network error')));
            },
          });
          return new Response(body, { status: 206, headers: part(FILE, asked).headers });
        },
        { online: () => away-- <= 0 },
      );
      return means;
    };

    it('N19 what has begun waits, asks nobody meanwhile, and goes on where it was', async () => {
      const means = leaving(100, (asked) => part(FILE, asked));
      const seen: (string | undefined)[] = [];
      const done = await downloadFile(requestFor(FILE), {
        means,
        onProgress: ({ state }) => seen.push(state?.kind),
      });
      expect(done).toMatchObject({ verification: 'verified', fetched: FILE.byteLength });
      expect(means.asked.map(({ headers }) => headers.Range)).toEqual([
        'bytes=0-',
        `bytes=${CHUNK_BYTES + 5}-`,
      ]);
      expect(means.waits.filter((each) => each === 1_000).length).toBeGreaterThan(90);
      expect(seen).toContain('offline');
    });

    it('N19 one that comes back and brings nothing is given up like any other', async () => {
      const means = leaving(2, () => {
        throw new TypeError('Failed to fetch');
      });
      await expect(downloadFile(requestFor(FILE), { means })).rejects.toMatchObject({ code: 'offline' });
      expect(means.asked).toHaveLength(6);
    });

    it('N19 at the start nobody is asked, but for a server on this machine, unless something is here', async () => {
      const gone = { online: () => false };
      const means = testMeans((asked) => part(FILE, asked), gone);
      const failed = downloadFile(requestFor(FILE), { means });
      await expect(failed).rejects.toMatchObject({ code: 'offline' });
      await expect(failed).rejects.toThrow('not downloaded yet');
      const controller = new AbortController();
      const waiting = downloadFile(requestFor(FILE, { begun: true }), {
        means: testMeans((asked) => part(FILE, asked), {
          ...gone,
          sleep: (milliseconds, signal) => {
            controller.abort();
            return sleep(milliseconds, signal);
          },
        }),
        signal: controller.signal,
      });
      await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
      expect(means.asked).toEqual([]);
      const here = testMeans((asked) => part(FILE, asked), { ...gone, origin: 'http://localhost:4173' });
      const mirror = 'http://localhost:4173/models';
      await downloadFile(requestFor(FILE, { mirror }), { means: here });
      expect(here.asked).toHaveLength(1);
    });
  });

  it('N01 If-Range goes only where it needs no leave', async () => {
    const cut = (asked: Parameters<typeof part>[1]) =>
      Object.defineProperty(
        new Response(FILE.slice(0, CHUNK_BYTES + 5), {
          status: 206,
          headers: { ...Object.fromEntries(part(FILE, asked).headers), etag: '"1"' },
        }),
        'url',
        { value: asked.address },
      );
    for (const mirror of ['https://app.example/models', 'https://mirror.example']) {
      await removeSources();
      const means = testMeans((asked, number) => (number === 0 ? cut(asked) : part(FILE, asked)));
      await downloadFile(requestFor(FILE, { mirror }), { means });
      expect(means.asked[1]?.headers['If-Range']).toBe(mirror.includes('app.') ? '"1"' : undefined);
      expect(means.asked[1]?.headers.Range).toBe(`bytes=${CHUNK_BYTES + 5}-`);
    }
  });

  it('a token is for the Hub, and never for a mirror', async () => {
    const means = testMeans((asked) => part(FILE, asked));
    await downloadFile(requestFor(FILE, { token: 'hf_abc' }), { means });
    expect(means.asked[0]?.headers.Authorization).toBe('Bearer hf_abc');
    const mirror = { mirror: 'https://mirror.example', token: 'hf_abc' };
    await expect(downloadFile(requestFor(FILE, mirror), { means })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    await expect(downloadFile(requestFor(FILE, { token: 'a\nb' }), { means })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    expect(JSON.stringify(await readRecord((await listSources())[0]!.key))).not.toContain('hf_abc');
  });

  it('S01 no room: says what all of it takes, and deletes nothing of a tab that waited', async () => {
    const means = testMeans((asked) => part(FILE, asked), {
      sleep: (_, signal) => new Promise((done) => setTimeout(done, 5, signal)),
    });
    const put = IDBObjectStore.prototype.put;
    let full = true;
    const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...[value, key]
    ) {
      if (full && value instanceof Blob) {
        full = false;
        throw new DOMException('', 'QuotaExceededError');
      }
      return put.call(this, value, key);
    });
    const request = requestFor(FILE, { needed: 1.93e9 });
    const both = [1, 2].map(() => downloadFile(request, { means }));
    const [first, second] = await Promise.allSettled(both);
    spy.mockRestore();
    expect(first).toMatchObject({ reason: { code: 'storage-full', data: { bytes: 1.93e9 } } });
    expect((first as PromiseRejectedResult).reason.message).toContain('1.9 GB are needed');
    expect(second).toMatchObject({ value: { verification: 'verified', fetched: FILE.byteLength } });
    expect(await listSources()).toMatchObject([{ kept: FILE.byteLength }]);
  });

  it('S13 what a newer version has begun is left alone', async () => {
    const means = testMeans((asked) => part(FILE, asked));
    const { key } = await downloadFile(requestFor(FILE), { means });
    const newer = { ...(await readRecord(key))!, version: 2, chunks: 'kept otherwise' };
    await transact('readwrite', (store) => void store.put(newer, ['file', key]));
    await expect(downloadFile(requestFor(FILE), { means })).rejects.toMatchObject({
      ...{ code: 'storage-unavailable', data: { newer: true } },
    });
    await expect(storedSource(key)).rejects.toMatchObject({ data: { newer: true } });
    expect(await listSources()).toEqual([]);
    expect(means.asked).toHaveLength(1);
    const now = await transact('readonly', (store) => promisifyRequest(store.get(['file', key])));
    expect(now).toEqual(newer);
  });

  it('T04 without Web Locks two tabs take turns, and each chunk is fetched once', async () => {
    const means = testMeans((asked) => part(FILE, asked), {
      sleep: (_, signal) => new Promise((done) => setTimeout(done, 5, signal)),
    });
    const both = await Promise.all([1, 2].map(() => downloadFile(requestFor(FILE), { means })));
    expect(both.map(({ fetched }) => fetched).sort()).toEqual([0, FILE.byteLength]);
  });

  it('X15 what is cleared while it downloads stays cleared', async () => {
    const means = testMeans((asked) => {
      const whole = part(FILE, asked);
      const body = new ReadableStream({
        async start(stream) {
          stream.enqueue(FILE.slice(0, CHUNK_BYTES));
          while ((await listSources()).length === 0) await new Promise((done) => setTimeout(done, 5));
          await removeSources();
          stream.enqueue(FILE.slice(CHUNK_BYTES));
          stream.close();
        },
      });
      return new Response(body, { status: 206, headers: whole.headers });
    });
    await expect(downloadFile(requestFor(FILE), { means })).rejects.toMatchObject({ code: 'cancelled' });
    expect(await listSources()).toEqual([]);
  });

  it('T04 a tab that slept past its lease does not write over the one that took over', async () => {
    const owner = await takeTurn('key', new AbortController().signal, () => {});
    const { repo, revision, path } = REQUEST_BASE;
    const record = { version: 1, repo, revision, path, bytes: 1, chunks: {}, state: 'partial' } as const;
    const lease = (name: string) =>
      transact('readwrite', (store) => void store.put({ owner: name, until: 0 }, ['lease', fileKey(record)]));
    await lease('another');
    await expect(update(record, { owner: 'mine' }, (now) => now)).rejects.toThrow('taken over');
    await lease('mine');
    await expect(update(record, { owner: 'mine' }, (now) => now)).resolves.toMatchObject({ bytes: 1 });
    await owner.release();
  });

  it.each([
    ['its chunks are pinned', { chunkSha256: chunkHashes(FILE) }, 'verified'],
    ['they are not', {}, 'complete, not verified'],
  ])('a part is not compared with the hash of the whole: %s', async (_, more, verification) => {
    const means = testMeans((asked) => part(FILE, asked));
    const request = requestFor(FILE, { ranges: [{ start: 0, end: 1 }], ...more });
    const done = await downloadFile(request, { means });
    expect(done).toMatchObject({ verification, fetched: CHUNK_BYTES });
    expect(done).not.toHaveProperty('sha256');
  });

  it('cancelling ends a wait and a transfer', async () => {
    const controller = new AbortController();
    const means = testMeans((asked) => {
      setTimeout(() => controller.abort(), 10);
      const never = new ReadableStream({
        start(stream) {
          stream.enqueue(FILE.slice(0, 10));
          asked.signal.addEventListener('abort', () => stream.error(asked.signal.reason));
        },
      });
      return new Response(never, { status: 206, headers: part(FILE, asked).headers });
    });
    await expect(downloadFile(requestFor(FILE), { means, signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it.each([
    { repo: 'a/b/c' },
    { revision: 'main' },
    { path: '../x' },
    { bytes: -1 },
    { bytes: 1.5 },
    { bytes: 1e15 },
    { sha256: 'abc' },
    { chunkSha256: ['0'.repeat(64)] },
    { endpoint: 'http://hub.example' },
    { ranges: [{ start: 0, end: 1e12 }] },
  ])('refuses %j before it asks anybody', async (more) => {
    const means = testMeans((asked) => part(FILE, asked));
    await expect(downloadFile(requestFor(FILE, more), { means })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    expect(means.asked).toEqual([]);
  });
});
