// @vitest-environment node
import 'fake-indexeddb/auto';
import { expect, it } from 'vitest';
import { Random } from '../../../e2e/hostile/random';
import { CHUNK_BYTES } from '../../core/hub/chunks';
import { listSources, removeSources } from './chunks';
import { downloadFile } from './download';
import { storedSource } from './source';
import { chunkHashes, contents, digestOf, part, requestFor, testMeans } from './testing';

const FILE = contents(CHUNK_BYTES + 1_000);
const damagedAt = (offset: number) => {
  const bytes = new Uint8Array(FILE);
  bytes[offset]! ^= 1;
  return bytes;
};

/** Every way a seed can spoil answers; a download must end verified or in a typed error, never with other bytes. */
function spoiled(random: Random) {
  const kinds = ['flip', 'zero', 'cut', 'short', 'longer', 'shift', 'status', 'whole', 'etag'] as const;
  return (asked: Parameters<typeof part>[1]): Response => {
    const good = part(FILE, asked, { etag: '"1"' });
    if (random.next() < 0.4) return good;
    const kind = kinds[random.below(kinds.length)]!;
    const at = random.below(FILE.byteLength);
    const start = Number(/=(\d+)/.exec(asked.headers.Range ?? '')?.[1]);
    if (kind === 'status') return new Response(null, { status: [500, 502, 503, 429, 416][random.below(5)]! });
    if (kind === 'whole') return new Response(damagedAt(at));
    if (kind === 'etag') return part(FILE, asked, { etag: '"2"' });
    if (kind === 'flip') return part(damagedAt(at), asked, { etag: '"1"' });
    const rest = FILE.slice(start);
    const cut = random.below(rest.byteLength + 1);
    if (kind === 'zero') rest.fill(0, cut);
    const body =
      kind === 'zero'
        ? rest
        : kind === 'longer'
          ? new Uint8Array([...rest.subarray(0, 9), ...rest])
          : rest.subarray(0, cut);
    if (kind !== 'shift') return new Response(body, { status: 206, headers: good.headers });
    const moved = { 'content-range': `bytes ${start + 1}-${FILE.byteLength - 1}/${FILE.byteLength}` };
    return new Response(rest.subarray(1), { status: 206, headers: moved });
  };
}

it('N06 seeded corruptions: verified bytes or a typed error, nothing else', {
  timeout: 120_000,
}, async () => {
  const expected = digestOf(FILE);
  const codes = new Map<string, number>();
  for (let seed = 0; seed < 12; seed++) {
    await removeSources();
    const request = requestFor(FILE, seed % 2 ? { chunkSha256: chunkHashes(FILE) } : {});
    const ended = await downloadFile(request, { means: testMeans(spoiled(new Random(seed))) }).then(
      (done) => ({ key: done.key, code: done.verification as string }),
      (error: { code: string; serialize?: unknown }) => {
        expect(error.serialize, String(error)).toBeTypeOf('function');
        return { key: undefined, code: error.code };
      },
    );
    codes.set(ended.code, (codes.get(ended.code) ?? 0) + 1);
    if (ended.key === undefined) {
      expect((await listSources()).filter(({ state }) => state !== 'partial')).toEqual([]);
      continue;
    }
    const source = await storedSource(ended.key);
    expect(digestOf(await source.read(0, source.size)), `seed ${seed}`).toBe(expected);
  }
  expect([...codes.keys()].sort()).toContain('verified');
  expect([...codes.keys()].filter((code) => code === 'internal')).toEqual([]);
});
