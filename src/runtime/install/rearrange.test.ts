import 'fake-indexeddb/auto';
import { promisifyRequest } from 'idb-keyval';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { starterImage } from '../../catalog/starter-image';
import type { Layout } from '../../core/prepare/layout';
import { rearranged } from '../../core/prepare/rearranged';
import { transact } from '../store/database';
import { Draft } from '../store/draft';
import type { Manifest } from '../store/manifest';
import { openStored, readStored, verifyStored } from '../store/stored';
import { confirm, rewrite } from './rearrange';

const PIECE = 'network.weights';
const ORDER = [2, 0, 1];
/** Weights of 64, 100 and 30 bytes, and a table that begins in the chunk that they end in. */
const layout: Layout = {
  version: 1,
  seenBytes: 256,
  keptBytes: 500,
  weights: [
    { seen: { offset: 0, length: 64 }, place: { offset: 0, length: 64 } },
    { seen: { offset: 64, length: 100 }, place: { offset: 64, length: 100 } },
    { seen: { offset: 192, length: 30 }, place: { offset: 192, length: 30 } },
  ],
  tables: [{ name: 'words', dtype: 'I8', shape: [244], place: { offset: 256, length: 244 } }],
};
const bytes = Uint8Array.from({ length: 500 }, (_, at) => (at * 13 + (at >> 5)) & 255);
for (const [start, end] of [
  [164, 192],
  [222, 256],
])
  bytes.fill(0, start, end);

beforeEach(() => vi.stubGlobal('navigator', {}));
afterEach(() => transact('readwrite', (store) => void store.clear()));

function manifestOf(draft: Draft, now: Layout): Manifest {
  return {
    ...{ version: 1, generation: draft.generation, card: { ...starterImage, id: draft.id } },
    ...{ precision: 'exact', at: '2026-01-01T00:00:00.000Z', bytes: draft.bytes, files: [] },
    ...{ pieces: { ...draft.pieces }, layouts: { network: now } },
    reference: { tolerance: 1e-4, cases: [{ probe: 'gradient', values: [0.5, 0.5] }] },
  };
}

/** In chunks of 150 bytes: the second holds the end of the weights and the beginning of the table. */
async function written() {
  const draft = await Draft.begin('a');
  const sink = draft.sink(PIECE, 500);
  for (let at = 0; at < 500; at += 150) await sink.write(bytes.slice(at, at + 150));
  await sink.close();
  const stored = await readStored(manifestOf(draft, layout));
  return { draft, stored, wanted: rearranged(layout, ORDER)! };
}

describe('weights written over again', () => {
  it('lie in the order in which they are asked for, and what follows them stays', async () => {
    const { draft, stored, wanted } = await written();
    const before = draft.pieces[PIECE]!;
    const rewritten = await rewrite(stored.piece(PIECE), wanted, { draft, piece: PIECE, layout });
    const manifest = manifestOf(draft, wanted.layout);
    const now = await readStored(manifest);
    const reads = await confirm(now.piece(PIECE), wanted, rewritten, ORDER);
    // The old ones are there until the new ones count.
    await verifyStored(stored);
    await draft.promote({ ...manifest, reads: { network: reads } });

    const opened = await openStored('a');
    await verifyStored(opened);
    const kept = new Uint8Array(await opened.piece(PIECE).arrayBuffer());
    expect(kept.length).toBe(500);
    expect(draft.bytes).toBe(500);
    for (const [at, { place }] of wanted.layout.weights.entries()) {
      const { offset, length } = layout.weights[at]!.place;
      expect(kept.slice(place.offset, place.offset + length)).toEqual(bytes.slice(offset, offset + length));
    }
    expect(wanted.layout.weights.map(({ place }) => place.offset)).toEqual([64, 128, 0]);
    expect(kept.slice(256)).toEqual(bytes.slice(256));
    const keys = await transact('readonly', (store) => promisifyRequest(store.getAllKeys()));
    // Two of four chunks were replaced by one.
    expect(keys.filter((key) => (key as string[])[0] === 'chunk').map((key) => (key as number[])[3])).toEqual(
      [2, 3, 4],
    );
    expect(opened.manifest.pieces[PIECE]!.slice(1)).toEqual(before.slice(2));
  });

  it('S10: is refused where it does not read back as it was written', async () => {
    const { draft, stored, wanted } = await written();
    const rewritten = await rewrite(stored.piece(PIECE), wanted, { draft, piece: PIECE, layout });
    const good = new Uint8Array(
      await (await readStored(manifestOf(draft, wanted.layout))).piece(PIECE).arrayBuffer(),
    );
    // In a weight, and in what shares their last chunk.
    for (const at of [10, 290]) {
      const changed = good.slice();
      changed[at]! ^= 1;
      await expect(confirm(new Blob([changed]), wanted, rewritten, ORDER)).rejects.toMatchObject({
        code: 'asset-corrupt',
      });
    }
    await expect(confirm(new Blob([good]), wanted, rewritten, ORDER)).resolves.toMatchObject({
      order: ORDER,
    });
  });

  it('is withdrawn, and nothing is left of either', async () => {
    const { draft, stored, wanted } = await written();
    const signal = AbortSignal.abort();
    await expect(
      rewrite(stored.piece(PIECE), wanted, { draft, piece: PIECE, layout, signal }),
    ).rejects.toMatchObject({ kind: 'cancelled' });
    await draft.discard();
    expect(await transact('readonly', (store) => promisifyRequest(store.getAllKeys()))).toEqual([]);
  });
});
