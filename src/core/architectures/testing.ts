/** For tests: the references' answers, and checkpoints of any size made in code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../checkpoint/json';
import { readSafetensors } from '../checkpoint/safetensors';
import { memorySource } from '../checkpoint/source';
import { type Checkpoint, readFloat32, type StoredTensor } from '../checkpoint/stored';
import type { Precision } from '../policy/types';
import type { OpenNetwork } from '../prepare/testing';
import { narrowBf16, narrowF16 } from '../quantize/half';
import { bytesOf, type DType, elements } from '../tensor';

const FIXTURES = join(import.meta.dirname, 'fixtures');

export interface Golden {
  readonly config: JsonObject;
  readonly checkpoint: Checkpoint;
  readonly input: Values;
  readonly expected: ReadonlyMap<string, Values>;
}

export interface Values {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** A folder of fixtures; `input` where it shares another's. */
export async function golden(name: string, input = name): Promise<Golden> {
  const expected = new Map<string, Values>();
  for (const [key, stored] of await tensors(name, 'expected')) expected.set(key, await valuesOf(stored));
  return {
    config: JSON.parse(readFileSync(join(FIXTURES, name, 'config.json'), 'utf8')),
    checkpoint: await tensors(name, 'model'),
    input: await valuesOf((await tensors(input, 'input')).get('pixel_values')!),
    expected,
  };
}

/** The tensors of a safetensors file among the fixtures. */
export async function tensors(folder: string, file: string): Promise<Checkpoint> {
  const path = join(FIXTURES, folder, `${file}.safetensors`);
  return (await readSafetensors(memorySource(path, readFileSync(path)))).tensors;
}

export async function valuesOf(stored: StoredTensor): Promise<Values> {
  return { data: await readFloat32(stored), dims: stored.shape };
}

/** Rows of `values` in the order of `rows`. */
export function rowsOf({ data, dims }: Values, ...rows: readonly number[]): Values {
  const size = data.length / dims[0]!;
  const parts = rows.flatMap((row) => [...data.subarray(row * size, (row + 1) * size)]);
  return { data: Float32Array.from(parts), dims: [rows.length, ...dims.slice(1)] };
}

/** What the network answers for every row: all at once, or one by one where scores may not depend on the others. */
export async function answer(
  open: OpenNetwork,
  precision: Precision,
  input: Values,
  name = 'pixels',
): Promise<ReadonlyMap<string, Float32Array>> {
  const rows = Array.from({ length: input.dims[0]! }, (_, row) => row);
  const batches = precision === 'int8' ? rows.map((row) => rowsOf(input, row)) : [input];
  const out = new Map<string, number[]>();
  for (const batch of batches)
    for (const [key, { data }] of Object.entries(await open.run({ [name]: batch })))
      out.set(key, [...(out.get(key) ?? []), ...data]);
  return new Map([...out].map(([key, values]) => [key, Float32Array.from(values)]));
}

/** Softmax of every row. */
export function probabilities(logits: Float32Array, classes: number): Float32Array {
  const out = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    const row = logits.subarray(start, start + classes);
    const top = Math.max(...row);
    const raised = Array.from(row, (value) => Math.exp(value - top));
    const sum = raised.reduce((a, b) => a + b);
    out.set(
      raised.map((value) => value / sum),
      start,
    );
  }
  return out;
}

export const largestDifference = (a: Float32Array, b: Float32Array): number => {
  if (a.length !== b.length) throw new Error(`${a.length} values beside ${b.length}`);
  // NaN must not pass for a small difference.
  return a.reduce((most, value, i) => (Math.abs(value - b[i]!) <= most ? most : Math.abs(value - b[i]!)), 0);
};

/** mulberry32: the same numbers from the same seed everywhere. 0 to 1. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function randomValues(dims: readonly number[], seed: number): Values {
  const next = random(seed);
  return { data: Float32Array.from({ length: elements(dims) }, () => 3.4 * next() - 1.7), dims };
}

/** A checkpoint of random weights: norms near one, matrices that keep the size of what they multiply. */
export function synthetic(
  shapes: Readonly<Record<string, readonly number[]>>,
  seed = 1,
  dtype: DType = 'F32',
): Checkpoint {
  const next = random(seed);
  const out = new Map<string, StoredTensor>();
  for (const [name, shape] of Object.entries(shapes)) {
    const fan = shape.length > 1 ? elements(shape.slice(1)) : 100;
    const centre = shape.length === 1 && /norm.*weight$|variance$/.test(name) ? 1 : 0;
    const values = Float32Array.from(
      { length: elements(shape) },
      () => centre + ((next() - 0.5) * 3.4) / Math.sqrt(fan),
    );
    const bytes =
      dtype === 'BF16' ? narrowBf16(values) : dtype === 'F16' ? narrowF16(values) : bytesOf(values);
    const source = memorySource(name, bytes);
    out.set(name, { dtype, shape, source, start: 0, end: bytes.byteLength });
  }
  return out;
}
