import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { fileKey } from '../../core/hub/address';
import { CHUNK_BYTES } from '../../core/hub/chunks';
import { isQuickHash } from '../quick-hash';
import { putChunk, readChunk, readRecord, removeSources } from './chunks';
import { downloadFile } from './download';
import { type Hasher, ownHasher } from './hasher';
import { chunkHashes, contents, part, requestFor, testMeans, withoutLastWord } from './testing';

const FILE = contents(2 * CHUNK_BYTES + 77, 9);
const PINS = chunkHashes(FILE);
const request = (more = {}) => requestFor(FILE, { chunkSha256: PINS, ...more });
/** A server whose second chunk has one wrong bit. */
const flipped = () => {
  const file = FILE.slice();
  file[CHUNK_BYTES + 5]! ^= 1;
  return file;
};

beforeEach(() => removeSources());

describe('a file whose chunks are pinned', () => {
  it('is verified by them: nothing runs over the whole of it', async () => {
    const own = await ownHasher();
    const update = () => Promise.reject(new Error('not asked for'));
    const means = testMeans((asked) => part(FILE, asked), { hasher: async () => ({ ...own, update }) });
    const { key, ...done } = await downloadFile(request(), { means });
    expect(done).toMatchObject({ verification: 'verified', sha256: request().sha256 });
    const record = (await readRecord(key))!;
    expect(Object.values(record.pinned!)).toEqual(PINS);
    expect(Object.values(record.chunks).every(isQuickHash)).toBe(true);
  });

  it('goes on without reading what was compared, and gets anew what other pins do not know', async () => {
    const means = testMeans((asked) => part(FILE, asked));
    const { key } = await downloadFile(request(), { means });
    await withoutLastWord(key);
    expect(await downloadFile(request(), { means })).toMatchObject({ verification: 'verified', fetched: 0 });
    await withoutLastWord(key);
    const other = request({ chunkSha256: chunkHashes(flipped()) });
    await expect(downloadFile(other, { means })).rejects.toMatchObject({ code: 'source-damaged' });
    const record = (await readRecord(key))!;
    expect([Object.keys(record.chunks), Object.keys(record.pinned!)]).toEqual([
      ['0', '2'],
      ['0', '2'],
    ]);
  });

  it('N06 a chunk that does not fit never counts, not even until it comes again', async () => {
    const served = flipped();
    const means = testMeans((asked, number) => {
      if (number === 0) return part(served, asked);
      return new Response(null, { status: 404 });
    });
    await expect(downloadFile(request(), { means })).rejects.toMatchObject({ code: 'not-found' });
    const record = (await readRecord(fileKey(request())))!;
    expect(record.chunks[1]).toBeUndefined();
    await expect(readChunk(record, 1)).rejects.toMatchObject({ code: 'asset-missing' });
    const whole = testMeans((asked) => part(FILE, asked));
    expect(await downloadFile(request(), { means: whole })).toMatchObject({ verification: 'verified' });
  });

  it('forgets that a chunk was compared when another takes its place', async () => {
    const means = testMeans((asked) => part(FILE, asked));
    const { key } = await downloadFile(request(), { means });
    const record = (await readRecord(key))!;
    const [index, hash, blob] = [1, 'another', new Blob([FILE.subarray(0, CHUNK_BYTES)])];
    const put = await putChunk(record, {}, { index, hash, blob });
    expect(Object.keys(put.pinned!)).toEqual(['0', '2']);
    expect(put.chunks).toEqual({ ...record.chunks, 1: hash });
  });

  it('is compared all the same when the thread dies with a chunk', async () => {
    const own = await ownHasher();
    let left = 1;
    const only: Hasher['only'] = (bytes) => {
      if (left-- > 0) return own.only(bytes);
      structuredClone(bytes, { transfer: [bytes.buffer] });
      return Promise.reject(new Error('gone'));
    };
    const hasher = async () => ({ ...own, only });
    const means = testMeans((asked) => part(FILE, asked), { hasher });
    expect(await downloadFile(request(), { means })).toMatchObject({
      ...{ verification: 'verified', fetched: FILE.byteLength },
    });
    await removeSources();
    const wrong = testMeans((asked) => part(flipped(), asked), { hasher });
    await expect(downloadFile(request(), { means: wrong })).rejects.toMatchObject({ code: 'source-damaged' });
  });
});
