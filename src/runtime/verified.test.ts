import { expect, it } from 'vitest';
import type { Layout } from '../core/prepare/layout';
import { paged } from './paged';
import { quickHash } from './quick-hash';
import { pageCheck, tableRange, takeDown, verifiedWeights } from './verified';

const TABLE = 100_000;
const layout: Layout = {
  version: 1,
  seenBytes: 300,
  keptBytes: 300 + TABLE,
  weights: [
    { seen: { offset: 0, length: 100 }, place: { offset: 0, length: 100 } },
    { seen: { offset: 128, length: 172 }, place: { offset: 128, length: 172 } },
  ],
  tables: [{ name: 'words', dtype: 'I8', shape: [1_000, 100], place: { offset: 300, length: TABLE } }],
};
const bytes = Uint8Array.from({ length: layout.keptBytes }, (_, at) => (at * 13 + (at >> 7)) & 255);

function opened(changed?: number) {
  const now = bytes.slice();
  if (changed !== undefined) now[changed]! ^= 1;
  return (start: number, end: number) => now.slice(start, end);
}

it('gives every weight and every page of the tables that is as it was', async () => {
  const reads = await takeDown(new Blob([bytes]), layout, [1, 0]);
  expect(reads).toMatchObject({ order: [1, 0] });
  expect([reads.weights.length, reads.pages.length]).toEqual([2, 2]);
  const weights = verifiedWeights(opened(), layout, reads, await quickHash());
  expect([...weights(128, 300)]).toEqual([...bytes.slice(128, 300)]);
  const words = paged(opened(), tableRange(layout), pageCheck(reads, await quickHash()));
  expect([...words(300 + TABLE - 100, 300 + TABLE)]).toEqual([...bytes.slice(-100)]);
});

it('S10: refuses what has changed, and nothing else', async () => {
  const reads = await takeDown(new Blob([bytes]), layout, []);
  const weights = verifiedWeights(opened(200), layout, reads, await quickHash());
  expect(weights(0, 100)).toHaveLength(100);
  expect(() => weights(128, 300)).toThrow(expect.objectContaining({ code: 'asset-corrupt' }));
  const words = paged(opened(300 + 70_000), tableRange(layout), pageCheck(reads, await quickHash()));
  expect(words(300, 400)).toHaveLength(100);
  expect(() => words(300 + 65_600, 300 + 65_700)).toThrow(expect.objectContaining({ code: 'asset-corrupt' }));
});

it('refuses a range that is no weight', async () => {
  const reads = await takeDown(new Blob([bytes]), layout, []);
  const weights = verifiedWeights(opened(), layout, reads, await quickHash());
  expect(() => weights(0, 99)).toThrow(/has changed/);
});
