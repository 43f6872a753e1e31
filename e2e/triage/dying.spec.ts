/** Pages that die while the database of runs is made, or made anew by a newer version. */

import type { Page } from '@playwright/test';
import { TRIAGE_DATABASE } from '../../src/rpc/databases';
import { expect, openSdk, test } from '../support/sdk-page';
import { beginRun, exported, openRun } from './stage';

/** Begins to make the database, or to make it anew, and dies in the middle of that. */
async function dieUpgrading(page: Page, version: number): Promise<void> {
  await page.evaluate(
    ([name, to]) =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open(name, to);
        opening.onupgradeneeded = () => {
          const database = opening.result;
          if (database.objectStoreNames.contains('triage')) database.deleteObjectStore('triage');
          const store = database.createObjectStore(to === 1 ? 'triage' : 'newer');
          // As long as something is asked for, it does not end.
          const goOn = () => {
            store.get('nothing').onsuccess = goOn;
          };
          store.put('half', 'half').onsuccess = () => {
            goOn();
            resolve();
          };
        };
      }),
    [TRIAGE_DATABASE, version] as const,
  );
  const client = await page.context().newCDPSession(page);
  const gone = page.waitForEvent('crash');
  client.send('Page.crash').catch(() => {});
  await gone;
  await page.close();
}

test('S14: a page dies while the database of runs is made or remade; what was there is there, and work goes on', async ({
  serve,
  context,
}) => {
  const url = await serve();
  const begin = async () => openSdk(await context.newPage(), url);
  const keys = (page: Page) =>
    page.evaluate(async () => (await indexedDB.databases()).map(({ name, version }) => `${name} ${version}`));

  await dieUpgrading(await begin(), 1);
  const first = await begin();
  expect((await keys(first)).filter((key) => key.startsWith(TRIAGE_DATABASE))).toEqual([]);
  const id = await beginRun(first, 20);
  await first.evaluate(() => run.decide([{ item: 'i3', decision: 'clear' }]));
  const before = await exported(first);
  expect(before).toMatchObject({ items: 20, records: [{ item: 'i3', decision: 'clear' }] });
  await first.close();

  await dieUpgrading(await begin(), 2);
  const second = await begin();
  await openRun(second, id);
  expect(await exported(second)).toEqual(before);
  await second.evaluate(() => run.decide([{ item: 'i4', decision: 'block' }]));
  expect((await exported(second)).records).toHaveLength(2);
  expect(await keys(second)).toContain(`${TRIAGE_DATABASE} 1`);
});
