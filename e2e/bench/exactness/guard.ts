/** The guard as it is kept from its published INT8 file, against ONNX Runtime's answers for that file itself. */
import { existsSync, readFileSync } from 'node:fs';
import { EMBEDDED, guard, wordRows } from '../../../src/core/architectures/guard';
import { readOnnx } from '../../../src/core/onnx/read';
import { layoutOf } from '../../../src/core/prepare/layout';
import { prepare } from '../../../src/core/prepare/prepare';
import { InferenceSession, openNetwork, Tensor } from '../../../src/core/prepare/testing';
import { median, report } from '../report';
import { diskSource } from './disk';

/** Largest difference of the probability. */
const LIMIT = 0.005;
/** Of the published vocabulary; the rest are marks. */
const WORDS = 150_000;

export async function benchGuard(path: string, prompts: number): Promise<void> {
  if (!existsSync(path)) return console.log(`\nguard: left out, there is no ${path}.`);
  console.log('\nguard');
  const texts = Array.from({ length: prompts }, (_, seed) => idsOf(seed + 1));
  const wanted = await published(path, texts);
  const apart = differencesOf(await published(path, texts, 'disabled'), wanted);
  console.log(
    `         the published file beside itself, without ONNX Runtime’s own rewriting of it: median ${median(apart).toFixed(4)}, largest ${Math.max(...apart).toFixed(4)}`,
  );
  for (const digits of ['compact', 'half'] as const) {
    const differences = differencesOf(await kept(path, texts, digits), wanted);
    const largest = Math.max(...differences);
    report(
      `int8, ${WORDS_OF[digits]}, to ONNX Runtime’s answer for the published file, ${prompts} prompts: median ${median(differences).toFixed(4)}, largest ${largest.toFixed(4)}`,
      `at most ${LIMIT}`,
      largest <= LIMIT,
    );
  }
}

const differencesOf = (found: readonly number[], wanted: readonly number[]): number[] =>
  found.map((value, at) => Math.abs(value - wanted[at]!));

/** What is kept; and, to see how much of the difference is left with more digits, what would be 86 MB more. */
const WORDS_OF = { compact: 'as it is kept', half: 'with float16 where it is kept in 8 bits' } as const;

/** Token ids of a text of up to 64 tokens (a Lehmer generator). */
function idsOf(seed: number): readonly number[] {
  let state = seed * 7_919;
  const next = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  return Array.from({ length: 1 + next(64) }, () => next(WORDS));
}

/**
 * Activations are rounded to 8 bits in every layer: where the last digit of a float32 differs, some of them fall on the other
 * side, and what follows differs by more. How far the same file is from itself says what a difference means.
 */
async function published(
  path: string,
  texts: readonly (readonly number[])[],
  graphOptimizationLevel: 'all' | 'disabled' = 'all',
): Promise<number[]> {
  const session = await InferenceSession.create(readFileSync(path), {
    logSeverityLevel: 3,
    graphOptimizationLevel,
  });
  const answers: number[] = [];
  for (const ids of texts) {
    const dims = [1, ids.length];
    const { logits } = await session.run({
      input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), dims),
      attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), dims),
    });
    answers.push(probability(logits!.data as Float32Array));
  }
  await session.release();
  return answers;
}

async function kept(
  path: string,
  texts: readonly (readonly number[])[],
  digits: keyof typeof WORDS_OF,
): Promise<number[]> {
  const build = async () =>
    guard.fromOnnx(await readOnnx(await diskSource(path)), { precision: 'int8', digits });
  const words = await wordsOf(await build());
  const network = await openNetwork(await build());
  const answers: number[] = [];
  for (const ids of texts) {
    const data = words.rows(ids);
    const dims = [1, ids.length, data.length / ids.length];
    answers.push(probability((await network.run({ [EMBEDDED]: { data, dims } })).logits!.data));
  }
  await network.close();
  return answers;
}

async function wordsOf({ weights }: ReturnType<typeof guard.fromOnnx>) {
  const layout = layoutOf(weights);
  const bytes = new Uint8Array(weights.keptBytes);
  let at = 0;
  await prepare(weights, {
    write: async (part) => {
      bytes.set(part, at);
      at += part.length;
    },
  });
  return wordRows(layout.tables, (start, end) => bytes.subarray(start, end))!;
}

const probability = ([a = 0, b = 0]: ArrayLike<number> & Iterable<number>): number =>
  1 / (1 + Math.exp(a - b));
