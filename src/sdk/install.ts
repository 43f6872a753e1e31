/** Installing in a worker of its own, watched from the page: it can be withdrawn, and it cannot hang for ever. */
import * as Comlink from 'comlink';
import { CancelledError, FailedError, toWinnowError } from '../core/errors';
import type {
  FreshModel,
  InferenceContract,
  InstallRequest,
  NeededRanges,
  OnProgress,
  OpenedModel,
  WrittenModel,
} from '../rpc/contract';
import { type Lifeline, startWorker } from './lifeline';

export interface InstallJob {
  readonly url: string;
  /** Gets the worker, in place of starting one of that script. */
  readonly start?: (busy: () => boolean) => Promise<Lifeline<InferenceContract>>;
  readonly request: InstallRequest;
  readonly onProgress: OnProgress | undefined;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds without any progress after which the worker counts as hung. */
  readonly patience: number;
}

/** How long a withdrawn installation may take to delete what it wrote before its worker is ended. */
const GRACE = 3_000;

/** A worker that installed a model and has it open. Whoever gets it ends it. */
export interface Handover {
  readonly life: Lifeline<InferenceContract>;
  readonly opened: OpenedModel;
}

/** A model that is installed, and open. */
export interface Fresh {
  readonly checked: FreshModel['checked'];
  readonly installed: FreshModel['installed'];
  readonly handover: Handover;
}

/** Rejects as the worker does, FailedError 'worker-died' or 'timeout', or CancelledError; no worker is left then. */
export async function installInWorker(job: InstallJob): Promise<Fresh> {
  const progressOf = (alive: () => void) =>
    Comlink.proxy<OnProgress>((each) => {
      alive();
      if (!job.signal?.aborted) job.onProgress?.(each);
    });
  const first = await inWorker<FreshModel | WrittenModel>(job, async (remote, signal, alive) =>
    remote.install(job.request, progressOf(alive), signal),
  );
  const written = first.answer;
  if ('installed' in written) return freshOf(first.life, written);
  try {
    const { life, answer } = await inWorker(job, async (remote, signal, alive) => {
      await remote.claim(written.id);
      first.life.end();
      return remote.finishInstall(written, job.request.runtime, progressOf(alive), signal);
    });
    return freshOf(life, answer);
  } finally {
    first.life.end();
  }
}

const freshOf = (life: Handover['life'], { opened, checked, installed }: FreshModel): Fresh => ({
  checked,
  installed,
  handover: { life, opened },
});

/** What installing will read of each kept file. Rejects as `installInWorker`. */
export async function planInWorker(
  job: Omit<InstallJob, 'onProgress' | 'request'> & { readonly request: Omit<InstallRequest, 'runtime'> },
): Promise<readonly NeededRanges[]> {
  const { life, answer } = await inWorker(job, (remote, signal) => remote.plan(job.request, signal));
  life.end();
  return answer;
}

/** One job in a worker of its own, which is ended when that fails. */
async function inWorker<T>(
  {
    url,
    patience,
    signal,
    start = (busy) => startWorker<InferenceContract>(url, busy),
  }: Pick<InstallJob, 'url' | 'patience' | 'signal' | 'start'>,
  work: (remote: Comlink.Remote<InferenceContract>, signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<{ life: Lifeline<InferenceContract>; answer: T }> {
  if (signal?.aborted) throw new CancelledError();
  // Never "not busy": its heartbeat is its progress.
  const life = await start(() => true);
  const watch = new Watch(patience);
  const withdrawn = new AbortController();
  const withdraw = () => {
    withdrawn.abort();
    watch.hurry();
  };
  signal?.addEventListener('abort', withdraw, { once: true });
  if (signal?.aborted) withdraw();
  let forget = () => {};
  try {
    const gone = new Promise<never>((_, reject) => {
      forget = life.whenGone((error) => reject(stopped(error)));
    });
    const working = work(life.remote, withdrawn.signal, () => watch.alive());
    return { life, answer: await Promise.race([working, gone, watch.late]) };
  } catch (thrown) {
    life.end();
    // It may have ended for another reason first; whoever withdrew it wants to hear that.
    if (signal?.aborted) throw new CancelledError();
    throw toWinnowError(thrown);
  } finally {
    signal?.removeEventListener('abort', withdraw);
    watch.end();
    forget();
  }
}

function stopped(cause: Error): FailedError {
  return new FailedError(
    'worker-died',
    'The browser stopped the installation, most likely for want of memory. Close other tabs and try again.',
    {},
    { cause },
  );
}

/** Rejects when nothing was heard for some time. */
class Watch {
  readonly late: Promise<never>;
  #reject: (error: Error) => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #withdrawn = false;

  constructor(private readonly patience: number) {
    this.late = new Promise((_, reject) => {
      this.#reject = reject;
    });
    this.late.catch(() => {});
    this.alive();
  }

  alive(): void {
    if (!this.#withdrawn) this.#wait(this.patience);
  }

  /** From now on only as long as tidying up takes. */
  hurry(): void {
    this.#withdrawn = true;
    this.#wait(GRACE);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const seconds = Math.round(milliseconds / 1000);
      this.#reject(
        new FailedError(
          'timeout',
          `Nothing happened for ${seconds} s, so the installation was ended. Try again.`,
          {
            seconds,
          },
        ),
      );
    }, milliseconds);
  }
}
