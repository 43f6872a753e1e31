/** Several workers that do the same: one more is started only while work piles up, and goes when it is idle. */
import { startWorker } from './lifeline';
import { Supervisor, type SupervisorOptions } from './supervisor';
import type { Job } from './watched';

/** Milliseconds after which a worker that was only started for a backlog ends. */
const SPARE_IDLE = 15_000;
/** Milliseconds that a backlog lasts before starting the first worker anew would pay. */
const LASTING = 3_000;

export interface PoolOptions<T, G> extends Omit<SupervisorOptions<T, G>, 'gather'> {
  /** Workers at most, asked for whenever one more would help. */
  readonly most: () => number;
  /** As a supervisor's. `shared`: the worker is one of several that share the machine. */
  readonly gather?: (shared: boolean) => Promise<G>;
  /**
   * A backlog has lasted, and the first worker is at rest: finds out what it was not worth finding out before. Resolves with
   * whether the first is to be started anew, as one of several. Never rejects.
   */
  readonly settle?: () => Promise<boolean>;
}

export class Pool<T extends { ping(): Promise<'pong'> }, G = void> {
  /** There for as long as the pool is; started when it is needed, as any. */
  readonly first: Supervisor<T, G>;
  private readonly spare = new Set<Supervisor<T, G>>();
  private opening: Supervisor<T, G> | undefined;
  /** One could not be opened: the machine gives no more. */
  private refused = false;
  /** Spares that are of no more use: what was theirs to do, others do. */
  private readonly past = new WeakSet<Supervisor<T, G>>();
  private closed = false;
  /** The first worker is one of several. */
  private shared = false;
  /** When work began to pile up, and whether it was settled what to do about it. */
  private since: number | undefined;
  private settled = false;

  constructor(private readonly options: PoolOptions<T, G>) {
    const { url, start = (busy) => startWorker<T>(url, busy) } = options;
    this.first = new Supervisor({
      ...this.supervised(() => this.shared),
      // What is there for it is meant for one that has the machine to itself.
      start: (busy) => (this.shared ? startWorker<T>(url, busy) : start(busy)),
    });
  }

  private supervised(shared: () => boolean): SupervisorOptions<T, G> {
    const { gather, settle: _, most: __, start: ___, ...options } = this.options;
    return { ...options, ...(gather && { gather: () => gather(shared()) }) };
  }

  /** Workers that take work now. */
  get size(): number {
    return 1 + this.spare.size;
  }

  /** Runs a job where the fewest others wait. Rejects as `Supervisor.run` does. */
  async run<R>(job: Job<T, R>, signal?: AbortSignal): Promise<R> {
    for (;;) {
      // One that cannot be opened has nothing to do, and would get everything.
      const able = this.first.failed && this.spare.size > 0 ? [] : [this.first];
      const least = [...able, ...this.spare].reduce((a, b) => (b.load < a.load ? b : a));
      if (least.load >= (this.options.lanes ?? 1)) this.grow();
      else if (least.load === 0) this.since = undefined;
      try {
        return await least.run(job, signal);
      } catch (thrown) {
        const others = least === this.first ? least.failed && this.spare.size > 0 : this.past.has(least);
        if (signal?.aborted || !others) throw thrown;
      }
    }
  }

  /** Ends every worker and every job; the next job starts a worker. */
  release(): void {
    this.first.cancel();
    this.shrink();
    this.alone();
  }

  /** As `release`, but the jobs that are in the workers go on in the next. */
  anew(): void {
    this.first.anew();
    for (const each of this.spare) this.past.add(each);
    this.shrink();
    this.alone();
  }

  close(): void {
    this.closed = true;
    this.first.close();
    this.shrink();
  }

  private shrink(): void {
    this.opening?.close();
    this.opening = undefined;
    this.refused = false;
    for (const each of this.spare) each.close();
    this.spare.clear();
  }

  /** From here on the first has the machine to itself. */
  private alone(): void {
    this.shared = false;
    this.settled = false;
    this.since = undefined;
  }

  private async settle(): Promise<void> {
    const { settle } = this.options;
    if (!settle || this.settled) return;
    this.settled = true;
    await this.first.between(async () => {
      this.shared = await settle();
      return this.shared;
    });
    if (this.first.load > 0) this.grow();
  }

  /** Takes work once it is open, so that nothing waits for it that another could do. */
  private grow(): void {
    this.since ??= performance.now();
    if (performance.now() - this.since >= LASTING) void this.settle();
    if (this.closed || this.opening || this.refused || this.size >= this.options.most()) return;
    const options = this.supervised(() => true);
    const more = new Supervisor<T, G>({
      ...options,
      idle: Math.min(SPARE_IDLE, options.idle),
      onState: (state) => {
        // Its worker ended, and nobody waits for another; or it stopped, and another cannot be had.
        const idle = state === 'closed' && more.load === 0;
        const failed = state === 'failed' && this.spare.has(more);
        if (!idle && !failed) return;
        this.spare.delete(more);
        if (failed) {
          this.refused = true;
          this.past.add(more);
          more.close();
        }
        if (this.spare.size > 0 || this.opening) return;
        // The next item by itself has all of the machine again.
        if (this.shared && this.first.load === 0) this.first.release();
        this.alone();
      },
    });
    this.opening = more;
    more
      .run((remote) => remote.ping())
      .then(
        () => this.spare.add(more),
        () => {
          more.close();
          // It was given up with all others.
          if (this.opening !== more) return;
          this.refused = true;
        },
      )
      .finally(() => {
        if (this.opening === more) this.opening = undefined;
      });
  }
}
