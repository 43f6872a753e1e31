import { describe, expect, it } from 'vitest';
import { displayName, displayPath, NAME_LIMIT } from './names';

const length = (text: string) => [...text].length;

describe('I17 names of strangers', () => {
  it.each([
    ['pineapple.jpg', 'pineapple.jpg'],
    ['<b onclick=x>.png', '<b onclick=x>.png'],
    ['=cmd|x.csv', '=cmd|x.csv'],
    ['a\u0000b\nc\u007f.png', 'a␀b␊c␡.png'],
    ['photo\u202Egpj.exe', 'photo[U+202E]gpj.exe'],
    ['zero\u200bwidth', 'zero[U+200B]width'],
    ['half \ud800 character', 'half \ufffd character'],
    ['családi \u{1f468}\u200d\u{1f469}.png', 'családi \u{1f468}\u200d\u{1f469}.png'],
    ['', ''],
  ])('%j is shown as %j', (raw, shown) => expect(displayName(raw)).toBe(shown));

  it('keeps right-to-left letters from turning what stands beside them', () => {
    expect(displayName('אננס.jpg')).toBe('\u2068אננס.jpg\u2069');
  });

  it('cuts to 120 with the extension kept, however long', () => {
    for (const size of [121, 500, 4096, 5_000_000]) {
      const shown = displayName(`${'a'.repeat(size)}.jpeg`);
      expect(length(shown)).toBe(NAME_LIMIT);
      expect(shown).toMatch(/^a+….jpeg$/u);
    }
    expect(displayName('b'.repeat(120))).toBe('b'.repeat(120));
    expect(length(displayName('\u{1f34d}'.repeat(300)))).toBe(NAME_LIMIT);
    expect(displayName(`${'a'.repeat(200)}.${'x'.repeat(50)}`)).toMatch(/^a+…$/);
    // What is shown in place of a character is longer than the character.
    expect(length(displayName('\u202e'.repeat(100)))).toBe(NAME_LIMIT);
  });

  it('A05 shows a path as text, its end first of all', () => {
    expect(displayPath('../../etc/x.png')).toBe('… / .. / etc / x.png');
    expect(displayPath('C:\\pictures\\a.png')).toBe('C: / pictures / a.png');
    expect(displayPath('/a.png')).toBe('a.png');
  });
});
