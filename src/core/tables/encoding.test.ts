import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined, utf8 } from '../checkpoint/testing';
import { decoder, detectEncoding, type Encoding, isWhole } from './encoding';

const utf16 = (text: string, big: boolean) => {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), !big);
  return new Uint8Array(view.buffer);
};

/** Decoded in pieces that end at `cuts`. */
function inPieces(bytes: Uint8Array, encoding: Encoding, cuts: readonly number[]): string {
  const reader = decoder(encoding);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  let [text, from] = ['', 0];
  for (const [i, end] of ends.entries()) {
    text += reader.push(bytes.subarray(from, end), i === ends.length - 1);
    from = end;
  }
  return text;
}

describe('A15 the encoding of a table', () => {
  it.each<[Encoding, Uint8Array]>([
    ['utf-8', utf8('id,prompt\n1,a')],
    ['utf-8', joined([0xef, 0xbb, 0xbf], utf8('id'))],
    ['utf-8', new Uint8Array()],
    ['utf-16le', joined([0xff, 0xfe], utf16('id', false))],
    ['utf-16be', joined([0xfe, 0xff], utf16('id', true))],
    ['utf-16le', utf16('id,prompt\n1,a pineapple', false)],
    ['utf-16be', utf16('id,prompt\n1,a pineapple', true)],
  ])('is %s', (encoding, bytes) => expect(detectEncoding(bytes)).toBe(encoding));

  it('leaves out the mark at the beginning, and no other', () => {
    for (const cut of [0, 1, 2, 3, 4]) {
      expect(inPieces(joined([0xef, 0xbb, 0xbf], utf8('a\ufeffb')), 'utf-8', [cut])).toBe('a\ufeffb');
      expect(inPieces(utf16('\ufeffab', true), 'utf-16be', [cut])).toBe('ab');
      expect(inPieces(utf16('\ufeffab', false), 'utf-16le', [cut])).toBe('ab');
    }
  });

  const cuts = fc.array(fc.nat(), { maxLength: 6 });

  it('is the same text wherever the pieces end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), cuts, (text, at) => {
        const marked = `x${text}`;
        expect(inPieces(utf8(marked), 'utf-8', at)).toBe(marked);
        for (const big of [true, false])
          expect(inPieces(utf16(marked, big), big ? 'utf-16be' : 'utf-16le', at)).toBe(marked);
      }),
    );
  });

  it('marks exactly what is no text: as WHATWG’s decoder replaces it', () => {
    const pieces = fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.string({ unit: 'grapheme', maxLength: 4 }).map(utf8),
    );
    fc.assert(
      fc.property(fc.array(pieces), cuts, (parts, at) => {
        const bytes = joined(utf8('x'), ...parts);
        const whole = inPieces(bytes, 'utf-8', []);
        expect(inPieces(bytes, 'utf-8', at)).toBe(whole);
        let proper = true;
        try {
          const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
          expect(whole).toBe(text);
        } catch {
          proper = false;
        }
        expect(isWhole(whole)).toBe(proper);
        // Nothing that was text is lost: one half character stands for each byte that was none.
        expect(utf8(whole.replace(/[\udc80-\udcff]/gu, '')).length + halves(whole)).toBe(bytes.length);
      }),
      { numRuns: 500 },
    );
    expect(isWhole(inPieces(utf16('a\ud800b', false), 'utf-16le', []))).toBe(false);
    expect(isWhole(inPieces(joined(utf16('ab', false), [0x61]), 'utf-16le', []))).toBe(false);
    expect(isWhole(inPieces(utf8('a real \ufffd'), 'utf-8', []))).toBe(true);
  });
});

const halves = (text: string) => [...text.matchAll(/[\udc80-\udcff]/gu)].length;
