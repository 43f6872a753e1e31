/** Samples of the long runs: `npm run soak` with `downloads`, `kills`, `installs` and `stored` does the rest. */
import { runCorruptions } from './corruptions';
import { runInstallKills } from './install-kills';
import { withStage } from './installing';
import { MOST_TWICE, runKills } from './kills';
import { expect, test } from './stage';
import { runStoredCorruptions } from './stored-corruptions';

test('N06 eight seeded corruptions: the file, or a typed error and nothing', async ({
  open,
  hub,
  standIn,
}) => {
  test.setTimeout(300_000);
  const { problems, ended } = await runCorruptions({ page: await open(), hub, standIn }, 1, 8);
  expect(problems).toEqual([]);
  expect(ended.get('verified')).toBeGreaterThan(1);
});

test('S04, S05 three deaths of the page or the browser: no whole chunk is lost, none counts before its time', async () => {
  test.setTimeout(180_000);
  const { problems, kills, twice } = await runKills(1, 3);
  expect(problems).toEqual([]);
  expect(kills).toBe(3);
  expect(twice).toBeLessThanOrEqual(MOST_TWICE);
});

test('S04, S05 two deaths while a model is installed: all of it or nothing, and no whole chunk is lost', async () => {
  test.setTimeout(180_000);
  const { problems, kills, twice } = await runInstallKills(80, 2);
  expect(problems).toEqual([]);
  expect(kills).toBe(2);
  expect(twice).toBeLessThanOrEqual(MOST_TWICE);
});

test('S10 changed chunks: none reaches a session, and what was only downloaded is mended', async () => {
  test.setTimeout(180_000);
  await withStage(async (stage) => {
    const installed = await runStoredCorruptions(stage, 'model', 100, 6);
    expect(installed.problems).toEqual([]);
    expect(installed.ended.get('asset-corrupt')).toBeGreaterThan(4);
    const sources = await runStoredCorruptions(stage, 'sources', 100, 2);
    expect(sources.problems).toEqual([]);
    expect(sources.ended.get('scored')).toBe(2);
  });
});
