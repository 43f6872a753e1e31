import { describe, expect, it } from 'vitest';
import { InvalidError } from './errors';
import { asFloat32, checked, elements, float32Tensor } from './tensor';

describe('tensors', () => {
  it('M05: count their elements without wrapping', () => {
    expect(elements([])).toBe(1);
    expect(elements([2, 3, 4])).toBe(24);
    expect(elements([0, 5])).toBe(0);
    for (const shape of [[-1], [1.5], [Number.NaN], [4_194_305, 4_194_305, 211_106_198]])
      expect(() => elements(shape)).toThrow(InvalidError);
  });

  it('refuse bytes that do not fill their shape', () => {
    expect(() => checked({ dtype: 'F32', shape: [2], bytes: new Uint8Array(7) })).toThrow(InvalidError);
    expect(() => float32Tensor(new Float32Array(3), [2, 2])).toThrow(InvalidError);
  });

  it('read float32 from any alignment, in place where they can', () => {
    const values = Float32Array.of(1.5, -2, 3);
    const tensor = float32Tensor(values, [3]);
    expect(asFloat32(tensor).buffer).toBe(values.buffer);
    for (const make of [(n: number) => new Uint8Array(n), (n: number) => Buffer.alloc(n)]) {
      const bytes = make(13);
      bytes.set(new Uint8Array(values.buffer), 1);
      expect([...asFloat32({ dtype: 'F32', shape: [3], bytes: bytes.subarray(1) })]).toEqual([1.5, -2, 3]);
    }
    expect(() => asFloat32({ dtype: 'I8', shape: [1], bytes: new Uint8Array(1) })).toThrow(InvalidError);
  });
});
