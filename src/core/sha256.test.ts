import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Sha256, sha256 } from './sha256';

const reference = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

it('is the hash of the whole, however it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (pieces) => {
      const hash = new Sha256();
      for (const piece of pieces) hash.update(piece);
      expect(hash.finish()).toBe(reference(Buffer.concat(pieces)));
    }),
    { seed: 1, numRuns: 300 },
  );
});

it('pads every length right', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = new Uint8Array(length).fill(length);
    const hash = new Sha256();
    hash.update(bytes);
    expect(hash.finish(), String(length)).toBe(reference(bytes));
  }
});

it('takes texts, and hashes at once', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, at) => at * 7 + length);
    expect(sha256(bytes)).toBe(reference(bytes));
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      const formed = text.toWellFormed();
      expect(sha256(formed)).toBe(reference(Buffer.from(formed)));
    }),
  );
});
