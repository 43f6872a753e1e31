import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onPage, pageAt, pageSize, pagesOf } from './pages';

describe('pages of a long text', () => {
  it('joined are the text, for every length around the limit, and none is empty or too long', () => {
    for (const length of [0, 1, pageSize - 1, pageSize, pageSize + 1, 3 * pageSize + 7]) {
      const text = 'crate '.repeat(length).slice(0, length);
      const pages = pagesOf(text);
      expect(pages.map((page) => text.slice(page.from, page.to)).join('')).toBe(text);
      for (const page of pages) expect(page.to - page.from).toBeLessThanOrEqual(pageSize + 1);
      if (length > 0) for (const page of pages) expect(page.to).toBeGreaterThan(page.from);
    }
  });
  it('never cut a surrogate pair', () => {
    for (const head of ['', 'x']) {
      const text = head + '\u{1f34d}'.repeat(pageSize);
      for (const page of pagesOf(text)) {
        const first = text.charCodeAt(page.from);
        expect(first >= 0xdc00 && first <= 0xdfff).toBe(false);
      }
    }
  });
  it('end after a space where one is near', () => {
    const text = 'harbour '.repeat(pageSize);
    for (const page of pagesOf(text).slice(0, -1)) expect(text[page.to - 1]).toBe(' ');
  });
  it('are found by offset, the end included', () => {
    const pages = [
      { from: 0, to: 10 },
      { from: 10, to: 20 },
    ];
    expect([0, 9, 10, 19, 20, 99].map((offset) => pageAt(pages, offset))).toEqual([0, 0, 1, 1, 1, 1]);
  });
});

describe('ranges on a page', () => {
  it('mark the same characters as in the whole text', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(100), (a, b, c, d) => {
        const text = Array.from({ length: 101 }, (_, index) => String.fromCharCode(200 + index)).join('');
        const page = { from: Math.min(a, b), to: Math.max(a, b) };
        const range = { start: Math.min(c, d), end: Math.max(c, d) };
        const shown = text.slice(page.from, page.to);
        for (const part of onPage([range], page, 9)) {
          const words = shown.slice(part.start, part.end);
          expect(text.slice(range.start, range.end)).toContain(words);
          expect(words).not.toBe('');
        }
      }),
    );
  });
});
