/** Weights in 8 bits: what the codes stand for is the weights again, within what 8 bits can do. */
import { describe, expect, it } from 'vitest';
import { random } from '../architectures/testing';
import { BLOCK, quantizeBlocks8 } from './blocks8';
import { widenBf16 } from './half';
import { quantizeInt8 } from './int8';

function weights(count: number, seed: number, size = 1): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: count }, () => (next() + next() + next() - 1.5) * size);
}

describe('quantizeInt8', () => {
  it.each([
    [1, 1],
    [5, 7],
    [16, 64],
    [33, 40],
    [100, 3],
  ])('transposes %i outputs of %i inputs, each within half a step of its own scale', (outputs, inputs) => {
    const values = weights(outputs * inputs, outputs);
    const { codes, scales } = quantizeInt8(values, outputs, inputs);
    for (let row = 0; row < outputs; row++) {
      const largest = Math.max(...values.subarray(row * inputs, (row + 1) * inputs).map(Math.abs));
      expect(scales[row]).toBeCloseTo(largest / 127, 6);
      for (let k = 0; k < inputs; k++) {
        const error = Math.abs(codes[k * outputs + row]! * scales[row]! - values[row * inputs + k]!);
        expect(error).toBeLessThanOrEqual(scales[row]! * 0.5001);
      }
    }
  });

  it('keeps the sign of the largest and never uses −128', () => {
    const { codes } = quantizeInt8(Float32Array.of(-3, 3, 1.5, -1.5), 2, 2);
    expect([...codes]).toEqual([-127, 127, 127, -127]);
  });

  it('rounds ties to even', () => {
    const { codes } = quantizeInt8(Float32Array.of(127, 0.5, 1.5, 2.5, -0.5, -1.5), 1, 6);
    expect([...codes]).toEqual([127, 0, 2, 2, -0, -2].map((value) => value + 0));
  });

  it('zeros, and what is as good as zero, stay zero with a usable scale', () => {
    const { codes, scales } = quantizeInt8(Float32Array.of(0, 0, 1e-44, -1e-44), 2, 2);
    expect([...codes]).toEqual([0, 0, 0, 0]);
    expect([...scales]).toEqual([1, 1]);
  });
});

describe('quantizeBlocks8', () => {
  const dequantized = (values: Float32Array) => {
    const { codes, scales, zeros } = quantizeBlocks8(values);
    const wide = widenBf16(scales);
    return { wide, back: Float32Array.from(codes, (code, i) => (code - zeros[i >> 5]!) * wide[i >> 5]!) };
  };

  it.each([1, 1e-6, 1e6, 3e-38])('gives weights of size %f back within a step', (size) => {
    const values = weights(BLOCK * 50, 3, size);
    const { wide, back } = dequantized(values);
    for (let i = 0; i < values.length; i++)
      expect(Math.abs(back[i]! - values[i]!)).toBeLessThanOrEqual(wide[i >> 5]! * 1.001 + 1.2e-38 * 255);
  });

  it('is within half a step away from the ends of a block', () => {
    const values = weights(BLOCK * 200, 4);
    const { wide, back } = dequantized(values);
    const over = values.filter((value, i) => Math.abs(back[i]! - value) > wide[i >> 5]! * 0.501).length;
    expect(over / values.length).toBeLessThan(0.02);
  });

  it('zero is exact, in blocks of one sign too', () => {
    const values = Float32Array.from({ length: 3 * BLOCK }, (_, i) =>
      i % 4 === 0 ? 0 : [1, -1, 0][i >> 5]! * (i + 1),
    );
    const { back } = dequantized(values);
    values.forEach((value, i) => {
      if (value === 0) expect(back[i]).toBe(0);
      else expect(Math.sign(back[i]!)).toBe(Math.sign(value));
    });
  });
});
