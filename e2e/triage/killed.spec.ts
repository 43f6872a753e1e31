/** A short sample of `npm run soak -- triage`. */
import { expect, test } from '@playwright/test';
import { tableByKeyboard } from './by-keyboard';

test('Y02, S06, T10: by keyboard from the folder to the table, and the same with the browser killed on the way', async () => {
  test.setTimeout(180_000);
  const seed = 3;
  const whole = await tableByKeyboard({ items: 8, kills: 0, seed });
  expect(whole.split('\n').filter((line) => line !== '')).toHaveLength(9);
  expect(await tableByKeyboard({ items: 8, kills: 3, seed })).toBe(whole);
});
