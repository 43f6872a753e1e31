import { describe, expect, it } from 'vitest';
import { random } from '../architectures/testing';
import { bytesOf } from '../tensor';
import { narrowBf16, narrowF16, widenBf16, widenF16 } from './half';

const every = Uint16Array.from({ length: 65_536 }, (_, half) => half);
const halves = (bytes: Uint8Array) => new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);

/** IEEE 754's definition: sign, 5 bits of exponent, 10 of fraction. */
function binary16(half: number): number {
  const sign = half >> 15 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The half whose value is nearest, of two the even one: by search among all of them. */
function nearest(value: number): number {
  const size = Math.abs(value);
  let low = 0;
  let high = 0x7c00;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (binary16(middle) <= size) low = middle;
    else high = middle;
  }
  const below = binary16(low);
  // 65,520 lies half-way between the largest half and the next step; from there on, infinity.
  const above = high === 0x7c00 ? 65_536 : binary16(high);
  const up = size - below > above - size || (size - below === above - size && low % 2 === 1);
  return (up ? high : low) | (value < 0 || Object.is(value, -0) ? 0x8000 : 0);
}

describe('binary16', () => {
  it('widens all 65,536 to what IEEE 754 says', () => {
    const wide = widenF16(bytesOf(every));
    every.forEach((half) => {
      if (!Object.is(wide[half], binary16(half))) expect(wide[half]).toBe(binary16(half));
    });
  });

  it('comes back from float32 unchanged, every one that is a number', () => {
    const back = halves(narrowF16(widenF16(bytesOf(every))));
    const changed = every.filter((half) => back[half] !== half && !Number.isNaN(binary16(half)));
    expect([...changed]).toEqual([]);
    for (const half of every) if (Number.isNaN(binary16(half))) expect(binary16(back[half]!)).toBeNaN();
  });

  it('rounds to nearest, ties to even: half-way between all neighbours, and beside it', () => {
    const between = Float32Array.from(
      { length: 0x7bff },
      (_, half) => (binary16(half) + binary16(half + 1)) / 2,
    );
    const bits = new Uint32Array(between.buffer);
    for (const shift of [-1, 0, 1])
      for (const sign of [0, 0x80000000]) {
        const moved = new Float32Array(Uint32Array.from(bits, (value) => (value + shift) | sign).buffer);
        const narrow = halves(narrowF16(moved));
        const wrong = moved.findIndex((value, i) => narrow[i] !== nearest(value));
        expect(wrong, `${moved[wrong]}`).toBe(-1);
      }
  });

  it('rounds a hundred thousand values of every size', () => {
    const next = random(1);
    const values = Float32Array.from({ length: 100_000 }, () => (next() - 0.5) * 2 ** (60 * next() - 40));
    const narrow = halves(narrowF16(values));
    const wrong = values.findIndex((value, i) => narrow[i] !== nearest(value));
    expect(wrong, `${values[wrong]}`).toBe(-1);
  });

  it('goes to infinity from 65,520 on', () => {
    const edge = Float32Array.of(65_519.996, 65_520, -65_520, 1e38, Number.NEGATIVE_INFINITY);
    expect([...widenF16(narrowF16(edge))]).toEqual([65_504, Infinity, -Infinity, Infinity, -Infinity]);
  });

  it('reads bytes that lie at an odd place', () => {
    const odd = new Uint8Array([9, 0x00, 0x3c, 0x00, 0xc0]).subarray(1);
    expect([...widenF16(odd)]).toEqual([1, -2]);
    expect([...widenBf16(new Uint8Array([9, 0x80, 0x3f, 0x00, 0xc0]).subarray(1))]).toEqual([1, -2]);
  });
});

describe('bfloat16', () => {
  it('is the upper half of a float32, all 65,536 there and back', () => {
    const wide = widenBf16(bytesOf(every));
    const bits = new Uint32Array(wide.buffer);
    every.forEach((half) => {
      if (bits[half] !== half * 65_536) expect(bits[half]).toBe(half * 65_536);
    });
    const back = halves(narrowBf16(wide));
    expect(every.filter((half) => back[half] !== half && !Number.isNaN(wide[half])).length).toBe(0);
    expect(
      widenBf16(narrowBf16(wide)).every((value, i) => Number.isNaN(value) === Number.isNaN(wide[i])),
    ).toBe(true);
  });

  it('rounds to nearest, ties to even', () => {
    const bits = Uint32Array.of(0x3f808000, 0x3f818000, 0x3f808001, 0x3f807fff, 0x7f7fffff, 0xff7fffff);
    expect([...halves(narrowBf16(new Float32Array(bits.buffer)))]).toEqual([
      ...[0x3f80, 0x3f82, 0x3f81, 0x3f80],
      ...[0x7f80, 0xff80],
    ]);
  });
});
