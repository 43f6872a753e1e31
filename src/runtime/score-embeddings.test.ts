import { describe, expect, it } from 'vitest';
import type { ModelCard } from '../catalog/card';
import { starterImage } from '../catalog/starter-image';
import { type FailedError, toWinnowError } from '../core/errors';
import type { Engine } from './engine';
import { scoreEmbeddings } from './score-embeddings';

const card: ModelCard = {
  ...starterImage,
  id: 'head',
  labels: [{ name: 'risk' }],
  activation: 'sigmoid',
  embedding: { width: 4, normalised: true },
};

/** Logit = the first number of the row; notes every batch. */
function head(precision: Engine['precision'] = 'exact') {
  const batches: number[] = [];
  const engine: Engine = {
    ...{ backend: 'wasm', precision, threads: 1, dispose: async () => {} },
    async run({ embedding }) {
      const [rows = 0, width = 0] = embedding!.dims;
      batches.push(rows);
      const data = Float32Array.from({ length: rows }, (_, row) => embedding!.data[row * width]!);
      return { logits: { data, dims: [rows, 1] } };
    },
  };
  return { engine, batches };
}

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => toWinnowError(error) as FailedError,
  );

/** An `.npy` file of rows, version 1.0. */
function npy(values: Float32Array | Float64Array, width: number): Blob {
  const descr = values instanceof Float32Array ? '<f4' : '<f8';
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${values.length / width}, ${width}), }`;
  const header = `${text.padEnd(117)}\n`;
  const head = new Uint8Array(10 + header.length);
  head.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  head.set(new TextEncoder().encode(header), 10);
  return new Blob([head, values.buffer as ArrayBuffer]);
}

function safetensors(tensors: Record<string, { shape: number[]; values: Float32Array }>): Blob {
  let offset = 0;
  const entries = Object.entries(tensors).map(([name, { shape, values }]) => {
    const from = offset;
    offset += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [from, offset] }];
  });
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const length = new BigUint64Array([BigInt(text.length)]);
  return new Blob([
    length,
    text,
    ...Object.values(tensors).map(({ values }) => values.buffer as ArrayBuffer),
  ]);
}

const unit = (rows: number) => {
  const values = new Float32Array(rows * 4);
  for (let row = 0; row < rows; row++) {
    const angle = row / 7;
    values[row * 4] = Math.cos(angle);
    values[row * 4 + 1] = Math.sin(angle);
  }
  return values;
};

describe('scoreEmbeddings', () => {
  it('scores every row in order, in slices', async () => {
    const { engine, batches } = head();
    const { rows, note } = await scoreEmbeddings(card, engine, { values: unit(2500), width: 4 });
    expect(batches).toEqual([1024, 1024, 452]);
    expect(rows).toHaveLength(2500);
    for (const [row, scores] of rows.entries()) {
      expect(scores).toMatchObject({ status: 'scored', model: 'head', labels: ['risk'] });
      expect(scores.probabilities[0]).toBeCloseTo(sigmoid(Math.fround(Math.cos(row / 7))), 6);
    }
    expect(note).toBeUndefined();
  });

  it('reads .npy and safetensors, of any float type', async () => {
    const values = unit(3);
    const files = [
      npy(values, 4),
      npy(Float64Array.from(values), 4),
      safetensors({ anything: { shape: [3, 4], values } }),
      safetensors({
        other: { shape: [1, 4], values: new Float32Array(4) },
        embeddings: { shape: [3, 4], values },
      }),
    ];
    for (const file of files) {
      const { rows } = await scoreEmbeddings(card, head().engine, file);
      expect(rows.map(({ probabilities }) => probabilities[0]!)).toEqual(
        [0, 1, 2].map((row) => expect.closeTo(sigmoid(Math.fround(Math.cos(row / 7))), 6)),
      );
    }
  });

  it('runs 8-bit heads row by row: a row must not depend on its neighbours', async () => {
    const { engine, batches } = head('int8');
    const { rows } = await scoreEmbeddings(card, engine, { values: unit(3), width: 4 });
    expect(batches).toEqual([1, 1, 1]);
    expect(rows[0]!.precision).toBe('int8');
  });

  it('rows that are not finite, or zeros, are errors; the others go on', async () => {
    const values = unit(5);
    values[4] = Number.NaN;
    values[9] = Number.POSITIVE_INFINITY;
    values.fill(0, 12, 16);
    const { rows } = await scoreEmbeddings(card, head().engine, { values, width: 4 });
    expect(rows.map(({ status }) => status)).toEqual(['scored', 'error', 'error', 'error', 'scored']);
    for (const row of rows.slice(1, 4))
      expect(row).toMatchObject({ code: 'invalid-input', probabilities: [] });
    expect(rows[3]!.reason).toContain('Row 3');
    expect(rows[4]!.probabilities[0]).toBeCloseTo(sigmoid(Math.cos(4 / 7)), 5);
  });

  it('scales rows that are not of length 1, and says so; not where the model wants them as they are', async () => {
    const values = unit(3);
    for (let i = 4; i < 8; i++) values[i]! *= 5;
    const { rows, note } = await scoreEmbeddings(card, head().engine, { values, width: 4 });
    expect(note).toContain('1 of 3 rows');
    expect(rows[1]!.probabilities[0]).toBeCloseTo(sigmoid(Math.cos(1 / 7)), 6);
    const raw = { ...card, embedding: { width: 4, normalised: false } };
    const plain = await scoreEmbeddings(raw, head().engine, { values, width: 4 });
    expect(plain.note).toBeUndefined();
    expect(plain.rows[1]!.probabilities[0]).toBeCloseTo(sigmoid(5 * Math.cos(1 / 7)), 6);
  });

  it('rejects another width, files that hold no table, and models without a head', async () => {
    const values = new Float32Array(12);
    const wrong = [
      { values, width: 3 },
      { values, width: 5 },
      { values, width: 0 },
      npy(values, 3),
      new Blob(['no numbers here']),
      new Blob([]),
      safetensors({ a: { shape: [3, 4], values }, b: { shape: [3, 4], values } }),
      safetensors({ a: { shape: [1, 3, 4], values } }),
    ];
    for (const rows of wrong)
      expect((await failed(scoreEmbeddings(card, head().engine, rows)))?.code).toBe('invalid-input');
    const none = await failed(scoreEmbeddings(card, undefined, { values, width: 4 }));
    expect(none).toMatchObject({ kind: 'unsupported', code: 'unsupported-model' });
    const gone = scoreEmbeddings(card, head().engine, { values: unit(9), width: 4 }, AbortSignal.abort());
    expect((await failed(gone))?.code).toBe('cancelled');
  });

  it('W09: a head that gives nonsense gives an error per row, never a score', async () => {
    const engine: Engine = {
      ...head().engine,
      run: async () => ({ logits: { data: Float32Array.of(Number.NaN, 1), dims: [2, 1] } }),
    };
    const { rows } = await scoreEmbeddings(card, engine, { values: unit(3), width: 4 });
    expect(rows.map(({ status, code }) => [status, code])).toEqual([
      ['error', 'invalid-output'],
      ['scored', undefined],
      ['error', 'invalid-output'],
    ]);
  });
});
