/** What the browser keeps: shown, asked to stay, damaged and repaired, wiped, denied, cleared; here and in other tabs. */
import type { Page } from '@playwright/test';
import { MARQO, ready, type Site, startInstall, test, visit } from './hub-stage';
import { card, chooseOwn, dialog, expect, filesOf, installOwn, kept, list, row } from './stage';

const storage = (page: Page) => page.getByRole('region', { name: 'Storage' });

async function installMarqo(page: Page, site: Site): Promise<void> {
  await visit(page, site);
  await startInstall(page, MARQO);
  await expect(ready(page, MARQO)).toBeVisible({ timeout: 60_000 });
}

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

for (const how of ['flip', 'delete'] as const)
  test(`S10: a damaged model says Repair, and comes again from where it came (${how})`, async ({
    page,
    site,
  }) => {
    test.slow();
    await installMarqo(page, site);
    await spoil(page, how);
    await page.reload();
    await ready(page, MARQO)
      .getByRole('button', { name: `${MARQO} on the bench` })
      .click();
    await expect(ready(page, MARQO)).toContainText('Damaged.', { timeout: 60_000 });
    await ready(page, MARQO)
      .getByRole('button', { name: `Repair ${MARQO}` })
      .click();
    await expect(list(page, 'In progress').getByRole('article', { name: MARQO })).toHaveCount(1);
    await expect(ready(page, MARQO)).toContainText('Check passed.', { timeout: 60_000 });
  });

test('S10: one that was made from files asks for them again', async ({ page, site }) => {
  test.slow();
  await visit(page, site);
  await installOwn(page, 'Mine', filesOf('timm-vit'));
  await spoil(page, 'flip');
  await page.reload();
  await row(page, 'Mine').getByRole('button', { name: 'Mine on the bench' }).click();
  await expect(row(page, 'Mine')).toContainText('Damaged.', { timeout: 60_000 });
  await row(page, 'Mine').getByRole('button', { name: 'Choose the files of Mine again' }).click();
  await card(page).locator('input[aria-label="Choose files for Mine"]').setInputFiles(filesOf('timm-vit'));
  await expect(row(page, 'Mine')).toContainText('Check passed.', { timeout: 60_000 });
});

test('S15: what the browser answers to being asked to keep models is shown', async ({ page, site }) => {
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
  await expect(storage(page)).toContainText('The browser may delete models when it runs short of room.');
  await page.evaluate(() => Object.assign(window, { asked: true }));
  await storage(page).getByRole('button', { name: 'Ask it to keep them' }).click();
  await expect(storage(page)).toContainText('The browser did not agree.');
  await storage(page).getByRole('button', { name: 'Ask again' }).click();
  await expect(storage(page)).toContainText('The browser keeps models until you delete them.');
});

test('S08: what the browser deleted since the last visit is named, once', async ({ page, site }) => {
  await visit(page, site);
  await installOwn(page, 'Mine', filesOf('timm-vit'));
  const client = await page.context().newCDPSession(page);
  const origin = new URL(site.url).origin;
  await page.goto('about:blank');
  await client.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
  await visit(page, site);
  await expect(page.getByRole('region', { name: 'Notice' })).toContainText('No longer here: Mine.');
  await expect(storage(page)).toContainText('No installed model yet');
  await page.reload();
  await expect(storage(page)).toContainText('No installed model yet');
  await expect(page.getByRole('region', { name: 'Notice' })).toHaveCount(0);
});

test('S09: what the browser deletes while the page is open is named at once, and can be installed again', async ({
  page,
  site,
}) => {
  await visit(page, site);
  await installOwn(page, 'Mine', filesOf('timm-vit'));
  const client = await page.context().newCDPSession(page);
  const origin = new URL(site.url).origin;
  await client.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
  await expect(page.getByRole('region', { name: 'Notice' })).toContainText('No longer here: Mine.');
  await expect(storage(page)).toContainText('No installed model yet');
  await installOwn(page, 'Mine', filesOf('timm-vit'));
});

test('S11: a browser that keeps nothing says so; what is part of Winnow works', async ({ page, site }) => {
  await page.addInitScript(() => {
    const denied = () => {
      throw new DOMException('The user denied permission to access the database.', 'SecurityError');
    };
    for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get: denied });
  });
  await page.route(/\/assets\/(download|inference)-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    const script = `IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError'); };\n`;
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
});

test('S12, S13: what a newer version keeps is left alone, and the page says to reload', async ({
  page,
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

  await storage(page).getByRole('button', { name: 'Clear everything' }).click();
  for (const words of [
    `Models: ${MARQO}`,
    'Downloads: none',
    'learned',
    'Settings: thresholds',
    'cannot be undone',
  ])
    await expect(dialog(page)).toContainText(words);
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
