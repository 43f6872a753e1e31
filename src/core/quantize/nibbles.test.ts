import { expect, it } from 'vitest';
import { narrowI4, widenI4 } from './nibbles';

it('four bits and back, every pair of them', () => {
  const values = Int8Array.from(
    { length: 512 },
    (_, i) => ((i % 2 === 0 ? i >> 5 : (i >> 1) & 15) << 28) >> 28,
  );
  const kept = narrowI4(values);
  expect(kept).toHaveLength(256);
  expect(new Set(kept).size).toBe(256);
  expect([...new Int8Array(widenI4(kept).buffer)]).toEqual([...values]);
});
