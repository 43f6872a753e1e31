import { describe, expect, it, vi } from 'vitest';
import { quickHash } from '../quick-hash';
import { readsOf } from '.';
import { readAhead } from './reader';
import { type ByteRange, ENOUGH, FAILED, Ring, ringMemory, TAKEN, WRITTEN } from './ring';

const bytes = Uint8Array.from({ length: 4096 }, (_, at) => (at * 7 + (at >> 5)) & 255);
const blob = new Blob([bytes]);
const direct = vi.fn((start: number, end: number) => bytes.slice(start, end));

function ring(slots: number, longest: number) {
  const shared = ringMemory(slots, longest);
  return { shared, slots, ring: new Ring(shared, slots) };
}

const hash = await quickHash();
const hashesOf = (ranges: readonly ByteRange[]) =>
  ranges.map(([start, end]) => hash(bytes.subarray(start, end)));

describe('reading', () => {
  it('fills slots in order, whatever order that is, and goes on as they are taken', async () => {
    const ranges: ByteRange[] = [
      [2048, 2148],
      [0, 0],
      [100, 300],
      [4000, 4096],
      [50, 51],
    ];
    const { ring: ours, shared, slots } = ring(8, 200);
    await readAhead({ blob, ranges, hashes: hashesOf(ranges), shared, slots });
    expect(ours.count(WRITTEN)).toBe(ranges.length);
    for (const [at, [start, end]] of ranges.entries())
      expect([...ours.slot(at, end - start)]).toEqual([...bytes.slice(start, end)]);
  });

  it('writes over nothing that is not taken', async () => {
    const ranges = Array.from({ length: 5 }, (_, at): ByteRange => [at * 8, at * 8 + 8]);
    const { ring: ours, shared, slots } = ring(2, 8);
    // Taken already: what would wait for a thread of its own goes through.
    ours.set(TAKEN, 3);
    await readAhead({ blob, ranges, hashes: hashesOf(ranges), shared, slots });
    expect([...ours.slot(3, 8)]).toEqual([...bytes.slice(24, 32)]);
    expect([...ours.slot(4, 8)]).toEqual([...bytes.slice(32, 40)]);
  });

  it('waits for nobody who has enough', async () => {
    const ranges = Array.from({ length: 5 }, (_, at): ByteRange => [at * 8, at * 8 + 8]);
    const { ring: ours, shared, slots } = ring(2, 8);
    ours.set(ENOUGH, 1);
    await readAhead({ blob, ranges, hashes: hashesOf(ranges), shared, slots });
    expect([ours.count(WRITTEN), ours.count(FAILED)]).toEqual([0, 1]);
  });

  it('reads neighbours together, as far as they are asked for one after the other', async () => {
    const ranges: ByteRange[] = [
      [0, 60],
      [64, 128],
      [128, 200],
      [1000, 1100],
      [900, 1000],
    ];
    const { ring: ours, shared, slots } = ring(8, 100);
    const slice = vi.spyOn(blob, 'slice');
    await readAhead({ blob, ranges, hashes: hashesOf(ranges), shared, slots });
    expect(slice.mock.calls).toEqual([
      [0, 200],
      [1000, 1100],
      [900, 1000],
    ]);
    for (const [at, [start, end]] of ranges.entries())
      expect([...ours.slot(at, end - start)]).toEqual([...bytes.slice(start, end)]);
    slice.mockRestore();
  });

  it('S10: hands out nothing that has changed', async () => {
    const ranges: ByteRange[] = [
      [0, 8],
      [108, 116],
      [116, 124],
    ];
    const { ring: ours, shared, slots } = ring(4, 8);
    const hashes = hashesOf(ranges).with(1, 'f'.repeat(32));
    await readAhead({ blob, ranges, hashes, shared, slots });
    expect(ours.count(FAILED)).toBe(1);
    expect(ours.count(WRITTEN)).toBe(1);
  });

  it('says so when the browser has lost the Blob', async () => {
    const lost = {
      slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }),
    } as unknown as Blob;
    const { ring: ours, shared, slots } = ring(2, 8);
    await readAhead({
      blob: lost,
      hashes: ['', ''],
      ranges: [
        [0, 8],
        [8, 16],
      ],
      shared,
      slots,
    });
    expect(ours.count(FAILED)).toBe(1);
    expect(ours.count(WRITTEN)).toBe(0);
  });
});

describe('taking', () => {
  const ranges: ByteRange[] = [
    [64, 128],
    [0, 64],
    [128, 192],
  ];
  const filled = async () => {
    const { ring: ours, shared, slots } = ring(4, 64);
    await readAhead({ blob, ranges, hashes: hashesOf(ranges), shared, slots });
    direct.mockClear();
    return { ours, read: readsOf(ranges, ours, direct) };
  };

  it('gives what was read ahead, and frees the slots before it', async () => {
    const { ours, read } = await filled();
    for (const [at, [start, end]] of ranges.entries()) {
      expect([...read(start, end)]).toEqual([...bytes.slice(start, end)]);
      expect(ours.count(TAKEN)).toBe(at);
    }
    expect(direct).not.toHaveBeenCalled();
  });

  it('reads for itself what comes in another order, and then goes on with the order', async () => {
    const { read } = await filled();
    expect([...read(500, 600)]).toEqual([...bytes.slice(500, 600)]);
    expect(direct).toHaveBeenCalledTimes(1);
    expect([...read(64, 128)]).toEqual([...bytes.slice(64, 128)]);
    expect([...read(128, 192)]).toEqual([...bytes.slice(128, 192)]);
    expect(direct).toHaveBeenCalledTimes(2);
  });

  it('reads for itself after a failure, and after waiting in vain', async () => {
    const { ring: ours } = ring(2, 64);
    ours.set(FAILED, 1);
    const read = readsOf(ranges, ours, direct);
    expect([...read(64, 128)]).toEqual([...bytes.slice(64, 128)]);
    const now = vi.spyOn(performance, 'now');
    now.mockReturnValueOnce(0).mockReturnValue(1e9);
    expect([...readsOf(ranges, ring(2, 64).ring, direct)(64, 128)]).toEqual([...bytes.slice(64, 128)]);
    now.mockRestore();
  });
});
