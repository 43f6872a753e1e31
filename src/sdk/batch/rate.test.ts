import { describe, expect, it } from 'vitest';
import { Rate } from './rate';

describe('Rate', () => {
  it('is 0 until it is known', () => {
    const rate = new Rate(0);
    expect(rate.at(100, 1)).toBe(0);
    expect(rate.at(1_000, 10)).toBeCloseTo(10, 6);
  });

  it('is of the last ten seconds', () => {
    const rate = new Rate(0);
    for (let step = 1; step <= 200; step++) rate.at(100 * step, step);
    for (let step = 1; step <= 200; step++) rate.at(20_000 + 100 * step, 200 + 5 * step);
    expect(rate.at(40_000, 1_200)).toBeCloseTo(50, 0);
  });

  it('does not count pauses', () => {
    const rate = new Rate(0);
    rate.at(1_000, 10);
    rate.pause(1_000);
    expect(rate.at(30_000, 10)).toBeCloseTo(10, 6);
    rate.resume(61_000);
    expect(rate.at(62_000, 20)).toBeCloseTo(10, 6);
  });
});
