/**
 * Published checkpoints at their full size, as Winnow rewrites them, against the reference's answer to the same input: in
 * Node, by the WASM build of ONNX Runtime that the browser runs.
 *   python e2e/bench/prepare/stand_ins.py DIR [marqo] [freepik] [clip] [guard] [vit-base]
 *   npm run bench -- exactness --stand-ins DIR [--only marqo,guard] [--inputs 8]
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { familyById } from '../../../src/core/architectures';
import { readSafetensors } from '../../../src/core/checkpoint/safetensors';
import { readTensor } from '../../../src/core/checkpoint/stored';
import type { Precision } from '../../../src/core/policy/types';
import { env, type OpenNetwork, openNetwork } from '../../../src/core/prepare/testing';
import { report } from '../report';
import { diskSource } from './disk';
import { benchGuard } from './guard';

interface Subject {
  readonly family: string;
  /** The output that the reference's answer is of. */
  readonly output: 'logits' | 'image_embeds';
  readonly side: number;
  /** What a person reads off that output: compared between precisions. */
  readonly says: (values: Float32Array) => readonly number[];
}

/** Largest difference to the reference, in logits or embedding. */
const EXACT = 1e-3;
/** Largest difference of a probability to `exact`. */
const LIMITS: Readonly<Partial<Record<Precision, number>>> = { int8: 0.02, 'int8-blocks': 0.005 };

const SUBJECTS: Readonly<Record<string, Subject>> = {
  marqo: { family: 'timm-vit', output: 'logits', side: 384, says: softmax },
  freepik: { family: 'timm-eva02', output: 'logits', side: 448, says: softmax },
  clip: { family: 'clip-vision', output: 'image_embeds', side: 224, says: normalised },
  'vit-base': { family: 'hf-vit', output: 'logits', side: 224, says: softmax },
};

export async function benchExactness(args: readonly string[]): Promise<void> {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  env.wasm.numThreads = 2;
  const folder = option('--stand-ins');
  if (!folder) throw new Error('Where are the stand-ins? Pass --stand-ins DIR; stand_ins.py makes them.');
  const inputs = Number(option('--inputs')) || 8;
  const only = option('--only')?.split(',') ?? [...Object.keys(SUBJECTS), 'guard'];
  for (const [name, subject] of Object.entries(SUBJECTS)) {
    if (!only.includes(name)) continue;
    const place = resolve(folder, name);
    if (existsSync(join(place, 'model.safetensors'))) await measure(name, subject, place, inputs);
    else console.log(`\n${name}: left out, there is no ${place}.`);
  }
  if (only.includes('guard'))
    await benchGuard(resolve(folder, 'guard/onnx/model_quantized.onnx'), 3 * inputs);
}

async function measure(name: string, subject: Subject, place: string, inputs: number): Promise<void> {
  console.log(`\n${name}`);
  const { family, side, output } = subject;
  const config = JSON.parse(readFileSync(join(place, 'config.json'), 'utf8'));
  const { tensors } = await readSafetensors(await diskSource(join(place, 'model.safetensors')));
  const open = (precision: Precision) =>
    openNetwork(familyById(family)!.build(config, tensors, { precision }));
  const pictures = Array.from({ length: inputs }, (_, seed) => noise(seed + 1, 3 * side * side));
  const dims = [1, 3, side, side];
  const answers = async (network: OpenNetwork) => {
    const found: Float32Array[] = [];
    for (const data of pictures) found.push((await network.run({ pixels: { data, dims } }))[output]!.data);
    return found;
  };
  const exact = await open('exact');
  const answer = join(place, 'answer.safetensors');
  if (existsSync(answer)) {
    const given = (await readSafetensors(await diskSource(answer))).tensors;
    const floats = async (tensor: string) => {
      const { bytes } = await readTensor(given.get(tensor)!);
      return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    };
    const data = await floats('pixel_values');
    const found = (await exact.run({ pixels: { data, dims } }))[output]!.data;
    const largest = largestOf(found, await floats('expected'));
    report(
      `exact, to the reference’s ${output}: ${largest.toExponential(1)}`,
      `at most ${EXACT}`,
      largest <= EXACT,
    );
  }
  const wanted = (await answers(exact)).map(subject.says);
  await exact.close();
  for (const precision of ['int8', 'int8-blocks'] as const) {
    const network = await open(precision);
    const found = (await answers(network)).map(subject.says);
    await network.close();
    const largest = Math.max(...found.map((values, at) => largestOf(values, wanted[at]!)));
    const limit = LIMITS[precision]!;
    report(
      `${precision}, to exact, ${inputs} inputs: ${largest.toFixed(5)}`,
      `at most ${limit}`,
      largest <= limit,
    );
  }
}

/** Normally distributed, as the reference's own input is (Box and Muller's transform over a Lehmer generator). */
function noise(seed: number, length: number): Float32Array {
  let state = seed;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return Float32Array.from(
    { length },
    () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()),
  );
}

const largestOf = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let largest = 0;
  for (let at = 0; at < b.length; at++) largest = Math.max(largest, Math.abs(a[at]! - b[at]!));
  return a.length === b.length ? largest : Number.NaN;
};

function softmax(logits: Float32Array): readonly number[] {
  const most = Math.max(...logits);
  const powers = [...logits].map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
}

function normalised(values: Float32Array): readonly number[] {
  const length = Math.hypot(...values);
  return [...values].map((value) => value / length);
}
