import { describe, expect, it } from 'vitest';
import { runsOf } from './readback';

describe('runsOf', () => {
  it('joins neighbours and nothing else', () => {
    expect(runsOf([])).toEqual([]);
    expect(runsOf([7])).toEqual([[7, 1]]);
    expect(runsOf([0, 1, 2, 5, 6, 9])).toEqual([
      [0, 3],
      [5, 2],
      [9, 1],
    ]);
  });
});
