/** Ready-made embeddings → scores, by a model's head alone. Rows are read in slices, so a file may be large. */
import type { ModelCard } from '../catalog/card';
import { NPY_MAGIC, readNpy } from '../core/checkpoint/npy';
import { readSafetensors } from '../core/checkpoint/safetensors';
import { type ByteSource, readRange } from '../core/checkpoint/source';
import { type StoredTensor, toFloat32 } from '../core/checkpoint/stored';
import { InvalidError, throwIfAborted, toWinnowError, UnsupportedError } from '../core/errors';
import type { Scores } from '../core/policy/types';
import { unscored } from '../core/policy/unscored';
import { DTYPE_BYTES } from '../core/tensor';
import type { EmbeddingRows, EmbeddingScores } from '../rpc/contract';
import { probabilitiesOf, scored } from './answer';
import { lengthOf } from './chain';
import type { Engine } from './engine';
import { blobSource } from './source';

/** Rows read, and where the precision allows it run, at once. */
const SLICE = 1024;
/** A length that differs from 1 by more is not rounding: float16 embeddings stay within 0.0005. */
const UNIT_SLACK = 1e-3;

/** A table of float32 rows that are read when they are asked for. */
export interface RowTable {
  readonly rows: number;
  readonly width: number;
  read(row: number, count: number, signal?: AbortSignal): Promise<Float32Array>;
}

/**
 * Scores of every row, in order. Rejects with InvalidError('invalid-input') for another width than the model's,
 * UnsupportedError for a model without a head of its own, CancelledError.
 */
export async function scoreEmbeddings(
  card: ModelCard,
  head: Engine | undefined,
  given: EmbeddingRows,
  signal?: AbortSignal,
): Promise<EmbeddingScores> {
  if (!head)
    throw new UnsupportedError(
      'unsupported-model',
      `${card.name} scores ${card.task}s, not ready-made embeddings. Choose a model with a head of its own.`,
    );
  const table = given instanceof Blob ? await openRows(given, signal) : rowsInMemory(given);
  const width = card.embedding?.width;
  if (width !== undefined && table.width !== width)
    throw new InvalidError(
      'invalid-input',
      `These embeddings have ${table.width} numbers a row; ${card.name} reads ${width}. Make them with the model it belongs to.`,
      { width: table.width, expected: width },
    );
  const rows: Scores[] = [];
  let stretched = 0;
  for (let at = 0; at < table.rows; at += SLICE) {
    throwIfAborted(signal);
    const values = await table.read(at, Math.min(SLICE, table.rows - at), signal);
    const slice = checkRows(card, values, table.width, at);
    stretched += slice.filter(({ normalised }) => normalised).length;
    rows.push(...(await scoreSlice(card, head, slice, table.width)));
  }
  if (stretched === 0) return { rows };
  const few = `${stretched.toLocaleString('en-GB')} of ${table.rows.toLocaleString('en-GB')} rows`;
  return { rows, note: `${few} were not of length 1; they were scaled to it before they were scored.` };
}

interface Row {
  /** Absent when the row cannot be scored. */
  readonly values?: Float32Array;
  readonly error?: InvalidError;
  readonly normalised: boolean;
}

function checkRows(card: ModelCard, values: Float32Array, width: number, first: number): Row[] {
  return Array.from({ length: values.length / width }, (_, at) => {
    const row = values.subarray(at * width, (at + 1) * width);
    const bad = (what: string): Row => ({
      error: new InvalidError('invalid-input', `Row ${first + at} ${what}. Make its embedding again.`),
      normalised: false,
    });
    const length = lengthOf(row);
    if (!Number.isFinite(length)) return bad('holds a number that is not finite');
    if (length === 0) return bad('is all zeros');
    if (!card.embedding?.normalised || Math.abs(length - 1) <= UNIT_SLACK)
      return { values: row, normalised: false };
    return { values: row.map((value) => value / length), normalised: true };
  });
}

async function scoreSlice(
  card: ModelCard,
  head: Engine,
  slice: readonly Row[],
  width: number,
): Promise<Scores[]> {
  const usable = slice.flatMap(({ values }) => values ?? []);
  const answers: Scores[] = [];
  // int8 scales activations over the whole batch, so there a row would depend on its neighbours.
  const step = head.precision === 'int8' ? 1 : Math.max(1, usable.length);
  for (let at = 0; at < usable.length; at += step)
    answers.push(...(await scoreBatch(card, head, usable.slice(at, at + step), width)));
  const next = answers.values();
  return slice.map(({ error }) => (error ? unscored(card, error, 0, head) : next.next().value!));
}

async function scoreBatch(
  card: ModelCard,
  head: Engine,
  batch: readonly Float32Array[],
  width: number,
): Promise<Scores[]> {
  const started = performance.now();
  const data = new Float32Array(batch.length * width);
  for (const [at, values] of batch.entries()) data.set(values, at * width);
  const { logits } = await head.run({ embedding: { data, dims: [batch.length, width] } });
  const each = (performance.now() - started) / batch.length;
  const labels = card.labels.length;
  return batch.map((_, at) => {
    try {
      const own = logits?.data.slice(at * labels, (at + 1) * labels) as Float32Array | undefined;
      const part = probabilitiesOf(card, own ? { logits: { data: own, dims: [1, labels] } } : {});
      const coverage = { unit: 'whole', checked: 1, total: 1 } as const;
      const timings = { decode: 0, preprocess: 0, run: each };
      const answer = scored(card, head, [{ name: 'whole', ...part }], coverage, started, timings);
      return { ...answer, milliseconds: each };
    } catch (thrown) {
      return unscored(card, toWinnowError(thrown), each, head);
    }
  });
}

function rowsInMemory({ values, width }: Exclude<EmbeddingRows, Blob>): RowTable {
  if (!Number.isSafeInteger(width) || width < 1 || values.length % width !== 0)
    throw new InvalidError('invalid-input', `${values.length} numbers are not whole rows of ${width}.`);
  return {
    rows: values.length / width,
    width,
    read: async (row, count) => values.slice(row * width, (row + count) * width),
  };
}

/** Rows of a `.npy` or safetensors file: its only table of floats, or the one named `embeddings`. */
async function openRows(blob: Blob, signal?: AbortSignal): Promise<RowTable> {
  const source = blobSource(blob instanceof File ? blob.name : 'The file', blob);
  const tensor = await findTable(source, signal).catch((thrown: unknown) => {
    const error = toWinnowError(thrown);
    if (error.kind === 'cancelled' || error.code === 'unreadable-file') throw error;
    throw new InvalidError('invalid-input', error.message, error.data, { cause: thrown });
  });
  const [rows, width] =
    tensor.shape.length === 1 ? [1, tensor.shape[0]!] : (tensor.shape as [number, number]);
  const rowBytes = width * DTYPE_BYTES[tensor.dtype];
  return {
    rows,
    width,
    async read(row, count, inner) {
      const start = tensor.start + row * rowBytes;
      const bytes = await readRange(tensor.source, start, start + count * rowBytes, inner);
      return toFloat32({ dtype: tensor.dtype, shape: [count, width], bytes });
    },
  };
}

const FLOATS: readonly string[] = ['F16', 'BF16', 'F32', 'F64'];

async function findTable(source: ByteSource, signal?: AbortSignal): Promise<StoredTensor> {
  const head = await readRange(source, 0, Math.min(source.size, NPY_MAGIC.length), signal);
  if (NPY_MAGIC.every((byte, at) => head[at] === byte)) return table(await readNpy(source, signal), source);
  const { tensors } = await readSafetensors(source, signal);
  const named = tensors.get('embeddings');
  const fitting = [...tensors.values()].filter(
    ({ dtype, shape }) => FLOATS.includes(dtype) && shape.length === 2,
  );
  const found = named ?? (fitting.length === 1 ? fitting[0] : undefined);
  if (!found)
    throw new InvalidError(
      'invalid-input',
      `${source.name} holds ${fitting.length} tables of floats. Name the right one “embeddings”.`,
    );
  return table(found, source);
}

function table(tensor: StoredTensor, source: ByteSource): StoredTensor {
  const { dtype, shape } = tensor;
  const width = shape.at(-1);
  if (!FLOATS.includes(dtype) || shape.length < 1 || shape.length > 2 || !width)
    throw new InvalidError(
      'invalid-input',
      `${source.name} holds ${dtype} [${shape}], not a table of floats, a row each.`,
    );
  return tensor;
}
