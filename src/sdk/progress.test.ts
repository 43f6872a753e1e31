import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Progress } from '../rpc/contract';
import { InstallProgress } from './progress';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const collect = () => {
  const seen: (Progress & { at: number })[] = [];
  return {
    seen,
    progress: new InstallProgress((each) => void seen.push({ ...each, at: performance.now() })),
  };
};

describe('InstallProgress', () => {
  it('is told ten times a second at most, with the last word of each phase', () => {
    const { seen, progress } = collect();
    for (const phase of ['download', 'prepare', 'check'] as const)
      for (let done = 0; done <= 300; done++) {
        progress.tell({ phase, done, total: 300 });
        vi.advanceTimersByTime(5);
      }
    progress.finish();
    for (const { at } of seen)
      expect(seen.filter((one) => one.at > at - 1000 && one.at <= at).length).toBeLessThanOrEqual(10);
    for (const phase of ['download', 'prepare', 'check'])
      expect(seen.findLast((one) => one.phase === phase)?.done).toBe(300);
  });

  it('never goes backwards, nor past the end, and keeps a total that is not said again', () => {
    const { seen, progress } = collect();
    const tell = (done: number, total: number) => {
      progress.tell({ phase: 'download', done, total });
      vi.advanceTimersByTime(200);
    };
    tell(5, 0);
    tell(50, 100);
    tell(20, 100);
    tell(0, 0);
    tell(120, 100);
    expect(seen.map(({ done, total }) => [done, total])).toEqual([
      [5, 0],
      [50, 100],
      [100, 100],
    ]);
  });

  it('says what a download waits for, and nothing once it was stopped', () => {
    const { seen, progress } = collect();
    progress.tell({ phase: 'download', done: 1, total: 2 });
    progress.tell({ phase: 'download', done: 1, total: 2, state: { kind: 'shared' } });
    progress.stop();
    vi.advanceTimersByTime(1000);
    progress.tell({ phase: 'download', done: 2, total: 2, state: { kind: 'shared' } });
    expect(seen.map(({ state }) => state?.kind)).toEqual([undefined, 'shared']);
  });
});
