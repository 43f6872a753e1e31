import { expect, it } from 'vitest';
import { beginsAlike } from './beginning';

it('W10: first layers vouch only for what gives the same numbers', () => {
  const known = [0.5, -2, 0];
  expect(beginsAlike([0.5, -2, 0], known)).toBe(true);
  expect(beginsAlike([0.5, -2, 1e-6], known)).toBe(true);
  for (const found of [undefined, [], [0.5, -2], [0.5, -2, 1e-3], [0, 0, 0], [0.5, -2, Number.NaN]])
    expect(beginsAlike(found, known)).toBe(false);
  expect(beginsAlike([0, 0, 0], [0, 0, 0])).toBe(false);
  expect(beginsAlike([], [])).toBe(false);
  expect(beginsAlike(known, undefined)).toBe(false);
});
