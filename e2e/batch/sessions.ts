/** Long sessions: many items, models that take turns, and models opened and closed, with the answers of a fresh start. */
import type { Backend } from '../../src/core/policy/types';
import type { Scores } from '../../src/sdk';
import { addMix } from '../bench/batch/pictures';
import type { Asked } from '../bench/prepare/unwatched';

declare global {
  /** Prompt `number`: neutral words in an order of its own. */
  var prompted: (number: number) => string;
  /** How many items of the batch have been told of so far. */
  var scored: number;
}

export interface Subject {
  readonly model: string;
  readonly task: 'image' | 'text';
}

/** In a page with the SDK: pictures and prompts by number, and a Winnow with so many threads. */
export async function begin(page: Asked, threads: number, mix?: Parameters<typeof addMix>[1]): Promise<void> {
  await addMix(page, mix);
  await addPrompts(page);
  await restart(page, threads);
}

async function addPrompts(page: Asked): Promise<void> {
  await page.evaluate(() => {
    const WORDS =
      'the harbour lantern of a green boat under early rain carries nine crates with lemons to our quiet northern market before noon and back'.split(
        ' ',
      );
    globalThis.prompted = (number) => {
      let seed = number + 1;
      const words = Array.from({ length: 8 + (number % 40) }, () => {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        return WORDS[seed % WORDS.length]!;
      });
      return `${words.join(' ')} ${number}.`;
    };
  }, undefined);
}

/** Scores items `from` to `to` in a batch; rejects with the first that was not scored. */
export function through(page: Asked, { model, task }: Subject, from: number, to: number): Promise<void> {
  return page.evaluate(
    async ([id, kind, first, last]) => {
      const failed: string[] = [];
      globalThis.scored = 0;
      const batch = globalThis.winnow.batch({
        models: [id],
        onResult: ({ scores }) => {
          globalThis.scored++;
          if (scores.status !== 'scored') failed.push(`${scores.code}: ${scores.reason}`);
        },
      });
      batch.add(
        Array.from({ length: last - first }, (_, at) => ({
          id: `${first + at}`,
          content: kind === 'text' ? globalThis.prompted(first + at) : () => globalThis.mixed(first + at),
        })),
      );
      batch.end();
      await batch.done;
      if (failed.length > 0) throw new Error(failed[0]);
    },
    [model, task, from, to] as const,
  );
}

/** What a model says of these items, one after the other: everything of it that is not a time. */
export async function answersOf(
  page: Asked,
  { model, task }: Subject,
  numbers: readonly number[],
): Promise<string> {
  const scores: readonly Scores[] = await page.evaluate(
    async ([id, kind, which]) => {
      const all = [];
      for (const number of which) {
        // As the app asks: what can be withdrawn is told more of its worker.
        const asked = { model: id, signal: new AbortController().signal };
        all.push(
          kind === 'text'
            ? await globalThis.winnow.classifyText(globalThis.prompted(number), asked)
            : await globalThis.winnow.classifyImage(await globalThis.mixed(number), asked),
        );
      }
      return all;
    },
    [model, task, numbers] as const,
  );
  const failed = scores.find(({ status }) => status !== 'scored');
  if (failed) throw new Error(`${model}: ${failed.reason}`);
  return JSON.stringify(scores.map(({ milliseconds: _, timings: __, ...rest }) => rest));
}

/** Ends the model's worker and opens another. */
export function reopen(page: Asked, model: string): Promise<Backend> {
  return page.evaluate(async (id) => {
    await globalThis.winnow.release(id);
    return (await globalThis.winnow.open(id)).backend;
  }, model);
}

/** Ends Winnow with all its workers and starts it anew. */
export function restart(page: Asked, threads: number): Promise<void> {
  return page.evaluate(async (count) => {
    await globalThis.winnow?.close();
    globalThis.winnow = await globalThis.sdk.createWinnow({ threads: count });
  }, threads);
}
