/** For tests: a guard of some file, prepared and opened as the browser would, beside ONNX Runtime on that very file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memorySource } from '../../checkpoint/source';
import { type OnnxModel, readOnnx } from '../../onnx/read';
import { writeModel } from '../../onnx/write';
import { layoutOf } from '../../prepare/layout';
import { materialise } from '../../prepare/mount';
import { prepare } from '../../prepare/prepare';
import { InferenceSession, Tensor as OrtTensor } from '../../prepare/testing';
import { EMBEDDED, type GuardOptions, guard, wordRows } from '../guard';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const bytesOfFile = (file: string) => readFileSync(join(FIXTURES, `${file}.onnx`));

/** `file` is among the fixtures, without its ending. */
export const readGuard = (file: string): Promise<OnnxModel> =>
  readOnnx(memorySource(`${file}.onnx`, bytesOfFile(file)));

export async function openGuard(file: string, options: GuardOptions) {
  const network = guard.fromOnnx(await readGuard(file), options);
  const kept = new Uint8Array(network.weights.keptBytes);
  let at = 0;
  await prepare(network.weights, {
    write: async (bytes) => {
      kept.set(bytes, at);
      at += bytes.length;
    },
  });
  const layout = layoutOf(network.weights);
  const read = (start: number, end: number) => kept.subarray(start, end);
  const graph = writeModel(network.graph);
  const session = await InferenceSession.create(graph, {
    externalData: [{ path: 'weights', data: materialise(layout, read) }],
    logSeverityLevel: 3,
  });
  const words = wordRows(layout.tables, read)!;
  const run = async (ids: readonly number[]) => {
    const embedded = new OrtTensor('float32', words.rows(ids), [1, ids.length, network.says.embedding]);
    const { logits, embedding } = await session.run({ [EMBEDDED]: embedded });
    return { logits: [...(logits!.data as Float32Array)], embedding: [...(embedding!.data as Float32Array)] };
  };
  return { network, layout, graph, kept, session, run };
}

/** What ONNX Runtime answers for the file itself. */
export async function answersOf(file: string) {
  const session = await InferenceSession.create(bytesOfFile(file), { logSeverityLevel: 3 });
  return async (ids: readonly number[]) => {
    const dims = [1, ids.length];
    const { logits } = await session.run({
      input_ids: new OrtTensor('int64', BigInt64Array.from(ids, BigInt), dims),
      attention_mask: new OrtTensor('int64', new BigInt64Array(ids.length).fill(1n), dims),
    });
    return [...(logits!.data as Float32Array)];
  };
}

/** Softmax. */
const shares = (logits: readonly number[]): number[] => {
  const raised = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  const sum = raised.reduce((a, b) => a + b);
  return raised.map((one) => one / sum);
};
export const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((x, i) => Math.abs(x - b[i]!)));

/** Some texts of token ids below `words`, from one token on. */
export const textsOf = (words: number): number[][] =>
  [1, 2, 3, 7, 12, 33].map((length) => Array.from({ length }, (_, i) => (i * 197 + length * 31) % words));

/** How far the two are apart on those texts, at most. */
export async function driftOf(
  texts: readonly (readonly number[])[],
  ours: Awaited<ReturnType<typeof openGuard>>,
  theirs: (ids: readonly number[]) => Promise<readonly number[]>,
) {
  const found = { probability: 0, logit: 0 };
  for (const ids of texts) {
    const [mine, wanted] = [(await ours.run(ids)).logits, await theirs(ids)];
    found.logit = Math.max(found.logit, distance(mine, wanted));
    found.probability = Math.max(found.probability, distance(shares(mine), shares(wanted)));
  }
  return found;
}
