import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyTarget, moveBoth, moveMark, nearestMark, parseLine, toStep } from './rail';

const line = fc.double({ min: 0, max: 1, noNaN: true });
const lines = fc.tuple(line, line).map(([a, b]) => ({ review: Math.min(a, b), block: Math.max(a, b) }));
const anywhere = fc.double({ min: -5, max: 5, noNaN: true });

describe('the two marks', () => {
  it('never cross and never leave the axis, wherever one is moved', () => {
    fc.assert(
      fc.property(lines, fc.constantFrom('review', 'block'), anywhere, (from, mark, to) => {
        const next = moveMark(from, mark as 'review' | 'block', to);
        expect(0 <= next.review && next.review <= next.block && next.block <= 1).toBe(true);
        expect(next[mark === 'review' ? 'block' : 'review']).toBe(
          from[mark === 'review' ? 'block' : 'review'],
        );
      }),
    );
  });
  it('keep their gap to a step when both are moved, and stop at either end', () => {
    fc.assert(
      fc.property(lines, anywhere, (from, by) => {
        const next = moveBoth(from, by);
        expect(next.review).toBeGreaterThanOrEqual(0);
        expect(next.block).toBeLessThanOrEqual(1);
        expect(Math.abs(next.block - next.review - (from.block - from.review))).toBeLessThanOrEqual(
          0.0100001,
        );
      }),
    );
    expect(moveBoth({ review: 0.4, block: 0.7 }, 0.5)).toEqual({ review: 0.7, block: 1 });
    expect(moveBoth({ review: 0.4, block: 0.7 }, -0.5)).toEqual({ review: 0, block: 0.3 });
  });
  it('step without binary dust', () => {
    let value = 0;
    for (let step = 1; step <= 100; step += 1) {
      value = keyTarget('ArrowUp', false, value, false)!;
      expect(value).toBe(Number((step / 100).toFixed(2)));
    }
    expect(toStep(0.07 + 0.01)).toBe(0.08);
  });
});

describe('keys', () => {
  it.each([
    ['ArrowRight', false, 0.51],
    ['ArrowLeft', false, 0.49],
    ['ArrowUp', true, 0.55],
    ['ArrowDown', true, 0.45],
    ['PageUp', false, 0.6],
    ['PageDown', false, 0.4],
    ['Home', false, 0],
    ['End', false, 1],
  ])('%s with shift %s goes to %s', (key, shift, to) => {
    expect(keyTarget(key, shift, 0.5, false)).toBe(to);
  });
  it('swap left and right, but not up and down, in a right-to-left interface', () => {
    expect(keyTarget('ArrowLeft', false, 0.5, true)).toBe(0.51);
    expect(keyTarget('ArrowRight', false, 0.5, true)).toBe(0.49);
    expect(keyTarget('ArrowUp', false, 0.5, true)).toBe(0.51);
  });
  it('leave other keys alone', () => {
    expect(keyTarget('a', false, 0.5, false)).toBeUndefined();
    expect(keyTarget('Tab', false, 0.5, false)).toBeUndefined();
  });
});

describe('a press on the rail', () => {
  it('means the nearer mark', () => {
    expect(nearestMark({ review: 0.2, block: 0.8 }, 0.3)).toBe('review');
    expect(nearestMark({ review: 0.2, block: 0.8 }, 0.9)).toBe('block');
  });
  it('means the mark on that side where both lie together, so that neither is stuck', () => {
    expect(nearestMark({ review: 0.5, block: 0.5 }, 0.2)).toBe('review');
    expect(nearestMark({ review: 0.5, block: 0.5 }, 0.8)).toBe('block');
  });
});

describe('a typed line', () => {
  it.each([
    ['0.45', 0.45],
    ['0,45', 0.45],
    [' .5 ', 0.5],
    ['1', 1],
    ['1.', 1],
    ['0', 0],
  ])('%j is %d', (text, value) => expect(parseLine(text)).toBe(value));
  it.each(['', '.', '1.01', '-0.1', '45 %', 'NaN', 'Infinity', '1e-3', '0x1', '0.4.5', '０.５'])(
    '%j is not a line',
    (text) => expect(parseLine(text)).toBeUndefined(),
  );
});
