/** Rows of embeddings in 8 bits with one scale each: kept with the weights, looked up by the host. */

import { readRange } from '../../checkpoint/source';
import type { StoredTensor } from '../../checkpoint/stored';
import { readTensor, toFloat32 } from '../../checkpoint/stored';
import { InvalidError, throwIfAborted } from '../../errors';
import type { Table } from '../../prepare/layout';
import { type ReadSync, readTable } from '../../prepare/mount';
import type { Making } from '../../prepare/plan';
import { asFloat32, bytesOf, DTYPE_BYTES } from '../../tensor';

/** The graph's only input, rows of these tables: F32 [1, sequence, width]. */
export const EMBEDDED = 'inputs_embeds';
/** Names of the two tables of a guard, as placed by its plan. */
export const CODES = 'embedding.codes';
export const SCALES = 'embedding.scales';
/** Name of the one table of a guard in float32. */
export const ROWS = 'embedding.rows';

const LARGEST = 127;
/** Rows are read this many bytes at a time, so a table of 622 MB is never held. */
const BLOCK = 8 * 2 ** 20;

/** The table [rows, width] of F32 or F16 as a making of codes I8 [rows, width] and scales F32 [rows]. */
export function tableMaking(table: StoredTensor): Making {
  const [rows = 0, width = 0] = table.shape;
  return {
    tensors: [
      { name: CODES, dtype: 'I8', shape: [rows, width] },
      { name: SCALES, dtype: 'F32', shape: [rows] },
    ],
    reads: table.end - table.start,
    from: [table],
    make: async (signal) => {
      const codes = new Int8Array(rows * width);
      const scales = new Float32Array(rows);
      for await (const { row, values } of rowBlocks(table, signal))
        for (let i = 0; i * width < values.length; i++)
          scales[row + i] = quantiseRow(
            values.subarray(i * width, (i + 1) * width),
            codes,
            (row + i) * width,
          );
      return [bytesOf(codes), bytesOf(scales)];
    },
  };
}

/** The table as it is, F32 [rows, width], kept as F16 where it is float16: for `exact`. */
export function plainTable(table: StoredTensor): Making {
  const half = table.dtype === 'F16';
  return {
    tensors: [{ name: ROWS, dtype: 'F32', shape: table.shape, ...(half && { kept: 'F16' as const }) }],
    reads: table.end - table.start,
    from: [table],
    make: async (signal) => [(await readTensor(table, signal)).bytes],
  };
}

/**
 * Rows of a table [rows, width] of F32 or F16 in its own file, as float32 [ids, width]; nothing else of it is read. Throws
 * `invalid-model` for an id outside the table.
 */
export async function storedRows(
  table: StoredTensor,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const [rows = 0, width = 0] = table.shape;
  const stride = width * DTYPE_BYTES[table.dtype];
  const out = new Float32Array(ids.length * width);
  for (const [at, id] of ids.entries()) {
    if (!Number.isInteger(id) || id < 0 || id >= rows) throw unknown(id);
    const start = table.start + id * stride;
    const bytes = await readRange(table.source, start, start + stride, signal);
    out.set(toFloat32({ dtype: table.dtype, shape: [width], bytes }), at * width);
  }
  return out;
}

/** The rows of a matrix as float32, some at a time, first to last. */
export async function* rowBlocks(
  matrix: StoredTensor,
  signal?: AbortSignal,
): AsyncGenerator<{ row: number; values: Float32Array }> {
  const [rows = 0, width = 0] = matrix.shape;
  const stride = width * DTYPE_BYTES[matrix.dtype];
  const step = Math.max(1, Math.floor(BLOCK / stride));
  for (let row = 0; row < rows; row += step) {
    throwIfAborted(signal);
    const count = Math.min(step, rows - row);
    const start = matrix.start + row * stride;
    const bytes = await readRange(matrix.source, start, start + count * stride, signal);
    yield { row, values: toFloat32({ dtype: matrix.dtype, shape: [count, width], bytes }) };
  }
}

/** Codes of one row at `at`; returns its scale. Throws `invalid-model` for a value that is not finite. */
function quantiseRow(values: Float32Array, codes: Int8Array, at: number): number {
  let largest = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (!(size <= largest)) largest = size;
  }
  if (!Number.isFinite(largest))
    throw new InvalidError(
      'invalid-model',
      'The table of words has a value that is not a number. Get it again.',
    );
  const scale = Math.fround(largest / LARGEST);
  if (scale < 1e-37) return 1;
  for (let i = 0; i < values.length; i++)
    codes[at + i] = Math.max(-LARGEST, Math.min(LARGEST, Math.round(values[i]! / scale)));
  return scale;
}

/** What a host needs to look rows up: their bytes by range, and every scale. */
export interface Rows {
  /** Bytes of the codes from `start` up to `end`. */
  codes(start: number, end: number): Uint8Array;
  /** One per row. */
  readonly scales: Float32Array;
  readonly width: number;
}

/** Rows of 8-bit codes as float32 [ids, width]. Throws `invalid-model` for an id outside the table. */
export function lookUp(ids: readonly number[], { codes, scales, width }: Rows): Float32Array {
  const out = new Float32Array(ids.length * width);
  for (const [at, id] of ids.entries()) {
    const scale = Number.isInteger(id) ? scales[id] : undefined;
    if (scale === undefined) throw unknown(id);
    const row = codes(id * width, (id + 1) * width);
    // Bytes read as signed: the shift brings the sign bit to the top of a 32-bit number.
    for (let i = 0; i < width; i++) out[at * width + i] = ((row[i]! << 24) >> 24) * scale;
  }
  return out;
}

/** Embeddings of words: [ids, width] float32. */
export interface WordRows {
  readonly width: number;
  /** Throws `invalid-model` for an id outside the table: a tokenizer that does not belong to the network. */
  rows(ids: readonly number[]): Float32Array;
}

/**
 * The words of a kept guard, of either kind. Scales are read now, rows when they are asked for; undefined where `tables` are not
 * those of a guard.
 */
export function wordRows(tables: readonly Table[], read: ReadSync): WordRows | undefined {
  const named = (name: string) => tables.find((table) => table.name === name);
  const [codes, scales, whole] = [named(CODES), named(SCALES), named(ROWS)];
  if (codes && scales) {
    const { offset } = codes.place;
    const rows: Rows = {
      codes: (start, end) => read(offset + start, offset + end),
      scales: asFloat32({ dtype: 'F32', shape: scales.shape, bytes: readTable(scales, read) }),
      width: codes.shape[1] ?? 0,
    };
    return { width: rows.width, rows: (ids) => lookUp(ids, rows) };
  }
  if (!whole) return undefined;
  const [count = 0, width = 0] = whole.shape;
  const row = (id: number): Float32Array => {
    if (!Number.isInteger(id) || id < 0 || id >= count) throw unknown(id);
    return asFloat32({ dtype: 'F32', shape: [width], bytes: readTable(whole, read, id, 1) });
  };
  return {
    width,
    rows: (ids) => {
      const out = new Float32Array(ids.length * width);
      for (const [at, id] of ids.entries()) out.set(row(id), at * width);
      return out;
    },
  };
}

function unknown(id: number): InvalidError {
  return new InvalidError(
    'invalid-model',
    `The tokenizer gives the token ${id}, which the network does not know. Both must come from one model.`,
  );
}
