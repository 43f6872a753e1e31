/** What becomes of files that are broken on purpose. */
import { GCProfiler, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { CountedSource } from '../../src/core/checkpoint/testing';

/** A broken file, who reads it, and what must be said of it. */
export interface Broken {
  readonly title: string;
  readonly files: readonly CountedSource[];
  readonly run: () => Promise<unknown>;
  readonly code: string | RegExp;
  readonly message: RegExp;
  /** Bytes that a reader needs to see: headers and indexes, not weights. */
  readonly header: number;
}

export interface Attempt {
  /** What was thrown; undefined when nothing was. */
  readonly error: unknown;
  /** Of the processor. */
  readonly milliseconds: number;
  /** Of all files, those read twice twice. */
  readonly bytesRead: number;
}

/** Of this process, in milliseconds: what else a busy machine does in the meantime says nothing of the reader. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds that a broken file may take, on the machine of `YARDSTICK`. */
export const TIME_LIMIT = 100;
/** What the yardstick took, in milliseconds, on a quiet 2.1 GHz Xeon of Sapphire Rapids: the fastest of ten. */
const YARDSTICK = 14;

/**
 * How many times as long as the machine that the limits were set on this one takes at present, at least 1: shared
 * machines are several times slower at times, and that says nothing of a reader.
 */
export function slowness(): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3; tries++) {
    const [start, startBusy] = [performance.now(), processorTime()];
    JSON.parse(ENTRIES);
    for (let at = 0; at < 1_000_000; at++) WORDS[at & 0xffff] = (WORDS[(at * 7919) & 0xffff]! + at) | 0;
    fastest = Math.min(fastest, performance.now() - start, processorTime() - startBusy);
  }
  return Math.max(1, fastest / YARDSTICK);
}

const ENTRIES = JSON.stringify(
  Array.from({ length: 20_000 }, (_, at) => ({ name: `w${at}`, shape: [1, 2, at] })),
);
const WORDS = new Uint32Array(2 ** 16);

/** Runs the reader; when that takes over 100 ms again, up to five times: the fastest run counts, without compiling. */
export async function attempt({ files, run }: Broken): Promise<Attempt> {
  let best: Attempt | undefined;
  for (let tries = 0; tries < 5 && (best?.milliseconds ?? Number.POSITIVE_INFINITY) > TIME_LIMIT; tries++) {
    const before = total(files);
    const [started, start] = [performance.now(), processorTime()];
    const error = await run().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    // The lesser of the two: a busy machine makes the one too long, collecting on other threads the other.
    const took = Math.min(performance.now() - started, processorTime() - start);
    const milliseconds = Math.min(took, best?.milliseconds ?? Number.POSITIVE_INFINITY);
    best = { error, milliseconds, bytesRead: total(files) - before };
  }
  return best!;
}

const total = (files: readonly CountedSource[]) => files.reduce((sum, file) => sum + file.bytesRead, 0);

/**
 * Bytes that the reader takes at its peak, on V8's heap and outside it, over what there was: the most that any collection
 * found and what there is at the end, garbage included.
 */
export async function peakMemory({ run }: Pick<Broken, 'run'>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  // Twice, with a turn in between: buffers are let go of behind the first.
  collect();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  await new Promise((resolve) => setImmediate(resolve));
  const used = ({ usedHeapSize = 0, externalMemory = 0 }) => usedHeapSize + externalMemory;
  const now = () => {
    const { used_heap_size: usedHeapSize, external_memory: externalMemory } = getHeapStatistics();
    return used({ usedHeapSize, externalMemory });
  };
  const before = now();
  const profiler = new GCProfiler();
  profiler.start();
  await run().catch(() => {});
  const after = now();
  const collections = profiler.stop()?.statistics ?? [];
  const found = collections.map(({ beforeGC }) => used(beforeGC.heapStatistics));
  return Math.max(after, ...found) - before;
}
