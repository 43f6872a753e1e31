/** Downloads that do not simply come: cancelled, resumed, discarded, held up, in two tabs, without a network or room. */
import type { Page } from '@playwright/test';
import { LARGE, MARQO, panel, ready, type Site, startInstall, test, visit } from './hub-stage';
import { card, dialog, expect, kept, list, row } from './stage';

/** Adds the large repository as a model of one's own, which downloads some 85 MB. */
async function installLarge(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add from the Hub' }).click();
  await dialog(page).getByLabel('Repository').fill(LARGE);
  await page.keyboard.press('Enter');
  await expect(dialog(page).getByRole('radio', { name: /model\.safetensors/ })).toBeChecked();
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Large');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
}

/** Starts Marqo's download slowly, and waits until some of it has come. */
async function startSlowly(page: Page, site: Site, rate = 4_000_000): Promise<void> {
  await visit(page, site);
  site.hub.fault(`slow:${rate}`, { times: 99 });
  await startInstall(page, MARQO);
  await expect(row(page, MARQO).getByRole('progressbar')).toHaveAttribute(
    'aria-valuetext',
    /Download, .*MB of/,
  );
}

declare global {
  var said: string[];
}

test('cancelled, it can be resumed where it stopped, or discarded', async ({ page, site }) => {
  test.slow();
  await visit(page, site);
  site.hub.fault('slow:9000000', { times: 99, match: /large-vit/ });
  await installLarge(page);
  const mine = row(page, 'Large');
  await expect(mine.getByRole('progressbar')).toHaveAttribute(
    'aria-valuetext',
    /Download, (1\d|2\d) MB of 8\d MB/,
    {
      timeout: 30_000,
    },
  );
  await mine.getByRole('button', { name: 'Cancel the installation of Large' }).click();
  await expect(page.getByRole('region', { name: 'Storage' })).toContainText(/large-vit .* MB so far/);
  await expect(page.getByRole('status').filter({ hasText: 'What has arrived is kept.' })).toHaveCount(1);
  await page.getByRole('button', { name: 'Discard unfinished downloads' }).click();
  await expect(page.getByRole('region', { name: 'Storage' })).toContainText('No installed model yet');
  expect((await kept(page)).filter((key) => key.includes('chunk'))).toEqual([]);
});

test('T10: after a reload it says where it was interrupted, and resumes there', async ({ page, site }) => {
  test.slow();
  await startSlowly(page, site);
  await expect(row(page, MARQO).getByRole('progressbar')).toHaveAttribute(
    'aria-valuetext',
    /Download, (9|1\d|20)(\.\d)? MB of/,
    { timeout: 30_000 },
  );
  await page.reload();
  const mine = row(page, MARQO);
  await expect(mine).toContainText(/Interrupted at (8\.4|17) MB of 2\d MB\./);
  await expect(mine.getByRole('button', { name: `Discard what arrived of ${MARQO}` })).toBeVisible();
  site.hub.heal();
  site.hub.log.length = 0;
  await mine.getByRole('button', { name: `Resume the download of ${MARQO}` }).click();
  await expect(ready(page, MARQO)).toBeVisible({ timeout: 60_000 });
  const ranges = site.hub.log.flatMap(({ host, range }) => (host === 'store' && range ? [range] : []));
  expect(ranges).toEqual([expect.stringMatching(/^bytes=(8388608|16777216)-/)]);
});

test('N01: a lost connection is said in the row, and the bar goes on', async ({ page, site }) => {
  await visit(page, site);
  site.hub.fault('drop@0.6', { times: 2, match: /safetensors/ });
  // It is over in a moment: whoever looks now and then may miss it.
  await page.evaluate(() => {
    globalThis.said = [];
    new MutationObserver(() => {
      const words = document.querySelector('[role=progressbar]')?.getAttribute('aria-valuetext');
      if (words) globalThis.said.push(words);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await startInstall(page, MARQO);
  await expect(ready(page, MARQO)).toBeVisible({ timeout: 60_000 });
  const said = await page.evaluate(() => globalThis.said);
  expect(said.join('\n')).toMatch(/Connection lost – resuming \(\d\/5\)/);
});

test('T01: another tab shows the same progress without asking for anything', async ({
  page,
  context,
  site,
}) => {
  await startSlowly(page, site);
  const other = await context.newPage();
  await visit(other, site);
  const theirs = list(other, 'In progress').getByRole('article', { name: MARQO, exact: true });
  await expect(theirs.getByRole('progressbar')).toHaveAttribute(
    'aria-valuetext',
    /Download, [\d.]+ MB of [\d.]+ MB · in another tab/,
  );
  const requests = site.hub.log.filter(({ path }) => path.includes('safetensors')).length;
  await other.waitForTimeout(1_500);
  expect(site.hub.log.filter(({ path }) => path.includes('safetensors'))).toHaveLength(requests);
  site.hub.heal();
  await page.getByRole('button', { name: `Cancel the installation of ${MARQO}` }).click();
  await expect(theirs).toHaveCount(0);
  await expect(row(other, MARQO)).toContainText(/Not installed|Interrupted/);
});

test('N19: offline, what is not here says that it is not downloaded yet', async ({ page, site, context }) => {
  await visit(page, site);
  await context.setOffline(true);
  await expect(row(page, MARQO)).toContainText('Not downloaded yet. You are offline');
  await expect(page.getByRole('region', { name: 'Notice' })).toContainText('You are offline.');
  await row(page, MARQO)
    .getByRole('button', { name: `Install ${MARQO}` })
    .click();
  await expect(panel(page, MARQO)).toContainText('The model is not downloaded yet.');
  await context.setOffline(false);
  await expect(page.getByRole('region', { name: 'Notice' })).toHaveCount(0);
  await panel(page, MARQO).getByRole('button', { name: 'Ask again' }).click();
  await expect(panel(page, MARQO).getByRole('button', { name: /^Download / })).toBeVisible();
});

test('N19: what the network breaks off says so, and goes on by itself when it is back', async ({
  page,
  site,
  context,
}) => {
  test.slow();
  await startSlowly(page, site);
  const bar = row(page, MARQO).getByRole('progressbar');
  await context.setOffline(true);
  site.hub.cut();
  await expect(bar).toHaveAttribute(
    'aria-valuetext',
    /Download, .* · You are offline – going on when the network is back/,
    { timeout: 30_000 },
  );
  await expect(page.getByRole('status').filter({ hasText: 'going on when the network is back' })).toHaveCount(
    1,
  );
  await expect(page.getByRole('button', { name: `Cancel the installation of ${MARQO}` })).toBeEnabled();
  site.hub.heal();
  await context.setOffline(false);
  await expect(ready(page, MARQO)).toBeVisible({ timeout: 60_000 });
});

for (const [fault, words] of [
  ['404', /Not installed\. .* has no Marqo/],
  ['429:900', /asks to wait\. .* in 15 minutes/],
  ['html200', /returned a web page, not the model/],
] as const)
  test(`N12, N14, N15: ${fault} is said beside the row, with the next step`, async ({ page, site }) => {
    await visit(page, site);
    await row(page, MARQO)
      .getByRole('button', { name: `Install ${MARQO}` })
      .click();
    const start = panel(page, MARQO).getByRole('button', { name: /^Download / });
    await expect(start).toBeVisible();
    site.hub.fault(fault, { times: 99, match: /config\.json/ });
    await start.click();
    const mine = row(page, MARQO);
    await expect(mine).toContainText(words, { timeout: 30_000 });
    await expect(mine.locator('.state__code')).toBeVisible();
    const next = fault === '404' ? 'Choose another source' : 'Try again';
    site.hub.heal();
    await mine.getByRole('button', { name: `${next}: ${MARQO}` }).click();
    if (fault === '404') {
      await expect(card(page).getByRole('radio', { name: /A mirror/ })).toBeVisible();
      await panel(page, MARQO)
        .getByRole('button', { name: /^Download / })
        .click();
    }
    await expect(ready(page, MARQO)).toBeVisible({ timeout: 60_000 });
  });

test('S01: no room says what is needed and what could go', async ({ page, site, context }) => {
  await visit(page, site);
  const client = await context.newCDPSession(page);
  await client.send('Storage.overrideQuotaForOrigin', { origin: new URL(site.url).origin, quotaSize: 3e6 });
  await startInstall(page, MARQO);
  const mine = row(page, MARQO);
  await expect(mine).toContainText(/No room\. There is not enough room/, { timeout: 30_000 });
  await mine.getByRole('button', { name: `Make room: ${MARQO}` }).click();
  await expect(panel(page, MARQO)).toContainText(/It needs [\d.]+ (MB|GB)\. /);
  await client.send('Storage.overrideQuotaForOrigin', { origin: new URL(site.url).origin });
  await panel(page, MARQO).getByRole('button', { name: 'Try again' }).click();
  await expect(ready(page, MARQO)).toBeVisible({ timeout: 60_000 });
});
