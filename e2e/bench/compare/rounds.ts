/** Contenders of one subject taking turns: first opening, each in a fresh process, then answering side by side. */
import { median } from '../report';
import type { Contender, Times } from './contender';

/** Of one contender; an entry a round. */
export interface Found {
  readonly name: string;
  readonly what: string;
  /** From a fresh process to the first answer, milliseconds. */
  readonly cold: number[];
  /** From the model closed to the next first answer, in the same process. */
  readonly warm: number[];
  readonly whole: number[];
  readonly decoded: number[];
  readonly run: number[];
  /** Items a second. */
  readonly batch: number[];
  /** Of the process while it opened and answered once, MB. */
  readonly openPeak: number[];
  /** Of the process that went through all rounds. */
  peak?: number;
  heap?: number;
  probabilities?: readonly number[];
}

/** Several of a round make its figure: their median. Of what takes a blink as many as fit into so many milliseconds. */
const ITEMS = 3;
const MOST_ITEMS = 25;
const ENOUGH = 500;
const BATCH = 8;

export async function takeTurns(contenders: readonly Contender[], rounds: number): Promise<Found[]> {
  const found = contenders.map(
    ({ name, what }): Found => ({
      ...{ name, what, cold: [], warm: [], whole: [], decoded: [], run: [], batch: [], openPeak: [] },
    }),
  );
  for (let round = 0; round < rounds; round++)
    for (const at of order(contenders, round)) await opening(contenders[at]!, found[at]!);
  try {
    for (const [at, contender] of contenders.entries()) {
      await contender.start();
      await contender.open();
      // Of the same item still: from here on each gets through as many as it can.
      const { probabilities } = await contender.once();
      if (probabilities) found[at]!.probabilities = probabilities;
    }
    for (let round = 0; round < rounds; round++)
      for (const at of order(contenders, round)) await answering(contenders[at]!, found[at]!);
    for (const [at, contender] of contenders.entries()) {
      const heap = await contender.heap();
      Object.assign(found[at]!, { peak: contender.peak(), ...(heap !== undefined && { heap }) });
    }
  } finally {
    for (const contender of contenders) await contender.stop();
  }
  return found;
}

/** Another begins in each round, and every other round goes the other way: nobody always comes after the same one. */
function order(contenders: readonly Contender[], round: number): number[] {
  const turned = contenders.map((_, at) => (at + round) % contenders.length);
  return round % 2 === 0 ? turned : turned.reverse();
}

async function opening(contender: Contender, found: Found): Promise<void> {
  await contender.start();
  try {
    found.cold.push(await contender.open());
    found.openPeak.push(contender.peak());
    await contender.close();
    found.warm.push(await contender.open());
  } finally {
    await contender.stop();
  }
}

async function answering(contender: Contender, found: Found): Promise<void> {
  const times: Times[] = [];
  for (let spent = 0; times.length < ITEMS || (spent < ENOUGH && times.length < MOST_ITEMS); ) {
    const began = performance.now();
    times.push(await contender.once());
    spent += performance.now() - began;
  }
  for (const step of ['whole', 'decoded', 'run'] as const) {
    const known = times.flatMap((one) => one[step] ?? []);
    if (known.length > 0) found[step].push(median(known));
  }
  const batch = await contender.batch(BATCH);
  if (batch !== undefined) found.batch.push(batch);
}
