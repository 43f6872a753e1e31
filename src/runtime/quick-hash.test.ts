import { expect, it } from 'vitest';
import { isQuickHash, quickHash } from './quick-hash';

it('is XXH128: the vectors of the specification’s own implementation', async () => {
  const hash = await quickHash();
  // https://github.com/Cyan4973/xxHash, tests/sanity_test_vectors.h: no bytes, seed 0.
  expect(hash(new Uint8Array())).toBe('99aa06d3014798d86001c324468d497f');
  expect(isQuickHash(hash(Uint8Array.of(1)))).toBe(true);
});

it('tells any changed bit, and can be asked again', async () => {
  const hash = await quickHash();
  const bytes = Uint8Array.from({ length: 1_000 }, (_, at) => (at * 7) & 255);
  const before = hash(bytes);
  for (let at = 0; at < bytes.length; at += 37) {
    bytes[at]! ^= 1 << (at % 8);
    expect(hash(bytes)).not.toBe(before);
    bytes[at]! ^= 1 << (at % 8);
  }
  expect(hash(bytes)).toBe(before);
});

it.each(['a'.repeat(64), 'A'.repeat(32), 'g'.repeat(32), '', 5, undefined])('%s is none', (value) => {
  expect(isQuickHash(value)).toBe(false);
});
