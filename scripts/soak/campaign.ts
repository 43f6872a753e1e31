/** Many damaged files of a format, each of which must be read within its bounds or refused with a typed error. */
import { Random } from '../../e2e/hostile/random';
import { memorySource } from '../../src/core/checkpoint/source';
import { counted } from '../../src/core/checkpoint/testing';
import { WinnowError } from '../../src/core/errors';
import { processorTime, slowness, TIME_LIMIT } from './attempt';
import type { Files, Format } from './format';

/** Of a file, headers and weights together: what a reader may read of it, in sizes of the file. */
const READ_LIMIT = 2;

export interface Report {
  /** How many ended how: `read`, or the code of the error. */
  readonly endings: ReadonlyMap<string, number>;
  readonly slowest: { readonly milliseconds: number; readonly seed: number };
  /** What must not happen, each with the seed that brings it back. */
  readonly problems: readonly string[];
}

interface Run {
  readonly ending: string;
  readonly milliseconds: number;
  readonly problem?: string;
}

/** `count` files, of seeds from `seed` on. `progress` is told how many are done, every 10,000. */
export async function campaign(
  format: Format,
  { count, seed, progress }: { count: number; seed: number; progress?: (done: number) => void },
): Promise<Report> {
  const endings = new Map<string, number>();
  const problems: string[] = [];
  let slowest = { milliseconds: 0, seed };
  const limit = format.milliseconds ?? TIME_LIMIT;
  const whole = await runOnce(format, format.whole());
  if (whole.ending !== 'read') problems.push(`The whole file is not read: ${whole.ending}.`);
  for (let done = 0; done < count; done++) {
    const { files, what } = format.damaged(new Random(seed + done));
    let run = await runOnce(format, files);
    // Compiling, collecting and other people's work count against a file once; twice is its own doing.
    if (run.milliseconds > limit) run = await runOnce(format, files);
    endings.set(run.ending, (endings.get(run.ending) ?? 0) + 1);
    if (run.milliseconds > slowest.milliseconds)
      slowest = { milliseconds: run.milliseconds, seed: seed + done };
    const isLate = run.milliseconds > limit && run.milliseconds > limit * slowness();
    const late = isLate ? `took ${Math.round(run.milliseconds)} ms` : undefined;
    const problem = run.problem ?? late;
    if (problem !== undefined) problems.push(`seed ${seed + done} (${what}): ${problem}`);
    if ((done + 1) % 10_000 === 0) progress?.(done + 1);
  }
  return { endings, slowest, problems };
}

async function runOnce(format: Format, files: Files): Promise<Run> {
  const sources = Object.entries(files).map(([name, bytes]) => counted(memorySource(name, bytes)));
  const start = performance.now();
  const startBusy = processorTime();
  let ending = 'read';
  let problem: string | undefined;
  try {
    await format.read(sources);
  } catch (thrown) {
    if (thrown instanceof WinnowError && thrown.code !== 'internal') ending = thrown.code;
    else problem = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  }
  // The lesser of the two: a busy machine makes the one too long, collecting on other threads the other.
  const milliseconds = Math.min(performance.now() - start, processorTime() - startBusy);
  const greedy = sources.find(({ bytesRead, size }) => bytesRead > READ_LIMIT * size + (format.slack ?? 0));
  if (greedy) problem ??= `${greedy.bytesRead} bytes were read of ${greedy.name}, which has ${greedy.size}`;
  return {
    ending: problem === undefined ? ending : 'problem',
    milliseconds,
    ...(problem !== undefined && { problem }),
  };
}
