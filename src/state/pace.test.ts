import { describe, expect, it } from 'vitest';
import { Pace } from './pace';

/** 100 a second, a sample every half second. */
function steady(until: number): Pace {
  const pace = new Pace();
  for (let at = 0; at <= until; at += 500) pace.add(at / 10, at);
  return pace;
}

describe('pace', () => {
  it('promises nothing in the first three seconds', () => {
    expect(steady(2_500).secondsLeft(10_000)).toBeUndefined();
    expect(steady(3_000).secondsLeft(10_000)).toBeDefined();
  });

  it.each([
    [400 + 742, 8],
    [400 + 1_810, 20],
    [400 + 12_100, 180],
  ])('of %i in steps of a second, five, a minute: %i s', (total, seconds) => {
    expect(steady(4_000).secondsLeft(total)).toBe(seconds);
  });

  it('starts anew when a phase begins, and knows nothing at a standstill', () => {
    const pace = steady(5_000);
    pace.add(0, 5_100);
    expect(pace.rate()).toBeUndefined();
    for (let at = 5_200; at < 20_000; at += 500) pace.add(0, at);
    expect(pace.secondsLeft(12)).toBeUndefined();
  });

  it('follows a change of speed within ten seconds', () => {
    const pace = steady(10_000);
    for (let at = 10_500; at <= 25_000; at += 500) pace.add(1_000 + (at - 10_000), at);
    expect(pace.rate()).toBeCloseTo(1_000, 0);
  });
});
