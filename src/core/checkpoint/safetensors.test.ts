import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CancelledError } from '../errors';
import { DTYPE_BYTES, type DType } from '../tensor';
import { readSafetensors } from './safetensors';
import { readFloat32, readTensor } from './stored';
import { plainSafetensors, safetensorsFile, source } from './testing';

describe('readSafetensors', () => {
  it('reads names, types, shapes, ranges and metadata, and no tensor before it is asked for', async () => {
    const file = source('m', plainSafetensors({ a: [2, 3], b: [] }));
    const { tensors, metadata } = await readSafetensors(file);
    const header = file.size - 28;
    expect([...metadata]).toEqual([['format', 'pt']]);
    expect([...tensors]).toEqual([
      ['a', { dtype: 'F32', shape: [2, 3], source: file, start: header, end: header + 24 }],
      ['b', { dtype: 'F32', shape: [], source: file, start: header + 24, end: header + 28 }],
    ]);
    expect(file.bytesRead).toBe(header);
    expect([...(await readFloat32(tensors.get('a')!))]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(file.bytesRead).toBe(header + 24);
  });

  it('reads every type', async () => {
    const header: Record<string, unknown> = {};
    let end = 0;
    for (const [dtype, bytes] of Object.entries(DTYPE_BYTES)) {
      header[dtype] = { dtype, shape: [3], data_offsets: [end, end + 3 * bytes] };
      end += 3 * bytes;
    }
    const { tensors } = await readSafetensors(source('m', safetensorsFile(header, end)));
    for (const [dtype, tensor] of tensors) expect(tensor.dtype).toBe(dtype);
    expect(tensors.size).toBe(13);
    expect((await readTensor(tensors.get('BF16')!)).bytes).toHaveLength(6);
  });

  it('takes the spaces that pad a header, a file without tensors, and one empty tensor', async () => {
    expect((await readSafetensors(source('m', safetensorsFile('{}      ')))).tensors.size).toBe(0);
    const empty = { a: { dtype: 'F32', shape: [0, 5], data_offsets: [0, 0] } };
    expect((await readSafetensors(source('m', safetensorsFile(empty)))).tensors.get('a')?.shape).toEqual([
      0, 5,
    ]);
  });

  it('takes tensors in any order', async () => {
    const header = {
      b: { dtype: 'U8', shape: [2], data_offsets: [1, 3] },
      a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
    };
    const { tensors } = await readSafetensors(source('m', safetensorsFile(header, Uint8Array.of(1, 2, 3))));
    expect([...(await readTensor(tensors.get('b')!)).bytes]).toEqual([2, 3]);
  });

  it('M02 takes 10,000 tensors beside metadata', async () => {
    const shapes = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`t${i}`, [1]]));
    expect((await readSafetensors(source('m', plainSafetensors(shapes)))).tensors.size).toBe(10_000);
  });

  it('M07 keeps a tensor named __proto__ a tensor, and every object as it was', async () => {
    const file =
      '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"constructor":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}';
    const { tensors } = await readSafetensors(source('m', safetensorsFile(file, 2)));
    expect([...tensors.keys()]).toEqual(['__proto__', 'constructor']);
    expect(Object.hasOwn(Object.prototype, 'dtype')).toBe(false);
    expect(({} as { dtype?: unknown }).dtype).toBeUndefined();
  });

  it('stops when it is told to', async () => {
    const file = source('m', plainSafetensors({ a: [1] }));
    await expect(readSafetensors(file, AbortSignal.abort())).rejects.toThrow(CancelledError);
    expect(file.bytesRead).toBe(0);
  });

  it('reads any file that holds together', async () => {
    const dtype = fc.constantFrom(...(Object.keys(DTYPE_BYTES) as DType[]));
    const shape = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
    const name = fc
      .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
      .filter((one) => one !== '__metadata__');
    const entries = fc.uniqueArray(fc.tuple(name, dtype, shape), { selector: ([one]) => one, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(entries, fc.dictionary(fc.string(), fc.string()), async (list, metadata) => {
        let end = 0;
        const pairs = list.map(([key, type, sizes]): [string, unknown] => {
          const start = end;
          end += DTYPE_BYTES[type] * sizes.reduce((a, b) => a * b, 1);
          return [key, { dtype: type, shape: sizes, data_offsets: [start, end] }];
        });
        const header = Object.fromEntries([['__metadata__', metadata], ...pairs]);
        const read = await readSafetensors(source('m', safetensorsFile(header, end)));
        expect(Object.fromEntries(read.metadata)).toEqual({ ...metadata });
        for (const [key, type, sizes] of list)
          expect(read.tensors.get(key)).toMatchObject({ dtype: type, shape: sizes });
      }),
    );
  });
});
