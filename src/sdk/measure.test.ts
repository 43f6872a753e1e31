import { describe, expect, it } from 'vitest';
import type { Timing } from '../rpc/device';
import { findShares, type Measure, type Share } from './measure';

/** A machine on which a share takes so long, and every measurement 100 ms. */
function machine(time: (share: Share) => number, took = 100) {
  const asked: string[] = [];
  let clock = 0;
  const measure: Measure = async (share) => {
    asked.push(`${share.workers}×${share.threads}`);
    clock += took;
    const float32 = time(share);
    return { float32, int8: float32 / 2 };
  };
  return { asked, measure, now: () => clock };
}

const shares = async (cores: number, time: (share: Share) => number, took?: number) => {
  const { asked, measure, now } = machine(time, took);
  const { threads, pool, milliseconds, timings } = await findShares(measure, { cores, now });
  expect(timings.map((each: Timing) => `${each.workers}×${each.threads}`)).toEqual(asked);
  return { asked, threads, pool, milliseconds };
};

describe('how to share the cores', () => {
  it('takes the fewest threads that are as fast, and workers where they do more', async () => {
    // Two threads are worth 1.7, four no more; two workers do as much as two cores.
    const found = await shares(4, ({ workers, threads }) => 10 / workers / (threads === 1 ? 1 : 1.7));
    expect(found).toMatchObject({ threads: 2, pool: { workers: 4, threads: 1 } });
    expect(found.asked).toEqual(['1×1', '1×2', '1×4', '2×2', '4×1']);
  });

  it('one core measures one thread only', async () => {
    expect(await shares(1, () => 10)).toMatchObject({
      asked: ['1×1'],
      threads: 1,
      pool: { workers: 1, threads: 1 },
    });
  });

  it('leaves workers and threads alone that gain nothing', async () => {
    const found = await shares(8, () => 10);
    expect(found).toMatchObject({ threads: 1, pool: { workers: 1, threads: 1 } });
    const slower = await shares(8, ({ workers, threads }) => 10 * threads * workers);
    expect(slower.asked).toEqual(['1×1', '1×2', '2×4', '4×2']);
    expect(slower).toMatchObject({ threads: 1, pool: { workers: 1, threads: 1 } });
  });

  it('is over in time, with what it found until then', async () => {
    const found = await shares(64, ({ workers, threads }) => 10 / workers / threads, 400);
    expect(found.milliseconds).toBeLessThanOrEqual(1_600);
    expect(found).toMatchObject({
      asked: ['1×1', '1×2', '1×4', '1×8'],
      threads: 8,
      pool: { workers: 1, threads: 8 },
    });
  });
});
