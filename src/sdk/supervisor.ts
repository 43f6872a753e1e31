/** Keeps one worker useful: started on demand, replaced when it dies or hangs, ended when idle. */
import type * as Comlink from 'comlink';
import { CancelledError, type ErrorCode, FailedError, toWinnowError, type WinnowError } from '../core/errors';
import { Lanes } from './lanes';
import { type Lifeline, startWorker } from './lifeline';
import type { ActivityState } from './types';
import { isLost, type Job, untilAborted, watched } from './watched';

export interface SupervisorOptions<T, G = void> {
  readonly url: string;
  /** Gets a worker, in place of starting one of that script. */
  readonly start?: (busy: () => boolean) => Promise<Lifeline<T>>;
  /** What `prepare` needs, fetched while the worker's script is still loading. */
  readonly gather?: () => Promise<G>;
  /** Told of a fresh worker at once, while what `prepare` needs is still being fetched. */
  readonly begun?: (remote: Comlink.Remote<T>) => void;
  /** Makes a fresh worker usable, such as opening its model. A rejection is kept until `retry`. */
  readonly prepare?: (remote: Comlink.Remote<T>, gathered: G) => Promise<void>;
  /** Milliseconds a job, or `prepare`, may take before the worker counts as hung. */
  readonly deadline: number;
  /** Milliseconds without a job after which the worker ends. */
  readonly idle: number;
  /** Jobs that may be in the worker at the same time. Default 1. */
  readonly lanes?: number;
  /** Told once of each worker that is gone, before another is started. */
  readonly onLost?: (why: WinnowError) => void;
  readonly onState?: (state: ActivityState, error?: WinnowError) => void;
}

/** A job is tried on two workers at most: what stops both is the item's fault, or the machine's. */
const ATTEMPTS = 2;
/** The graphics device is nobody's fault: after two losses the third worker does without it. */
const GPU_ATTEMPTS = 3;

/** Why a worker ended whose jobs go on in the next: nobody's fault, and no attempt of theirs. */
const ANEW = new CancelledError('The worker is started anew.', 'closed');

/** A worker from the moment it is started. */
interface Birth<T> {
  life?: Lifeline<T>;
  /** Why it is of no more use, though it may not even be there yet. */
  over?: WinnowError;
  /** Tells whoever waits for it to be open. */
  giveUp?: (why: WinnowError) => void;
}

const ended = () => new CancelledError('The worker was ended.', 'closed');
const attemptsFor = (code: ErrorCode): number => (code.startsWith('gpu-') ? GPU_ATTEMPTS : ATTEMPTS);

export class Supervisor<T extends { ping(): Promise<'pong'> }, G = void> {
  restarts = 0;
  private life: Promise<Lifeline<T>> | undefined;
  private birth: Birth<T> | undefined;
  private failure: WinnowError | undefined;
  private readonly lanes: Lanes;
  private waiting = 0;
  /** The worker was taken over, and nothing was asked of it yet. */
  private unasked = false;
  private idleTimer: ReturnType<typeof setTimeout> | undefined;
  private closed = new AbortController();
  /** Goes up when all jobs are ended, those that wait as well. */
  private epoch = 0;

  constructor(private readonly options: SupervisorOptions<T, G>) {
    this.lanes = new Lanes(options.lanes ?? 1);
  }

  /** Jobs that wait or are in the worker. */
  get load(): number {
    return this.waiting;
  }

  /**
   * Runs a job when it is its turn. Rejects with what the job threw, CancelledError when the signal
   * fires (at once; the worker finishes what it cannot stop), or FailedError 'worker-died' / 'timeout' when
   * two workers in a row were lost to it.
   */
  run<R>(job: Job<T, R>, signal?: AbortSignal): Promise<R> {
    if (this.closed.signal.aborted) return Promise.reject(new CancelledError('Winnow was closed.', 'closed'));
    clearTimeout(this.idleTimer);
    this.unasked = false;
    this.waiting += 1;
    const result = this.attempts(job, signal);
    const done = () => {
      this.waiting -= 1;
      if (this.waiting === 0) this.rest();
    };
    result.then(done, done);
    return untilAborted(result, signal, this.closed.signal);
  }

  /** Forgets a failed `prepare`, so that the next job starts a fresh worker. */
  retry(): void {
    this.failure = undefined;
  }

  /** Ends the worker, also while it is opening, with the jobs that are in it; the next job starts another. */
  release(): void {
    this.drop(ended());
  }

  /** As `release`, with the jobs that wait, too. */
  cancel(): void {
    this.epoch += 1;
    this.release();
  }

  /** As `release`, but the jobs that are in the worker go on in the next. */
  anew(): void {
    this.drop(ANEW);
  }

  private drop(why: WinnowError): void {
    clearTimeout(this.idleTimer);
    this.failure = undefined;
    this.unasked = false;
    this.end(why);
    this.options.onState?.('closed');
  }

  private end(why: WinnowError = ended()): void {
    const { birth } = this;
    this.life = undefined;
    this.birth = undefined;
    if (!birth) return;
    birth.over = why;
    birth.life?.end(why);
    birth.giveUp?.(why);
  }

  /** It cannot be opened, as it was found before; so it is for every job until `retry`. */
  get failed(): boolean {
    return this.failure !== undefined;
  }

  /** As `release`, for one that was taken over and that nobody has needed since. */
  releaseUnasked(): void {
    if (this.unasked) this.release();
  }

  /** Does `work` while nothing is in the worker and nothing is let in; where it says so, another worker is started for what waits. */
  async between(work: () => Promise<boolean>): Promise<void> {
    const leave = await this.lanes.enter(this.lanes.size, true);
    try {
      if (await work()) this.end();
    } finally {
      leave();
    }
  }

  /** Takes over a worker that is prepared already, in place of starting one. */
  adopt(life: Lifeline<T>): void {
    this.anew();
    this.unasked = true;
    life.busyWhen(() => this.waiting > 0);
    const adopted = Promise.resolve(life);
    this.life = adopted;
    this.birth = { life };
    life.whenGone((why) => this.lost(adopted, why));
    this.options.onState?.('ready');
    if (this.waiting === 0) this.rest();
  }

  close(): void {
    this.closed.abort();
    this.release();
  }

  private async attempts<R>(job: Job<T, R>, signal?: AbortSignal): Promise<R> {
    const { epoch } = this;
    let again = false;
    for (let attempt = 1; ; attempt += 1) {
      // The second time alone, and at once: whoever was beside it may be what stopped the worker.
      const alone = attempt > 1;
      const leave = await this.lanes.enter(alone ? this.lanes.size : 1, alone || again);
      try {
        if (epoch !== this.epoch) throw ended();
        return await this.attempt(job, signal);
      } catch (thrown) {
        again = thrown === ANEW;
        if (again) {
          attempt -= 1;
          continue;
        }
        const error = toWinnowError(thrown);
        const lost = isLost(error.code);
        this.tell(lost ? 'restarting' : undefined, error);
        if (!lost) throw error;
        if (attempt >= attemptsFor(error.code)) throw this.gaveUp(error);
      } finally {
        leave();
      }
    }
  }

  private async attempt<R>(job: Job<T, R>, signal?: AbortSignal): Promise<R> {
    if (signal?.aborted) throw new CancelledError();
    if (this.closed.signal.aborted) throw new CancelledError('Winnow was closed.', 'closed');
    const life = await this.alive();
    this.options.onState?.('busy');
    const answer = await watched(life, signal, job, this.options.deadline);
    this.tell();
    return answer;
  }

  /** Says how things stand after a job, or that a lost worker is being replaced. */
  private tell(state?: 'restarting', error?: WinnowError): void {
    if (state) this.options.onState?.(state, error);
    else if (this.failure) this.options.onState?.('failed', this.failure);
    else this.options.onState?.(this.life ? 'ready' : 'closed');
  }

  /** The worker, started and prepared once. */
  private alive(): Promise<Lifeline<T>> {
    if (this.failure) return Promise.reject(this.failure);
    if (this.life) return this.life;
    const birth: Birth<T> = {};
    // Not for as long as a worker takes that was given up meanwhile.
    const life = new Promise<Lifeline<T>>((resolve, reject) => {
      birth.giveUp = reject;
      this.start(birth, (why) => this.lost(life, why)).then(resolve, reject);
    });
    // Nobody may be waiting any more.
    life.catch(() => {});
    this.life = life;
    this.birth = birth;
    return life;
  }

  private lost(life: Promise<Lifeline<T>>, why: WinnowError): void {
    if (this.life !== life) return;
    this.life = undefined;
    this.birth = undefined;
    if (why.kind !== 'cancelled') this.restarts += 1;
    this.options.onLost?.(why);
    if (this.waiting === 0) this.options.onState?.('closed');
  }

  private async start(birth: Birth<T>, gone: (why: WinnowError) => void): Promise<Lifeline<T>> {
    this.options.onState?.('opening');
    try {
      const { gather, begun, prepare, url, start = (busy) => startWorker<T>(url, busy) } = this.options;
      const gathering = gather?.();
      // Awaited below; without this, a failure before then would be reported as unhandled.
      gathering?.catch(() => {});
      const life = await start(() => this.waiting > 0);
      birth.life = life;
      if (birth.over) life.end(birth.over);
      life.whenGone(gone);
      const ready = async () => {
        if (birth.over) throw birth.over;
        begun?.(life.remote);
        const gathered = (await gathering) as G;
        // What is prepared late would be taken for what the worker after it runs on.
        if (life.ended) throw new CancelledError();
        await prepare?.(life.remote, gathered);
      };
      await watched(life, undefined, ready, this.options.deadline).catch((thrown: unknown) => {
        // Does nothing where it has ended as lost.
        life.end();
        throw thrown;
      });
      return life;
    } catch (thrown) {
      const error = toWinnowError(thrown);
      // A worker that died or hung while opening is tried once more by `attempts`; the rest would only repeat.
      if (!isLost(error.code) && error.kind !== 'cancelled' && !birth.over) this.failure = error;
      gone(error);
      throw error;
    }
  }

  private gaveUp(error: WinnowError): FailedError {
    const message =
      error.code === 'timeout'
        ? 'Timed out twice, on two workers. Look at it yourself, or try a smaller copy.'
        : error.code.startsWith('gpu-')
          ? 'The graphics processor was reset again and again. Look at it yourself, or try again on WASM.'
          : 'Scoring this stopped the worker twice. Look at it yourself, or try another copy.';
    return new FailedError(error.code, message, error.data, { cause: error });
  }

  private rest(): void {
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => this.release(), this.options.idle);
  }
}
