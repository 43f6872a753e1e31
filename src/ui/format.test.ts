import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLine, formatScore } from './format';

describe('formatScore', () => {
  it('has two decimals', () => {
    expect(formatScore(0)).toBe('0.00');
    expect(formatScore(0.914)).toBe('0.91');
    expect(formatScore(1)).toBe('1.00');
  });
  it('never reads as having reached a line it is under', () => {
    expect(formatScore(0.6996, [0.45, 0.7])).toBe('0.69');
    expect(formatScore(0.7, [0.45, 0.7])).toBe('0.70');
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(unit, fc.integer({ min: 0, max: 100 }), (value, hundredth) => {
        const line = hundredth / 100;
        const shown = Number(formatScore(value, [line]));
        expect(shown >= line).toBe(value >= line);
        expect(Math.abs(shown - value)).toBeLessThan(0.01 + 1e-9);
      }),
    );
  });
});

describe('formatLine', () => {
  it('shows more than two decimals only where they are needed', () => {
    expect(formatLine(0.45)).toBe('0.45');
    expect(formatLine(0.5)).toBe('0.50');
    expect(formatLine(0.4567)).toBe('0.4567');
    expect(formatLine(0.07 + 0.01)).toBe('0.08');
  });
});
