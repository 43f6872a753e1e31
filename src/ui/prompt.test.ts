import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directionOf, escapeHidden, excerpts, rebase, segments } from './prompt';

const mark = { label: 'U+200B', name: 'Zero width space' };

describe('segments', () => {
  it('put together are the text, whatever the ranges', () => {
    const range = fc.tuple(fc.integer({ min: -3, max: 40 }), fc.integer({ min: -3, max: 40 }));
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.array(range),
        fc.array(range),
        (text, a, b) => {
          const spans = a.map(([start, end]) => ({ start, end, strength: 2 as const }));
          const hidden = b.map(([start, end]) => ({ start, end, ...mark }));
          expect(
            segments(text, spans, hidden)
              .map((piece) => piece.text)
              .join(''),
          ).toBe(text);
        },
      ),
    );
  });
  it('carry strength and hidden character where both meet', () => {
    const pieces = segments(
      'a pine\u200bapple',
      [{ start: 2, end: 12, strength: 3 }],
      [{ start: 6, end: 7, ...mark }],
    );
    expect(pieces.map((piece) => [piece.text, piece.strength, piece.hidden?.label])).toEqual([
      ['a ', 0, undefined],
      ['pine', 3, undefined],
      ['\u200b', 3, 'U+200B'],
      ['apple', 3, undefined],
    ]);
  });
});

describe('rebase', () => {
  it('keeps every word on its place while something is typed elsewhere', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 20 }),
        fc.string({ maxLength: 20 }),
        fc.string({ maxLength: 10 }),
        (head, tail, typed) => {
          const before = `${head}pineapple${tail}`;
          const at = { start: head.length, end: head.length + 9 };
          for (const after of [`${typed}${before}`, `${before}${typed}`])
            for (const moved of rebase([at], before, after))
              expect(after.slice(moved.start, moved.end)).toBe('pineapple');
        },
      ),
    );
  });
  it('drops a mark whose word was changed', () => {
    expect(rebase([{ start: 2, end: 11 }], 'a pineapple', 'a pineXapple')).toEqual([]);
    expect(rebase([{ start: 2, end: 11 }], 'a pineapple', 'a ')).toEqual([]);
  });
  it('shifts what lies behind the change and leaves what lies ahead', () => {
    const ranges = [
      { start: 0, end: 3 },
      { start: 8, end: 12 },
    ];
    expect(rebase(ranges, 'one two four', 'one two, three four')).toEqual([
      { start: 0, end: 3 },
      { start: 15, end: 19 },
    ]);
  });
});

describe('escapeHidden', () => {
  it('writes code points, also those beyond the first plane, and leaves the rest', () => {
    const text = 'a\u200bb\u{e0041}c';
    const hidden = [
      { start: 1, end: 2 },
      { start: 3, end: 5 },
    ];
    expect(escapeHidden(text, hidden)).toBe('a\\u{200B}b\\u{E0041}c');
  });
});

describe('excerpts', () => {
  it('surround hidden characters and join where they meet', () => {
    const hidden = [100, 110, 500].map((start) => ({ start, end: start + 1 }));
    expect(excerpts(1000, hidden, 20, 9)).toEqual([
      { start: 80, end: 131 },
      { start: 480, end: 521 },
    ]);
  });
  it('stop after the most that are shown', () => {
    const hidden = Array.from({ length: 500 }, (_, n) => ({ start: n * 100, end: n * 100 + 1 }));
    expect(excerpts(50_000, hidden, 10, 7)).toHaveLength(7);
  });
});

describe('directionOf', () => {
  it('follows the first letter', () => {
    expect(directionOf('')).toBe('ltr');
    expect(directionOf('12 … pineapple')).toBe('ltr');
    expect(directionOf('  «אננס» pineapple')).toBe('rtl');
    expect(directionOf('أناناس')).toBe('rtl');
    expect(directionOf('pineapple אננס')).toBe('ltr');
  });
});
