/** Installing from the Hub and from a mirror, on the screen: what would be fetched, the download, and afterwards. */
import { drop, GREEN, plain } from '../bench-view/files';
import { judgedAll, lane, panel as lanePanel, prompt } from '../bench-view/stage';
import { FALCONSAI, GUARD, MARQO, panel, ready, TOKEN, test, visit } from './hub-stage';
import { card, expect, list, row } from './stage';

test('Install shows every file with its size and who vouches for it, then downloads, prepares, checks', async ({
  page,
  site,
}) => {
  await visit(page, site);
  await row(page, MARQO)
    .getByRole('button', { name: `Install ${MARQO}` })
    .click();
  const shown = panel(page, MARQO);
  const start = shown.getByRole('button', { name: /^Download \d/ });
  await expect(start).toBeFocused();
  const files = shown.getByRole('list', { name: 'Files to fetch' });
  await expect(files.getByRole('listitem')).toHaveCount(2);
  await expect(files).toContainText(
    `revision ${site.hub.commit('Marqo/nsfw-image-detection-384').slice(0, 8)}`,
  );
  await expect(shown).toContainText('The card pins no SHA-256, so the source was asked.');
  // Nothing of the model came for looking at it.
  expect(site.hub.log.filter(({ host }) => host === 'store')).toEqual([]);

  site.hub.fault('slow:3000000');
  await start.click();
  const mine = list(page, 'In progress').getByRole('article', { name: MARQO, exact: true });
  await expect(mine.getByRole('progressbar')).toHaveAttribute(
    'aria-valuetext',
    /^Download, [\d.]+ [kM]B of [\d.]+ MB/,
  );
  await expect(mine.locator('.step')).toHaveText(['Download', 'Prepare', 'Check']);
  await expect(ready(page, MARQO)).toBeVisible({ timeout: 60_000 });
  await expect(card(page)).toContainText('The Hub');
  await expect(card(page)).toContainText('verified');

  // N19, X02: with the network gone it opens and scores.
  await page.context().setOffline(true);
  await ready(page, MARQO)
    .getByRole('button', { name: `${MARQO} on the bench` })
    .click();
  await expect(ready(page, MARQO)).toContainText('Check passed.', { timeout: 60_000 });
  await page.getByRole('link', { name: 'Bench', exact: true }).click();
  await expect(lane(page, 'Pictures')).toBeVisible();
  await drop(page, [plain('green.png', GREEN)]);
  await judgedAll(page, 1);
  await expect(lanePanel(page, MARQO).locator('.rule')).toContainText(/NSFW 0\.\d\d/);
});

test('N14: a gated model says what to do, takes a token for this tab, and shows what it would fetch', async ({
  page,
  site,
}) => {
  await visit(page, site);
  await row(page, FALCONSAI)
    .getByRole('button', { name: `Install ${FALCONSAI}` })
    .click();
  const shown = panel(page, FALCONSAI);
  await expect(shown).toContainText('Needs access.');
  await expect(shown.getByRole('link', { name: 'the model’s page' })).toHaveAttribute(
    'href',
    /huggingface\.co/,
  );
  const field = shown.getByLabel('Hub token');
  await expect(field).toHaveAttribute('type', 'password');
  await expect(field).toHaveAttribute('autocomplete', 'off');
  await expect(shown).toContainText('Kept in memory until this tab closes');
  await shown.getByRole('button', { name: 'Ask again' }).click();
  await expect(shown).toContainText('Paste a token');
  await expect(field).toBeFocused();
  await field.fill('hf_another');
  await page.keyboard.press('Enter');
  await expect(shown).toContainText('This token’s account may not read');
  await field.fill(TOKEN);
  await page.keyboard.press('Enter');
  await expect(shown.getByRole('button', { name: /^Download / })).toBeVisible();
  // Sent to the Hub alone, and written nowhere.
  expect(site.hub.log.filter(({ host, authorization }) => host === 'store' && authorization)).toEqual([]);
  const written = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]),
  );
  expect(written).not.toContain(TOKEN);
});

test('N14: the gated guard, from the token to a score; the token is nowhere afterwards', async ({
  page,
  site,
}) => {
  test.slow();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await visit(page, site);
  await expect(row(page, GUARD)).toContainText('1.33 GB to fetch, 598 MB kept');
  await row(page, GUARD)
    .getByRole('button', { name: `Install ${GUARD}` })
    .click();
  const shown = panel(page, GUARD);
  await shown.getByLabel('Hub token').fill(TOKEN);
  await page.keyboard.press('Enter');
  await expect(shown.getByRole('list', { name: 'Files to fetch' })).toContainText(
    'onnx/model_quantized.onnx',
  );
  site.hub.fault('slow:1000000', { match: /quantized/ });
  await shown.getByRole('button', { name: /^Download / }).click();
  await expect(list(page, 'In progress').getByRole('article', { name: GUARD }).locator('.step')).toHaveText([
    'Download',
    'Prepare',
    'Check',
  ]);
  await expect(ready(page, GUARD)).toBeVisible({ timeout: 60_000 });
  await ready(page, GUARD)
    .getByRole('button', { name: `${GUARD} on the bench` })
    .click();
  await expect(ready(page, GUARD)).toContainText('Check passed.', { timeout: 60_000 });
  await page.getByRole('link', { name: 'Bench', exact: true }).click();
  await prompt(page).fill('Two crates of fruit for the harbour fair');
  await expect(lanePanel(page, GUARD).locator('.rule')).toContainText(/csam 0\.\d\d/, { timeout: 30_000 });

  const asked = site.hub.log.filter(({ authorization }) => authorization !== undefined);
  expect(new Set(asked.map(({ host }) => host))).toEqual(new Set(['hub']));
  const kept = await page.evaluate(async () => {
    const found: unknown[] = [
      { ...localStorage },
      { ...sessionStorage },
      location.href,
      document.body.outerHTML,
    ];
    found.push([...document.querySelectorAll('input')].map(({ value }) => value));
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((done) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => done(request.result);
      });
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all(
          [objects.getAllKeys(), objects.getAll()].map(
            (request) =>
              new Promise<unknown[]>((done) => {
                request.onsuccess = () => done(request.result);
              }),
          ),
        );
        const texts = values!.map((value) =>
          value instanceof Blob ? value.size < 1e6 && value.text() : value,
        );
        found.push(keys, await Promise.all(texts));
      }
      database.close();
    }
    return JSON.stringify(found);
  });
  expect(kept).toContain('model_quantized.onnx');
  expect(kept).not.toContain(TOKEN);
  expect(said.join()).not.toContain(TOKEN);
});

test('a folder on a server is a mirror: sizes only, and said so', async ({ page, site }) => {
  await visit(page, site);
  await row(page, MARQO)
    .getByRole('button', { name: `Install ${MARQO}` })
    .click();
  const shown = panel(page, MARQO);
  await shown.getByRole('radio', { name: /A mirror/ }).check();
  await shown.getByRole('button', { name: 'Install', exact: true }).click();
  await expect(shown).toContainText('Give an address');
  const commit = site.hub.commit('Marqo/nsfw-image-detection-384');
  const folder = `${site.hub.endpoint}/Marqo/nsfw-image-detection-384/resolve/${commit}/`;
  await shown.getByLabel('Address of the folder').fill(folder);
  await page.keyboard.press('Enter');
  await expect(shown.getByRole('list', { name: 'Files to fetch' })).toContainText(
    'size only, contents not verified',
  );
  await shown.getByRole('button', { name: /^Download / }).click();
  await expect(ready(page, MARQO)).toBeVisible({ timeout: 60_000 });
  await expect(card(page)).toContainText('A mirror');
  await expect(card(page)).toContainText('not verified');
});
