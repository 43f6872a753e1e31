/** U13 for tokens: nothing lies outside every window, and no window has more tokens than the network reads. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WinnowError } from '../errors';
import { tokenWindows } from './tokens';

/** A token per three characters of a word, one for its end: joining pieces never has fewer. */
const words = (text: string) => 1 + (text.match(/\S{1,3}|\s+/g) ?? []).length;
/** A token per UTF-8 byte, as a tokenizer gives for what it has never seen. */
const bytes = (text: string) => 1 + new TextEncoder().encode(text).length;
const limits = { maxTokens: 40, overlap: 10 };

describe('tokenWindows', () => {
  it('is one window for a text that fits', () => {
    expect([...tokenWindows('', words, limits)]).toEqual([{ start: 0, end: 0 }]);
    expect([...tokenWindows('a red bicycle', words, limits)]).toEqual([{ start: 0, end: 13 }]);
  });

  it.each([
    ['words', words],
    ['bytes', bytes],
  ])('covers any text in order, each window within its limit, neighbours sharing some (%s)', (_, count) => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'bc ', ' ', 'é', '日本', '👍🏽', '\n', 'ไทย'),
      maxLength: 400,
    });
    fc.assert(
      fc.property(text, (given) => {
        const found = [...tokenWindows(given, count, limits)];
        expect(found[0]!.start).toBe(0);
        expect(found.at(-1)!.end).toBe(given.length);
        for (const [at, { start, end }] of found.entries()) {
          expect(count(given.slice(start, end))).toBeLessThanOrEqual(limits.maxTokens);
          const before = found[at - 1];
          if (!before) continue;
          expect(start).toBeLessThanOrEqual(before.end);
          expect(start).toBeGreaterThan(before.start);
          expect(end).toBeGreaterThan(before.end);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('shares about the tokens it was asked to', () => {
    const text = 'the red bicycle leans on a stone bridge '.repeat(40);
    const found = [...tokenWindows(text, words, { maxTokens: 200, overlap: 60 })];
    expect(found.length).toBeGreaterThan(3);
    for (const [at, { start }] of found.entries()) {
      if (at === 0) continue;
      const shared = words(text.slice(start, found[at - 1]!.end)) - 1;
      expect(shared).toBeGreaterThan(25);
      expect(shared).toBeLessThanOrEqual(60);
    }
  });

  it('U10 cuts a megabyte without spaces, counting each character a few times', () => {
    let counted = 0;
    const count = (text: string) => {
      counted += text.length;
      return 1 + Math.ceil(text.length / 4);
    };
    const text = 'x'.repeat(2 ** 20);
    const found = [...tokenWindows(text, count, { maxTokens: 384, overlap: 64 })];
    expect(found.at(-1)!.end).toBe(text.length);
    expect(counted).toBeLessThan(4 * text.length);
  });

  it('refuses limits that leave no room, and characters that do not fit', () => {
    expect(() => [...tokenWindows('a', words, { maxTokens: 5, overlap: 0 })]).toThrow(WinnowError);
    expect(() => [...tokenWindows('a', words, { maxTokens: 40, overlap: 30 })]).toThrow(WinnowError);
    expect(() => [...tokenWindows('aa', (text) => text.length * 100, limits)]).toThrow(/more tokens than/);
  });
});
