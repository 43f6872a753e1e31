/** A run whose page is frozen, left, loaded again, killed or robbed of its storage while it judges and after. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import { TRIAGE_DATABASE } from '../../src/rpc/databases';
import { png } from '../bench-view/files';
import { DIST } from '../support/build';

const COUNT = 40;

/** A folder of neutral patterns, each another one, large enough that judging them takes a while. */
function folder(): string {
  const made = join(mkdtempSync(join(tmpdir(), 'winnow-lifecycle-')), 'patterns');
  mkdirSync(made);
  for (let at = 0; at < COUNT; at++)
    writeFileSync(
      join(made, `pattern-${at + 1}.png`),
      png(400, 300, (x, y) => [(x * (at + 2)) & 255, (y * 5 + at * 17) & 255, ((x ^ y) * 4 + at * 9) & 255]),
    );
  return made;
}

const dock = (page: Page) => page.locator('.deskbar');
const choose = (page: Page, path: string) => page.locator('input[aria-label="Folder"]').setInputFiles(path);
const judged = (page: Page) =>
  page
    .getByRole('progressbar', { name: 'Judging' })
    .evaluate((bar) => Number(bar.getAttribute('aria-valuenow')));
const judgedAtLeast = (page: Page, count: number) =>
  // Often: a fast machine judges all of them between two looks that are a second apart.
  expect.poll(() => judged(page), { timeout: 60_000, intervals: [50] }).toBeGreaterThanOrEqual(count);
/** A run that is opened again: whether it was listed to its end depends on when its page went. */
const backAgain = new RegExp(`of ${COUNT} (so far )?judged`);
const allJudged = (page: Page) =>
  expect(page.getByText(`${COUNT} of ${COUNT} judged`)).toBeVisible({ timeout: 60_000 });

/** How often each item's scores were written down, and the run's place. */
function kept(page: Page) {
  return page.evaluate(async (name) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const store = database.transaction('triage').objectStore('triage');
    const get = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve) => {
        request.onsuccess = () => resolve(request.result);
      });
    const pages = await get(store.getAll(IDBKeyRange.bound(['page'], ['page', []])));
    const runs = await get(store.getAll(IDBKeyRange.bound(['run'], ['run', []])));
    database.close();
    const times: Record<string, number> = {};
    const items = new Set<string>();
    for (const each of pages) {
      const { items: some, scores } = JSON.parse(each);
      for (const { id } of some) items.add(id);
      for (const { item } of scores) times[item] = (times[item] ?? 0) + 1;
    }
    return { items: items.size, times, place: runs[0]?.now.place ?? {} };
  }, TRIAGE_DATABASE);
}

test('T08: asleep for an hour while it judges, it goes on, and nothing is blamed for that', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const server = await startServer({ dir: DIST });
  const files = folder();
  // Timers that were due come once, late, as after a sleep.
  await page.clock.install();
  await page.goto(`${server.url}#/triage`);
  await expect(page.getByText('Judged by Starter')).toBeVisible({ timeout: 30_000 });
  await choose(page, files);
  await judgedAtLeast(page, 1);
  expect(await judged(page)).toBeLessThan(COUNT);
  await page.clock.fastForward('01:00:00');
  await allJudged(page);
  // The count, and how many of it are open.
  await expect(page.locator('.tally div', { hasText: 'Needs review' })).toHaveText('Needs review00 open');
  await expect.poll(async () => Object.keys((await kept(page)).times).length).toBe(COUNT);
  const { times } = await kept(page);
  expect(Object.entries(times).filter(([, count]) => count !== 1)).toEqual([]);
  // Once at most: how often is said beside what it runs on.
  await page.goto(`${server.url}#/models/starter-image`);
  await expect(page.locator('main')).toContainText('opened in');
  await expect(page.locator('main')).not.toContainText(/restarted \d+ times/);
  await page.close();
  rmSync(join(files, '..'), { recursive: true });
  await server.close();
});

test('T05, T06, T07, T09, T10, T11, S09, W03: a run outlives its page', async ({ context }) => {
  test.setTimeout(150_000);
  const server = await startServer({ dir: DIST });
  const files = folder();
  let page = await context.newPage();
  let client = await context.newCDPSession(page);
  await page.goto(`${server.url}#/triage`);
  await expect(page.getByText('Judged by Starter')).toBeVisible({ timeout: 30_000 });
  await choose(page, files);

  await test.step('T05: frozen, it goes on where it was; it holds a lock as long as it judges', async () => {
    await judgedAtLeast(page, 1);
    const held = await page.evaluate(async () =>
      (await navigator.locks.query()).held!.map(({ name }) => name),
    );
    if ((await judged(page)) < COUNT) expect(held.join()).toContain('winnow-judging-');
    await client.send('Page.setWebLifecycleState', { state: 'frozen' });
    await client.send('Page.setWebLifecycleState', { state: 'active' });
    await judgedAtLeast(page, 3);
    // A page that was frozen this way takes no files any more, not even after a reload: the next steps have one of their own.
    const url = page.url();
    await page.close();
    page = await context.newPage();
    await page.goto(url);
    await expect(page.locator('.run')).toContainText(backAgain, { timeout: 30_000 });
    if ((await judged(page)) < COUNT) await choose(page, files);
  });

  await test.step('T10: loaded again while it judges, it goes on with what was not finished', async () => {
    for (const moment of [5, 15]) {
      await judgedAtLeast(page, moment);
      // What has reached the disk is finished.
      await expect.poll(async () => Object.keys((await kept(page)).times).length).toBeGreaterThan(0);
      await page.reload();
      await expect(page.locator('.run')).toContainText(backAgain, { timeout: 30_000 });
      if ((await judged(page)) < COUNT) await choose(page, files);
    }
  });

  await test.step('W03: killed while it judges, it is there again, and nothing is blamed for one crash', async () => {
    client = await context.newCDPSession(page);
    client.send('Page.crash').catch(() => {});
    await page.waitForEvent('crash');
    const url = page.url();
    page = await context.newPage();
    client = await context.newCDPSession(page);
    await page.goto(url);
    await expect(page.locator('.run')).toContainText(backAgain, { timeout: 30_000 });
    if ((await judged(page)) < COUNT) await choose(page, files);
    await allJudged(page);
    // The count, and how many of it are open.
    await expect(page.locator('.tally div', { hasText: 'Needs review' })).toHaveText('Needs review00 open');
    await expect.poll(async () => Object.keys((await kept(page)).times).length).toBe(COUNT);
    await expect.poll(async () => (await kept(page)).place).toMatchObject({ trying: '' });
    const { items, times } = await kept(page);
    expect(items).toBe(COUNT);
    expect(Object.entries(times).filter(([, count]) => count !== 1)).toEqual([]);
  });

  await test.step('T06: discarded, it comes back to the same item, order and filter, and hides', async () => {
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await expect(dock(page)).toContainText('1 decided');
    await page.getByLabel('Sort by').selectOption('added');
    await expect
      .poll(async () => (await kept(page)).place)
      .toMatchObject({ view: expect.stringContaining('added'), item: expect.any(String) });
    await page.addInitScript(() =>
      Object.defineProperty(Document.prototype, 'wasDiscarded', { get: () => true }),
    );
    await page.reload();
    await expect(page.getByLabel('Sort by')).toHaveValue('added', { timeout: 30_000 });
    // Names are not kept: the item is called by what it is, and by its number.
    const number = String((await kept(page)).place.item).slice(1);
    await expect(page.locator('.review__head h2')).toHaveText(`Picture ${number}`);
    await expect(page.locator('.review > .veil[data-phase="shown"]')).toHaveCount(0);
    await expect(dock(page)).toContainText('1 decided');
  });

  await test.step('T07: left and come back to, it decides and saves', async () => {
    await page.goto('about:blank');
    await page.goBack();
    await expect(dock(page)).toContainText('1 decided', { timeout: 30_000 });
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    await expect(dock(page)).toContainText('2 decided');
    await expect(dock(page)).toContainText('Saved');
  });

  await test.step('T11: a tab of another version is told of, above the items', async () => {
    await page.evaluate(() => {
      const channel = new BroadcastChannel('winnow-runs');
      channel.postMessage({ v: 0, what: 'records', run: 'x' });
      channel.close();
    });
    await expect(page.getByText('Another tab runs another version of Winnow.')).toBeVisible();
  });

  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    // Stays, as somebody would who sees what would be lost.
    void dialog.dismiss();
  });

  await test.step('S09: wiped while it is open, it says so, goes on in memory and can be exported', async () => {
    const origin = new URL(server.url).origin;
    await client.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
    await page.keyboard.press('x');
    await expect(page.getByText('This run is in this tab only.')).toBeVisible({ timeout: 30_000 });
    await expect(dock(page)).toContainText('3 decided');
    await expect(dock(page)).toContainText('Export before you leave');
  });

  await test.step('T09: leaving is asked about while a decision would be lost, and not once it is exported', async () => {
    await page.evaluate(() => setTimeout(() => location.reload()));
    await expect.poll(() => asked).toEqual(['beforeunload']);
    await expect(dock(page)).toContainText('3 decided');
    await page.getByRole('button', { name: 'Export', exact: true }).first().click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export: Run file' }).click(),
    ]);
    expect(await download.failure()).toBeNull();
    await page.reload();
    expect(asked).toEqual(['beforeunload']);
    await expect(page.getByText('That could not be opened.')).toBeVisible({ timeout: 30_000 });
  });

  await page.close();
  rmSync(join(files, '..'), { recursive: true });
  await server.close();
});
