/** Long text in windows: nothing left out, nothing cut where it hurts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WinnowError } from '../errors';
import { type Window, windows } from './index';

/** The windows cover the text in order, each within `size`, with no end inside a surrogate pair. */
function check(text: string, found: readonly Window[], size: number): void {
  expect(found[0]!.start).toBe(0);
  expect(found[found.length - 1]!.end).toBe(text.length);
  found.forEach(({ start, end }, index) => {
    const before = found[index - 1];
    if (
      end - start > size ||
      (before !== undefined && (start > before.end || start <= before.start || end <= before.end)) ||
      splitsPair(text, start) ||
      splitsPair(text, end)
    )
      expect.fail(`window ${index} of ${JSON.stringify(text.slice(0, 40))}: ${start} to ${end}`);
  });
}

function splitsPair(text: string, at: number): boolean {
  return /^[\ud800-\udbff]$/.test(text[at - 1] ?? '') && /^[\udc00-\udfff]$/.test(text[at] ?? '');
}

const whole = (found: readonly Window[], start: number, end: number): boolean =>
  found.some((window) => window.start <= start && window.end >= end);

const MEGABYTE = 1_000_000;

describe('U10 a megabyte without spaces', () => {
  it.each([
    ['letters', 'a'],
    ['emoji, from an odd place', '🍍'],
    ['families', '👩‍👩‍👧'],
    ['marks', '\u0301'],
    ['joiners', '\u200d'],
    ['half characters', '\ud83d'],
  ])('U10 %s are covered, and no pair is split', (_, piece) => {
    const text = `x${piece.repeat(MEGABYTE / piece.length)}`;
    const busy = process.cpuUsage();
    const found = windows(text, 2000, 200);
    const took = process.cpuUsage(busy).user / 1000;
    check(text, found, 2000);
    expect(found.length).toBeLessThanOrEqual((8 * text.length) / 2000 + 2);
    expect(took).toBeLessThan(1000);
  });

  it('U10 emoji sequences stay whole', () => {
    const family = '👩‍👩‍👧';
    for (const { start, end } of windows(family.repeat(5000), 2000, 200)) {
      expect(start % family.length).toBe(0);
      expect(end % family.length).toBe(0);
    }
  });
});

describe('U13 a word anywhere is whole in some window', () => {
  const spaced = 'lorem harbour, ipsum lantern; '.repeat(1000);

  it('U13 in spaced text, at every place around the cuts', () => {
    for (let at = 3000; at < 7000; at++) {
      const text = `${spaced.slice(0, at)} pineapple ${spaced.slice(at, 9000)}`;
      expect(whole(windows(text, 2000, 200), at + 1, at + 10), `at ${at}`).toBe(true);
    }
  });

  it('U13 without any space, as long as it is no longer than the overlap', () => {
    for (let at = 3000; at < 7000; at += 3) {
      const text = `${'a'.repeat(at)}pineapple${'b'.repeat(4000)}`;
      expect(whole(windows(text, 2000, 200), at, at + 9), `at ${at}`).toBe(true);
    }
  });

  it('U13 at the far end of a long text', () => {
    const text = `${spaced.repeat(10)}pineapple`;
    expect(whole(windows(text, 2000, 200), text.length - 9, text.length)).toBe(true);
  });
});

describe('windows of anything', () => {
  it('U10 U13 any text, size and overlap: covered, and every span up to the overlap is whole', () => {
    const text = fc.array(
      fc.constantFrom('a', ' ', '🍍', '\u0301', '\u200d', '\ud83d', '\udc00', '\n', 'pineapple'),
      {
        maxLength: 300,
      },
    );
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 8, max: 120 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (pieces, size, share) => {
          const joined = pieces.join('');
          const overlap = Math.floor((share * size) / 2);
          const found = windows(joined, size, overlap);
          check(joined, found, size);
          for (let start = 0; start + overlap <= joined.length; start++)
            if (!splitsPair(joined, start) && !splitsPair(joined, start + overlap))
              expect(whole(found, start, start + overlap)).toBe(true);
        },
      ),
      { seed: 1013, numRuns: 150 },
    );
  });

  it('U10 one empty window for the empty text', () => {
    expect(windows('', 8, 0)).toEqual([{ start: 0, end: 0 }]);
  });

  it.each([
    [7, 0],
    [8.5, 0],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 0],
    [100, -1],
    [100, 51],
    [100, Number.NaN],
  ])('U10 size %d with overlap %d is refused', (size, overlap) => {
    expect(() => windows('pineapple', size, overlap)).toThrow(WinnowError);
  });
});
