import { describe, expect, it } from 'vitest';
import { bytesOf } from '../tensor';
import { readNpy } from './npy';
import { readFloat32 } from './stored';
import { npyFile, source } from './testing';

const dictionary = (descr: string, shape: string) =>
  `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;

describe('readNpy', () => {
  it.each([1, 2, 3])('reads version %i, and no number before it is asked for', async (version) => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const file = source('x.npy', npyFile(dictionary('<f4', '(2, 3)'), bytesOf(values), version));
    const array = await readNpy(file);
    expect(array).toMatchObject({ dtype: 'F32', shape: [2, 3], end: file.size });
    expect(array.start % 64).toBe(0);
    expect(file.bytesRead).toBeLessThanOrEqual(array.start + 2);
    expect(await readFloat32(array)).toEqual(values);
  });

  it('reads doubles and halves', async () => {
    const doubles = npyFile(dictionary('<f8', '(2,)'), bytesOf(Float64Array.of(0.1, -2)));
    expect(await readFloat32(await readNpy(source('x', doubles)))).toEqual(Float32Array.of(0.1, -2));
    const halves = npyFile(dictionary('<f2', '(2,)'), bytesOf(Uint16Array.of(0x3c00, 0xc000)));
    expect(await readFloat32(await readNpy(source('x', halves)))).toEqual(Float32Array.of(1, -2));
  });

  it.each([
    ['()', [], 4],
    ['(1,)', [1], 4],
    ['(3L,)', [3], 12],
    ['( 2 ,2, )', [2, 2], 16],
    ['(0, 768)', [0, 768], 0],
  ])('reads the shape %s', async (shape, expected, bytes) => {
    expect((await readNpy(source('x', npyFile(dictionary('<f4', shape), bytes)))).shape).toEqual(expected);
  });

  it('takes entries in any order, and either kind of quote', async () => {
    const text = `{"shape": (1,), 'fortran_order': False, "descr": "<f4"}`;
    expect((await readNpy(source('x', npyFile(text, 4)))).dtype).toBe('F32');
  });
});
