/** Samples of the long runs: `npm run soak -- downloads` and `npm run soak -- kills` do the rest. */
import { runCorruptions } from './corruptions';
import { MOST_LOST, runKills } from './kills';
import { expect, test } from './stage';

test('N06 fifty seeded corruptions: the file, or a typed error and nothing', async ({
  open,
  hub,
  standIn,
}) => {
  test.setTimeout(300_000);
  const { problems, ended } = await runCorruptions({ page: await open(), hub, standIn }, 1, 50);
  expect(problems).toEqual([]);
  expect(ended.get('verified')).toBeGreaterThan(10);
});

test('S04, S05 five deaths of the page or the browser: no whole chunk is lost, none counts before its time', async () => {
  test.setTimeout(180_000);
  const { problems, kills, lost } = await runKills(1, 5);
  expect(problems).toEqual([]);
  expect(kills).toBe(5);
  expect(lost).toBeLessThanOrEqual(MOST_LOST);
});
