/** A short benchmark of this machine, in workers of its own: how many threads, and how many workers, are fastest. */
import { CancelledError } from '../core/errors';
import type { InferenceContract, RuntimeAssets } from '../rpc/contract';
import type { Measured, Timing } from '../rpc/device';
import { type Lifeline, startWorker } from './lifeline';

/** All of it takes no longer, but for what is under way then. */
const WITHIN = 1_500;
/** Of each precision and way to share the cores. */
const EACH = 40;
/** Threads or workers that are this much faster are worth having; measurements differ by as much. */
const WORTH = 1.1;
/** Most workers of one model: each holds its weights. */
const MOST_WORKERS = 4;

export type Share = Pick<Timing, 'workers' | 'threads'>;
/** Milliseconds per run, all workers taken together. Rejects with CancelledError. */
export type Measure = (share: Share, signal?: AbortSignal) => Promise<Pick<Timing, 'float32' | 'int8'>>;

export interface MeasureOptions {
  readonly cores: number;
  readonly signal?: AbortSignal | undefined;
  readonly now?: () => number;
}

/** Finds the share that is best for one item after the other, and for many. Rejects as `measure` does. */
export async function findShares(
  measure: Measure,
  { cores, signal, now = () => performance.now() }: MeasureOptions,
): Promise<Omit<Measured, 'at'>> {
  const began = now();
  const timings: Timing[] = [];
  const left = () => now() - began < WITHIN;
  const time = async (share: Share) => {
    const timing = { ...share, ...(await measure(share, signal)) };
    timings.push(timing);
    return timing;
  };
  let alone = await time({ workers: 1, threads: 1 });
  for (let threads = 2; threads <= cores && left(); threads *= 2) {
    const found = await time({ workers: 1, threads });
    if (of(found) * WORTH <= of(alone)) alone = found;
    // More would be slower still.
    else if (of(found) > of(alone) * WORTH) break;
  }
  let pool = alone;
  for (const share of pools(cores)) {
    if (!left()) break;
    const found = await time(share);
    if (of(found) * WORTH <= of(pool)) pool = found;
  }
  return {
    ...{ milliseconds: now() - began, timings, cores, threads: alone.threads },
    pool: { workers: pool.workers, threads: pool.threads },
  };
}

/** Both precisions count alike, however long each takes. */
const of = ({ float32, int8 }: Timing): number => Math.sqrt(float32 * int8);

/** Ways to use every core with more than one worker: few of many threads first. */
function pools(cores: number): readonly Share[] {
  const shares: Share[] = [];
  for (let workers = 2; workers <= Math.min(cores, MOST_WORKERS); workers *= 2)
    shares.push({ workers, threads: Math.floor(cores / workers) });
  return shares;
}

export interface WorkerMeasureParts {
  /** Script of the inference worker. */
  readonly url: string;
  readonly runtime: () => Promise<RuntimeAssets>;
}

/** Runs the small network in as many workers as asked for, at the same time; they are ended after. */
export function inWorkers({ url, runtime }: WorkerMeasureParts): Measure {
  return async ({ workers, threads }, signal) => {
    const assets = { ...(await runtime()), threads };
    const lives: Lifeline<InferenceContract>[] = [];
    const end = () => {
      for (const life of lives) life.end(new CancelledError());
    };
    signal?.addEventListener('abort', end, { once: true });
    try {
      // One that cannot start would leave the others behind.
      const started = await Promise.allSettled(Array.from({ length: workers }, () => start(url, lives)));
      for (const one of started) if (one.status === 'rejected') throw one.reason;
      await Promise.all(lives.map((life) => run(life, assets, 0, signal)));
      const times = await Promise.all(lives.map((life) => run(life, assets, EACH, signal)));
      const together = (precision: 'float32' | 'int8') =>
        1 / times.reduce((rate, time) => rate + 1 / time[precision], 0);
      return { float32: together('float32'), int8: together('int8') };
    } finally {
      signal?.removeEventListener('abort', end);
      end();
    }
  };
}

async function start(url: string, lives: Lifeline<InferenceContract>[]): Promise<void> {
  // It is busy until it is ended: nobody asks it whether it is alive.
  lives.push(await startWorker<InferenceContract>(url, () => true));
}

/** Rejects when the worker goes. */
function run(
  life: Lifeline<InferenceContract>,
  assets: RuntimeAssets,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<{ float32: number; int8: number }> {
  if (signal?.aborted) return Promise.reject(new CancelledError());
  return new Promise((resolve, reject) => {
    const forget = life.whenGone(reject);
    life.remote.measure(assets, milliseconds).then(resolve, reject).finally(forget);
  });
}
