import fc from 'fast-check';
import { expect, it } from 'vitest';
import { paged } from './paged';

const PAGE = 64 * 1024;

function source(size: number) {
  const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 255);
  let reads = 0;
  const read = (start: number, end: number) => {
    reads += 1;
    return bytes.slice(start, end);
  };
  return { bytes, read, reads: () => reads };
}

it('gives the same bytes as reading directly, over page borders and at the end', () => {
  const size = 3 * PAGE + 777;
  const { bytes, read } = source(size);
  const through = paged(read, [0, size]);
  const range = fc.tuple(fc.integer({ min: 0, max: size }), fc.integer({ min: 0, max: 2 * PAGE }));
  fc.assert(
    fc.property(range, ([start, length]) => {
      const end = Math.min(size, start + length);
      // Comparing them as arrays takes a second per hundred thousand numbers.
      expect(Buffer.compare(through(start, end), bytes.subarray(start, end))).toBe(0);
    }),
    { numRuns: 300 },
  );
});

it('reads a page once for all that lies in it, and gives copies', () => {
  const { read, reads, bytes } = source(2 * PAGE);
  const through = paged(read, [0, 2 * PAGE]);
  through(0, 10).fill(9);
  for (let at = 0; at < PAGE; at += 1024) through(at, at + 1024);
  expect(reads()).toBe(1);
  expect(through(0, 10)).toEqual(bytes.slice(0, 10));
});

it('forgets what was used longest ago', () => {
  const { read, reads } = source(300 * PAGE);
  const through = paged(read, [0, 300 * PAGE]);
  for (let at = 0; at < 300; at++) through(at * PAGE, at * PAGE + 1);
  const before = reads();
  through(299 * PAGE, 299 * PAGE + 1);
  expect(reads()).toBe(before);
  through(0, 1);
  expect(reads()).toBe(before + 1);
});

it('counts pages from where they begin, shows each to the check once, and reads what lies outside as it is', () => {
  const { read, bytes } = source(4 * PAGE);
  const checked: [page: number, length: number][] = [];
  const [start, end] = [777, 3 * PAGE];
  const through = paged(read, [start, end], (page, { length }) => checked.push([page, length]));
  const same = (from: number, to: number) =>
    Buffer.compare(through(from, to), bytes.subarray(from, to)) === 0;
  expect(
    same(start, end) && same(start + PAGE - 5, start + PAGE + 5) && same(0, 900) && same(end - 1, end + 9),
  ).toBe(true);
  expect(checked).toEqual([
    [0, PAGE],
    [1, PAGE],
    [2, 3 * PAGE - 777 - 2 * PAGE],
  ]);
});

it('gives nothing of a page that its check refuses, however often it is asked for', () => {
  const { read } = source(PAGE);
  const through = paged(read, [0, PAGE], () => {
    throw new Error('changed');
  });
  for (let round = 0; round < 2; round++) expect(() => through(5, 6)).toThrow('changed');
});
