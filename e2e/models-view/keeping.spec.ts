/** What the browser keeps: shown, asked to stay, damaged and repaired, wiped, denied, cleared; here and in other tabs. */
import type { Page } from '@playwright/test';
import { RunFileCheck } from '../../src/core/triage/run-file';
import { picture, png } from '../support/journey';
import { decide, exported, judgeRun, savedBy } from '../support/triage';
import { MARQO, ready, type Site, startInstall, test, visit } from './hub-stage';
import { card, chooseOwn, dialog, expect, filesOf, installOwn, kept, list, row } from './stage';

const storage = (page: Page) => page.getByRole('region', { name: 'Storage' });

async function installMarqo(page: Page, site: Site): Promise<void> {
  await visit(page, site);
  await startInstall(page, MARQO);
  await expect(ready(page, MARQO)).toBeVisible({ timeout: 60_000 });
}

const PICTURES = [1, 2].map((at) => picture(`pattern-${at}.png`, png(40, 30, [90 * at, 40, 30])));

/** A run of two pictures, both decided. */
async function decidedRun(page: Page, saved?: RegExp): Promise<void> {
  await page.getByRole('link', { name: 'Triage', exact: true }).click();
  await judgeRun(page, PICTURES);
  await decide(page, 'ax', saved);
}

/** Decisions in a run file that is whole. */
function recordsIn(file: string): number {
  const check = new RunFileCheck();
  for (const line of file.trimEnd().split('\n')) check.next(line);
  return check.end().records;
}

const models = (page: Page) => page.getByRole('link', { name: 'Models', exact: true }).click();

/** Alters or deletes one chunk of what is kept of a model. */
function spoil(page: Page, how: 'flip' | 'delete'): Promise<void> {
  return page.evaluate(async (what) => {
    const database = await new Promise<IDBDatabase>((done, fail) => {
      const request = indexedDB.open('winnow-models');
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    const store = () => database.transaction('kept', 'readwrite').objectStore('kept');
    const of = <T>(request: IDBRequest<T>) =>
      new Promise<T>((done, fail) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => fail(request.error);
      });
    const keys = await of(store().getAllKeys());
    const key = keys.find((each) => Array.isArray(each) && each[0] === 'chunk')!;
    if (what === 'delete') await of(store().delete(key));
    else {
      const blob: Blob = await of(store().get(key));
      const bytes = new Uint8Array(await blob.arrayBuffer());
      bytes[Math.floor(bytes.length / 2)]! ^= 255;
      await of(store().put(new Blob([bytes]), key));
    }
    database.close();
  }, how);
}

test('S10: a damaged model says Repair, and comes again from where it came', async ({ page, site }) => {
  test.slow();
  await installMarqo(page, site);
  for (const how of ['flip', 'delete'] as const)
    await test.step(how, async () => {
      await spoil(page, how);
      await page.reload();
      const bench = ready(page, MARQO).getByRole('button', { name: `${MARQO} on the bench` });
      if (how === 'flip') await bench.click();
      await expect(ready(page, MARQO)).toContainText('Damaged.', { timeout: 60_000 });
      await ready(page, MARQO)
        .getByRole('button', { name: `Repair ${MARQO}` })
        .click();
      await expect(list(page, 'In progress').getByRole('article', { name: MARQO })).toHaveCount(1);
      await expect(ready(page, MARQO)).toContainText('Check passed.', { timeout: 60_000 });
    });
});

const clearData = async (page: Page, { url }: Site) => {
  const client = await page.context().newCDPSession(page);
  const origin = new URL(url).origin;
  await client.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
};

test('S08, S09, S10, S15: what the browser keeps of a model from files: asked for, damaged, deleted while open, deleted since', async ({
  page,
  site,
}) => {
  test.slow();
  await page.addInitScript(() => {
    const answers = [false, true];
    Object.assign(navigator.storage, {
      persisted: async () => Boolean(Reflect.get(window, 'persisted')),
      persist: async () => {
        const next = Reflect.get(window, 'asked') ? answers.shift()! : false;
        Object.assign(window, { persisted: next });
        return next;
      },
    });
  });
  await visit(page, site);
  await installOwn(page, 'Mine', filesOf('timm-vit'));
  const notice = page.getByRole('region', { name: 'Notice' });

  await test.step('S15: what it answers to being asked to keep models is shown', async () => {
    await expect(storage(page)).toContainText('The browser may delete models when it runs short of room.');
    await page.evaluate(() => Object.assign(window, { asked: true }));
    await storage(page).getByRole('button', { name: 'Ask it to keep them' }).click();
    await expect(storage(page)).toContainText('The browser did not agree.');
    await storage(page).getByRole('button', { name: 'Ask again' }).click();
    await expect(storage(page)).toContainText('The browser keeps models until you delete them.');
  });

  await test.step('S10: damaged, it asks for its files again', async () => {
    await spoil(page, 'flip');
    await page.reload();
    await row(page, 'Mine').getByRole('button', { name: 'Mine on the bench' }).click();
    await expect(row(page, 'Mine')).toContainText('Damaged.', { timeout: 60_000 });
    await row(page, 'Mine').getByRole('button', { name: 'Choose the files of Mine again' }).click();
    await card(page).locator('input[aria-label="Choose files for Mine"]').setInputFiles(filesOf('timm-vit'));
    await expect(row(page, 'Mine')).toContainText('Check passed.', { timeout: 60_000 });
  });

  let saved = '';
  await test.step('S15: decisions are said to be as lost as models would be, with the way to export them', async () => {
    await decidedRun(page);
    await models(page);
    await expect(storage(page)).toContainText('The browser may delete models and runs of triage when');
    await storage(page).getByRole('button', { name: 'Export runs' }).click();
    saved = await savedBy(page, () =>
      dialog(page)
        .getByRole('button', { name: /^Export / })
        .click(),
    );
    expect(recordsIn(saved)).toBe(2);
    await expect(dialog(page)).toContainText('Exported');
    await page.keyboard.press('Escape');
  });

  await test.step('S09: deleted while the page is open, it is named at once, and can be installed again', async () => {
    await clearData(page, site);
    await expect(notice).toContainText('No longer here: Mine, 1 run of triage.');
    // A14: the open run is in memory still, and goes on there.
    expect(
      recordsIn(
        await savedBy(page, () => notice.getByRole('button', { name: 'Export the open run' }).click()),
      ),
    ).toBe(2);
    await page.getByRole('link', { name: 'Triage', exact: true }).click();
    await expect(page.locator('.deskbar')).toContainText('2 decided');
    await page.keyboard.press('Backspace');
    await expect(page.locator('.deskbar')).toContainText('1 decided');
    await expect(page.locator('.deskbar')).toContainText('In this tab only. Export before you leave.');
    expect(recordsIn(await exported(page, 'Run file'))).toBe(3);
    await models(page);
    await expect(storage(page)).toContainText('No installed model yet');
    await installOwn(page, 'Mine', filesOf('timm-vit'));
  });

  await test.step('S08: deleted since the last visit, it is named, once; a run comes back from its export', async () => {
    // T09: leaving, decisions that are in the tab only are asked about.
    page.on('dialog', (question) => void question.accept());
    await page.reload();
    await decidedRun(page);
    await page.goto('about:blank');
    await clearData(page, site);
    await visit(page, site);
    await expect(notice).toContainText('No longer here: Mine, 1 run of triage.');
    await notice.getByRole('link', { name: 'Restore runs' }).click();
    await page.getByLabel('Run file').setInputFiles({
      ...{ name: 'run.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(saved) },
    });
    await expect(page.locator('.deskbar')).toContainText('2 decided');
    await models(page);
    await expect(storage(page)).toContainText('No installed model yet');
    await page.reload();
    await expect(storage(page)).toContainText('No installed model yet');
    await expect(notice).toHaveCount(0);
  });
});

test('S11 A14: a browser that keeps nothing says so; what is part of Winnow works, triage and its exports too', async ({
  page,
  site,
}) => {
  await page.addInitScript(() => {
    const denied = () => {
      throw new DOMException('The user denied permission to access the database.', 'SecurityError');
    };
    for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get: denied });
    const refused = () => Promise.reject(new DOMException('denied', 'SecurityError'));
    Object.assign(CacheStorage.prototype, { open: refused, keys: refused, match: refused, delete: refused });
    LockManager.prototype.request = refused;
    Object.assign(navigator.storage, { persist: refused, persisted: refused, estimate: refused });
  });
  await page.route(/\/assets\/(download|inference|journal|reading|pixels)-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    const script = `{
      const denied = () => new DOMException('denied', 'SecurityError');
      IDBFactory.prototype.open = () => { throw denied(); };
      IDBFactory.prototype.databases = async () => { throw denied(); };
      LockManager.prototype.request = async () => { throw denied(); };
      for (const name of ['open', 'keys', 'match', 'delete']) CacheStorage.prototype[name] = async () => { throw denied(); };
    }\n`;
    await route.fulfill({ response, body: script + (await response.text()) });
  });
  await visit(page, site);
  await expect(page.getByRole('region', { name: 'Notice' })).toContainText('Private mode.');
  await expect(storage(page)).toContainText('This browser keeps nothing for this page');
  await chooseOwn(page, filesOf('timm-vit'));
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Mine');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  await expect(row(page, 'Mine')).toContainText('This browser keeps nothing for this page', {
    timeout: 30_000,
  });
  await decidedRun(page, /In this tab only\. Export before you leave\./);
  expect(recordsIn(await exported(page, 'Run file'))).toBe(2);
  await expect(page.getByRole('region', { name: 'Notice' })).toContainText('export runs, before you leave');
});

test('S12, S13: what a newer version keeps is left alone, and the page says to reload', async ({
  page,
  context,
  site,
}) => {
  await visit(page, site);
  await installOwn(page, 'Mine', filesOf('timm-vit'));
  await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((done) => {
      const request = indexedDB.open('winnow-models');
      request.onsuccess = () => done(request.result);
    });
    const store = database.transaction('kept', 'readwrite').objectStore('kept');
    const key = ['model', 'own-mine'];
    const request = store.get(key);
    await new Promise<void>((done) => {
      request.onsuccess = () => {
        store.put({ ...request.result, version: 2 }, key).onsuccess = () => done();
      };
    });
    database.close();
  });
  const before = await kept(page);
  await page.reload();
  await expect(page.getByRole('region', { name: 'Notice' })).toContainText('Kept by a newer version.');
  await expect(page.getByRole('region', { name: 'Notice' })).toContainText('Nothing was deleted.');
  expect((await kept(page)).filter((each) => /model|chunk/.test(each))).toEqual(
    before.filter((each) => /model|chunk/.test(each)),
  );
  await page.getByRole('region', { name: 'Notice' }).getByRole('button', { name: 'Reload' }).click();
  await expect(page.getByRole('region', { name: 'Notice' })).toContainText('Kept by a newer version.');

  await test.step('S12: a newer version in another tab is let in at once, and the older one says so', async () => {
    const newer = await context.newPage();
    await newer.goto(`${site.url}favicon.svg`);
    const milliseconds = await newer.evaluate(async () => {
      const began = performance.now();
      const request = indexedDB.open('winnow-models', 2);
      request.onupgradeneeded = () => request.result.createObjectStore('newer').put('what it keeps', 'key');
      const database = await new Promise<IDBDatabase>((done, fail) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => fail(request.error);
      });
      database.close();
      return performance.now() - began;
    });
    expect(milliseconds).toBeLessThan(3_000);
    await expect(page.getByRole('region', { name: 'Notice' })).toContainText('Updated in another tab.');
    await newer.close();
  });

  await test.step('S13: after that, the older one reads nothing, deletes nothing, and misses nothing', async () => {
    const models = async () => (await kept(page)).filter((each) => /^(kept|newer) /.test(each));
    const there = await models();
    await page.getByRole('region', { name: 'Notice' }).getByRole('button', { name: 'Reload' }).click();
    await expect(page.getByRole('region', { name: 'Notice' })).toContainText('Created by a newer version.');
    await expect(page.getByRole('region', { name: 'Notice' })).toContainText('Nothing was deleted.');
    await chooseOwn(page, filesOf('timm-vit'));
    await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Another');
    await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
    await expect(row(page, 'Another')).toContainText('made by a newer version of Winnow', {
      timeout: 30_000,
    });
    expect(await models()).toEqual(there);
    expect(there.some((each) => each.includes('chunk'))).toBe(true);
  });
});

test('X15: clear everything lists what goes, takes it all, and starts as on the first visit', async ({
  page,
  context,
  site,
}) => {
  test.slow();
  await installMarqo(page, site);
  await page.getByRole('button', { name: 'Help and keys' }).click();
  await dialog(page).getByText('Dark').click();
  await page.keyboard.press('Escape');
  const other = await context.newPage();
  await visit(other, site);
  await expect(ready(other, MARQO)).toBeVisible();

  await decidedRun(page);
  await models(page);
  await storage(page).getByRole('button', { name: 'Clear everything' }).click();
  for (const words of [
    'Runs of triage: 1 run, 2 decisions',
    'Export them first',
    'Folders that runs came from',
    'measured of this machine',
    `Models: ${MARQO}`,
    'Downloads: none',
    'learned',
    'Settings: thresholds',
    'cannot be undone',
  ])
    await expect(dialog(page)).toContainText(words);
  const run = await savedBy(page, () =>
    dialog(page)
      .getByRole('button', { name: /^Export / })
      .click(),
  );
  expect(recordsIn(run)).toBe(2);
  await dialog(page).getByRole('button', { name: 'Keep everything' }).click();
  await expect(ready(page, MARQO)).toBeVisible();
  await storage(page).getByRole('button', { name: 'Clear everything' }).click();
  await dialog(page).getByRole('button', { name: 'Clear everything' }).click();

  await expect(page.getByText('Everything is cleared.')).toBeVisible({ timeout: 15_000 });
  for (const tab of [page, other]) {
    await expect(list(tab, 'Available').getByRole('article', { name: MARQO, exact: true })).toBeVisible();
    await expect(storage(tab)).toContainText('No installed model yet');
    expect(await kept(tab)).toEqual([]);
    const left = await tab.evaluate(async () => ({
      keys: [...Object.keys(localStorage), ...Object.keys(sessionStorage)],
      caches: await caches.keys(),
      workers: (await navigator.serviceWorker.getRegistrations()).length,
    }));
    expect(left).toEqual({ keys: [], caches: [], workers: 0 });
  }
  await expect(row(page, 'Red stand-in')).toContainText(/Check passed|unchecked/, { timeout: 60_000 });
});
