import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CancelledError, FailedError, type WinnowError } from '../core/errors';
import type { Lifeline } from './lifeline';
import { Pool } from './pool';

interface Worked {
  ping(): Promise<'pong'>;
}

const started: { end: ReturnType<typeof vi.fn> }[] = [];
let failing: number | undefined;
/** Scripts load as long as this takes. */
let starting: Promise<void> | undefined;
/** Those that were started and are open, to be made to die. */
const lives: { die(): void }[] = [];

vi.mock('./lifeline', () => ({
  startWorker: async (): Promise<Lifeline<Worked>> => {
    await starting;
    if (started.length === failing) throw new FailedError('out-of-memory', 'No more.');
    const listeners = new Set<(why: WinnowError) => void>();
    let gone: WinnowError | undefined;
    const end = (why: WinnowError = new CancelledError('The worker was ended.', 'closed')) => {
      gone ??= why;
      for (const tell of listeners) tell(gone);
      listeners.clear();
    };
    const whenGone = (tell: (why: WinnowError) => void) => {
      if (gone) tell(gone);
      else listeners.add(tell);
      return () => listeners.delete(tell);
    };
    const life = {
      remote: { ping: async () => 'pong', number: started.length },
      ...{ whenGone, end: vi.fn(end), busyWhen: () => {} },
      get ended() {
        return gone !== undefined;
      },
    };
    lives.push({ die: () => end(new FailedError('worker-died', 'Gone.')) });
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
    lives.length = 0;
    failing = undefined;
    starting = undefined;
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

  /** Ends what is under way until nothing is left of it. */
  async function through({ jobs, end }: ReturnType<typeof work>) {
    let left = true;
    const all = Promise.allSettled(jobs).finally(() => {
      left = false;
    });
    while (left) {
      end();
      await settled();
    }
    return all;
  }

  it('has jobs go on in the next workers when those that they are in are started anew', async () => {
    const two = pool(2);
    const running = work(two, 8);
    await settled();
    expect([...running.workers].sort()).toEqual([0, 0]);
    running.end();
    await settled();
    expect(two.size).toBe(2);
    const later = work(two, 4);
    await settled();
    expect(later.workers).toEqual([1, 1]);
    // Again and again: that is no attempt of theirs.
    for (let times = 0; times < 3; times++) {
      two.anew();
      await settled();
    }
    const both = await Promise.all([through(running), through(later)]);
    expect(both.flat().map(({ status }) => status)).toEqual(Array(12).fill('fulfilled'));
    for (const { end } of started.slice(0, 2)) expect(end).toHaveBeenCalled();
    two.close();
  });

  it('ends what is in a worker that is given up, also while it is opened, and takes nothing of it for the next', async () => {
    const opening: (() => void)[] = [];
    const prepared: number[] = [];
    const one = new Pool<Worked>({
      ...{ url: '', deadline: 60_000, idle: 300_000, most: () => 1 },
      prepare: async (remote) => {
        await new Promise<void>((resolve) => opening.push(resolve));
        prepared.push((remote as unknown as { number: number }).number);
      },
    });
    const first = one.run(async () => 'first');
    await settled();
    expect(opening).toHaveLength(1);
    one.anew();
    await settled();
    expect(started[0]!.end).toHaveBeenCalled();
    opening[1]!();
    expect(await first).toBe('first');
    expect(prepared).toEqual([1]);
    const waits = one.run(() => new Promise(() => {}));
    await settled();
    one.release();
    await expect(waits).rejects.toMatchObject({ kind: 'cancelled', code: 'closed' });
    one.close();
  });

  it('ends what waits, too, when it is given up, also right after it was to go on', async () => {
    starting = new Promise<void>(() => {});
    const one = new Pool<Worked>({ url: '', deadline: 60_000, idle: 300_000, lanes: 2, most: () => 1 });
    const jobs = Array.from({ length: 5 }, () => one.run(async () => 'done'));
    await settled();
    one.anew();
    await settled();
    one.release();
    const all = await Promise.allSettled(jobs);
    for (const each of all) expect(each).toMatchObject({ status: 'rejected', reason: { code: 'closed' } });
    starting = undefined;
    expect(await one.run(async () => 'again')).toBe('again');
    expect(started).toHaveLength(1);
    one.close();
  });

  it('does not wait for a worker that was given up while its script was loading', async () => {
    let load = () => {};
    starting = new Promise<void>((resolve) => (load = resolve));
    const one = new Pool<Worked>({ url: '', deadline: 60_000, idle: 300_000, most: () => 1 });
    const job = one.run(async (remote) => (remote as unknown as { number: number }).number);
    await settled();
    starting = undefined;
    one.anew();
    expect(await job).toBe(0);
    load();
    await settled();
    // What came late is ended.
    expect(started[1]!.end).toHaveBeenCalled();
    expect(started[0]!.end).not.toHaveBeenCalled();
    one.close();
  });

  it('does not grow once it is closed', async () => {
    let measured = () => {};
    const settle = () => new Promise<boolean>((resolve) => (measured = () => resolve(true)));
    const two = new Pool<Worked>({
      ...{ url: '', deadline: 60_000, idle: 300_000, lanes: 2, most: () => 2, settle },
    });
    failing = 1;
    const { jobs, end } = work(two, 8);
    await settled();
    await vi.advanceTimersByTimeAsync(4_000);
    const more = two.run(async () => {});
    end();
    await settled();
    failing = undefined;
    two.close();
    measured();
    await settled();
    expect(started).toHaveLength(1);
    await Promise.allSettled([...jobs, more]);
  });

  it('gives to others what was for one that stopped and cannot be had again', async () => {
    const two = pool(2);
    const running = work(two, 6);
    await settled();
    expect(two.size).toBe(2);
    const later = work(two, 6);
    await settled();
    expect(later.workers).toContain(1);
    failing = 2;
    lives[1]!.die();
    await settled();
    const both = await Promise.all([through(running), through(later)]);
    expect(both.flat().map(({ status }) => status)).toEqual(Array(12).fill('fulfilled'));
    expect(two.size).toBe(1);
    const after = work(two, 2);
    expect(await through(after)).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
    expect(after.workers).toEqual([0, 0]);
    two.close();
  });

  it('gives nothing to the first that cannot be had again while another is there', async () => {
    const two = pool(2);
    const running = work(two, 6);
    await settled();
    failing = 2;
    lives[0]!.die();
    await settled();
    const all = await through(running);
    expect(all.map(({ status }) => status)).toEqual(Array(6).fill('fulfilled'));
    const after = work(two, 2);
    expect(await through(after)).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
    expect(after.workers).toEqual([1, 1]);
    two.close();
  });

  it('grows again after what was being opened beside it was given up', async () => {
    let open = () => {};
    const two = new Pool<Worked>({
      ...{ url: '', deadline: 60_000, idle: 300_000, lanes: 2, most: () => 2 },
      prepare: () =>
        started.length === 2 ? new Promise<void>((resolve) => (open = resolve)) : Promise.resolve(),
    });
    const first = work(two, 4);
    await settled();
    expect(started).toHaveLength(2);
    two.anew();
    await settled();
    open();
    await through(first);
    const again = work(two, 4);
    await settled();
    expect(two.size).toBe(2);
    await through(again);
    two.close();
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
