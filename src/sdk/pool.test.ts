import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FailedError } from '../core/errors';
import type { Lifeline } from './lifeline';
import { Pool } from './pool';

interface Worked {
  ping(): Promise<'pong'>;
}

const started: { end: ReturnType<typeof vi.fn> }[] = [];
let failing: number | undefined;

vi.mock('./lifeline', () => ({
  startWorker: async (): Promise<Lifeline<Worked>> => {
    if (started.length === failing) throw new FailedError('out-of-memory', 'No more.');
    const life = {
      remote: { ping: async () => 'pong', number: started.length },
      ...{ whenGone: () => () => {}, end: vi.fn(), busyWhen: () => {} },
    };
    started.push(life as never);
    return life as never;
  },
}));

const settled = async () => {
  for (let round = 0; round < 50; round++) await Promise.resolve();
};

/** Jobs that end when they are told to, each with the number of its worker. */
function work(pool: Pool<Worked>, count: number) {
  const ends: (() => void)[] = [];
  const workers: number[] = [];
  const jobs = Array.from({ length: count }, () =>
    pool.run(async (remote) => {
      workers.push((remote as unknown as { number: number }).number);
      await new Promise<void>((resolve) => ends.push(resolve));
    }),
  );
  return { workers, jobs, end: () => ends.splice(0).map((end) => end()) };
}

describe('Pool', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    started.length = 0;
    failing = undefined;
  });
  afterEach(() => vi.useRealTimers());

  const pool = (most: number) =>
    new Pool<Worked>({ url: '', deadline: 60_000, idle: 300_000, lanes: 2, most: () => most });

  it('does with one worker what one can do', async () => {
    const three = pool(3);
    const { jobs, workers, end } = work(three, 2);
    await settled();
    expect(started).toHaveLength(1);
    end();
    await Promise.all(jobs);
    expect(workers).toEqual([0, 0]);
    three.close();
  });

  it('starts more for a backlog, as many as allowed, and each job goes where the fewest wait', async () => {
    const three = pool(3);
    const first = work(three, 4);
    await settled();
    expect(three.size).toBe(2);
    const second = work(three, 2);
    await settled();
    expect(second.workers).toEqual([1, 1]);
    const third = work(three, 8);
    await settled();
    expect(three.size).toBe(3);
    const all = [first, second, third];
    for (let round = 0; round < 10; round++) {
      for (const { end } of all) end();
      await settled();
    }
    await Promise.all(all.flatMap(({ jobs }) => jobs));
    expect(started).toHaveLength(3);
    three.close();
  });

  it('ends those that are idle, and keeps the first', async () => {
    const two = pool(2);
    const { jobs, end } = work(two, 4);
    await settled();
    expect(two.size).toBe(2);
    for (let round = 0; round < 4; round++) {
      end();
      await settled();
    }
    await Promise.all(jobs);
    await vi.advanceTimersByTimeAsync(16_000);
    expect(two.size).toBe(1);
    expect(started[1]!.end).toHaveBeenCalled();
    expect(started[0]!.end).not.toHaveBeenCalled();
    two.close();
  });

  it('goes on with fewer when the machine gives no more', async () => {
    failing = 1;
    const three = pool(3);
    const { jobs, end } = work(three, 6);
    await settled();
    for (let round = 0; round < 6; round++) {
      end();
      await settled();
    }
    await Promise.all(jobs);
    expect(three.size).toBe(1);
    const more = work(three, 6);
    await settled();
    expect(three.size).toBe(1);
    for (let round = 0; round < 6; round++) {
      more.end();
      await settled();
    }
    await Promise.all(more.jobs);
    three.close();
  });

  /** Rounds of jobs that end, so many milliseconds apart, with more behind them. */
  async function busy(of: Pool<Worked>, milliseconds: number) {
    const all: ReturnType<typeof work>[] = [];
    for (let gone = 0; gone <= milliseconds; gone += 500) {
      all.push(work(of, 4));
      await settled();
      await vi.advanceTimersByTimeAsync(500);
      for (const { end } of all.slice(0, -1)) end();
      await settled();
    }
    for (let round = 0; round < 40; round++) {
      for (const { end } of all) end();
      await settled();
    }
    await Promise.all(all.flatMap(({ jobs }) => jobs));
  }

  it('says which worker is one of several, and starts the first anew as such once a backlog has lasted', async () => {
    const gathered: boolean[] = [];
    const settle = vi.fn(async () => true);
    const gather = async (shared: boolean) => void gathered.push(shared);
    const two = new Pool<Worked>({
      ...{ url: '', deadline: 60_000, idle: 300_000, lanes: 2, most: () => 2, gather, settle },
    });
    await busy(two, 1_000);
    expect(settle).not.toHaveBeenCalled();
    expect(gathered).toEqual([false, true]);
    await vi.advanceTimersByTimeAsync(16_000);
    expect(two.size).toBe(1);
    await busy(two, 6_000);
    expect(settle).toHaveBeenCalledTimes(1);
    // One more for the backlog, and the first again.
    expect(gathered).toEqual([false, true, true, true]);
    expect(two.size).toBe(2);
    expect(started[0]!.end).toHaveBeenCalledTimes(1);
    // When the backlog is over, the next item has a worker of its own.
    await vi.advanceTimersByTimeAsync(16_000);
    const { jobs, end } = work(two, 1);
    await settled();
    expect(gathered.at(-1)).toBe(false);
    end();
    await Promise.all(jobs);
    two.close();
  });

  it('lets nothing in while it is settled, and goes on with the first where it stays as it was', async () => {
    let measured = () => {};
    const settle = vi.fn(() => new Promise<boolean>((resolve) => (measured = () => resolve(false))));
    const one = new Pool<Worked>({
      ...{ url: '', deadline: 60_000, idle: 300_000, lanes: 2, most: () => 1, settle },
    });
    const first = work(one, 4);
    await settled();
    await vi.advanceTimersByTimeAsync(4_000);
    const then = work(one, 2);
    await settled();
    expect(settle).not.toHaveBeenCalled();
    first.end();
    await settled();
    expect(settle).toHaveBeenCalledTimes(1);
    expect(first.workers).toHaveLength(2);
    measured();
    await settled();
    expect(first.workers).toHaveLength(4);
    for (let round = 0; round < 4; round++) {
      first.end();
      then.end();
      await settled();
    }
    await Promise.all([...first.jobs, ...then.jobs]);
    expect(started).toHaveLength(1);
    one.close();
  });
});
