// @vitest-environment node
import 'fake-indexeddb/auto';
import { promisifyRequest } from 'idb-keyval';
import { beforeEach, expect, it } from 'vitest';
import { starterImage } from '../../catalog/starter-image';
import { CHUNK_BYTES } from '../../core/hub/chunks';
import type { FoundFile } from '../../rpc/downloads';
import { transact as models } from '../store/database';
import { Draft } from '../store/draft';
import { readRecord, removeSources } from './chunks';
import { downloadFile } from './download';
import { damaged, salvage } from './salvage';
import { storedSource } from './source';
import { contents, digestOf, part, REQUEST_BASE, requestFor, testMeans } from './testing';

const PIECES = [contents(20_000, 1), contents(CHUNK_BYTES + 30_000, 2), contents(40_000, 3)];
const pathOf = (at: number) => `m/weights.${at}`;
const FILES = PIECES.map((bytes, at): FoundFile => {
  const { repo, revision } = REQUEST_BASE;
  const size = bytes.byteLength;
  return {
    ...{ repo, revision, path: pathOf(at), bytes: size, fetch: size, here: 0, sha256: digestOf(bytes) },
    ...{ known: 'source', partial: false },
  };
});

beforeEach(async () => {
  await removeSources();
  await models('readwrite', (store) => void store.clear());
  const draft = await Draft.begin('m');
  const sink = draft.sink('network.weights', 100);
  for (const bytes of PIECES) await sink.write(bytes);
  await sink.close();
  await draft.promote({
    ...{ version: 1, generation: draft.generation, card: { ...starterImage, id: 'm' } },
    ...{ precision: 'exact', at: '2026-01-01T00:00:00.000Z', bytes: draft.bytes, files: [] },
    ...{ pieces: draft.pieces, layouts: {} },
    reference: { tolerance: 1e-4, cases: [{ probe: 'gradient', values: [0.5, 0.5] }] },
  });
});

async function damage(how: 'flip' | 'delete', at: number): Promise<void> {
  const keys = await models('readonly', (store) => promisifyRequest(store.getAllKeys()));
  const key = keys.find(
    (each) => (each as IDBValidKey[])[0] === 'chunk' && (each as IDBValidKey[])[3] === at,
  )!;
  const bytes = PIECES[at]!.slice();
  bytes[7]! ^= 1;
  await models('readwrite', (store) => {
    if (how === 'delete') store.delete(key);
    else store.put(new Blob([bytes]), key);
  });
}

it.each(['flip', 'delete'] as const)(
  'S10 of a damaged model only the damaged piece is fetched: %s',
  async (how) => {
    expect(await damaged('m')).toBe(0);
    await damage(how, 0);
    expect(await damaged('m')).toBe(PIECES[0]!.byteLength);
    expect(await salvage('m', FILES)).toBe(PIECES[1]!.byteLength + PIECES[2]!.byteLength);
    let fetched = 0;
    for (const [at, bytes] of PIECES.entries()) {
      const means = testMeans((asked) => part(bytes, asked));
      const done = await downloadFile(requestFor(bytes, { path: pathOf(at) }), { means });
      expect(done.verification).toBe('verified');
      fetched += done.fetched;
      const source = await storedSource(done.key);
      expect(digestOf(new Uint8Array(await source.read(0, source.size)))).toBe(digestOf(bytes));
    }
    expect(fetched).toBe(PIECES[0]!.byteLength);
  },
);

it('what has been downloaded already is left alone', async () => {
  const means = testMeans((asked) => part(PIECES[0]!, asked));
  const { key } = await downloadFile(requestFor(PIECES[0]!, { path: pathOf(0) }), { means });
  const before = await readRecord(key);
  expect(await salvage('m', FILES.slice(0, 1))).toBe(0);
  expect(await readRecord(key)).toEqual(before);
});

it('of a model that is not here, or whose pieces are others, there is nothing', async () => {
  expect(await salvage('another', FILES)).toBe(0);
  expect(await damaged('another')).toBeUndefined();
  expect(await salvage('m', [{ ...FILES[0]!, sha256: '0'.repeat(64) }])).toBe(0);
});
