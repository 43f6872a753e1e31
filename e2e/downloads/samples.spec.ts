/** Samples of the long runs: `npm run soak` with `downloads`, `kills`, `installs` and `stored` does the rest. */
import { runCorruptions } from './corruptions';
import { runInstallKills } from './install-kills';
import { withStage } from './installing';
import { MOST_LOST, runKills } from './kills';
import { expect, test } from './stage';
import { runStoredCorruptions } from './stored-corruptions';

test('N06 twenty seeded corruptions: the file, or a typed error and nothing', async ({
  open,
  hub,
  standIn,
}) => {
  test.setTimeout(300_000);
  const { problems, ended } = await runCorruptions({ page: await open(), hub, standIn }, 1, 20);
  expect(problems).toEqual([]);
  expect(ended.get('verified')).toBeGreaterThan(4);
});

test('S04, S05 three deaths of the page or the browser: no whole chunk is lost, none counts before its time', async () => {
  test.setTimeout(180_000);
  const { problems, kills, lost } = await runKills(1, 3);
  expect(problems).toEqual([]);
  expect(kills).toBe(3);
  expect(lost).toBeLessThanOrEqual(MOST_LOST);
});

test('S04, S05 three deaths while a model is installed: all of it or nothing, and no whole chunk is lost', async () => {
  test.setTimeout(180_000);
  const { problems, kills, twice } = await runInstallKills(80, 3);
  expect(problems).toEqual([]);
  expect(kills).toBe(3);
  expect(twice).toBeLessThanOrEqual(1);
});

test('S10 changed chunks: none reaches a session, and what was only downloaded is mended', async () => {
  test.setTimeout(180_000);
  await withStage(async (stage) => {
    const installed = await runStoredCorruptions(stage, 'model', 100, 12);
    expect(installed.problems).toEqual([]);
    expect(installed.ended.get('asset-corrupt')).toBeGreaterThan(9);
    const sources = await runStoredCorruptions(stage, 'sources', 100, 5);
    expect(sources.problems).toEqual([]);
    expect(sources.ended.get('scored')).toBe(5);
  });
});
