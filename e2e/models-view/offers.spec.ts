/** What a source offers: prepared by the site, changed since it was learned, or in part only. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '../../scripts/serve.mjs';
import { laionClipNsfw } from '../../src/catalog/laion-clip-nsfw';
import { marqoNsfw384 } from '../../src/catalog/marqo-nsfw-384';
import { DIST } from '../support/build';
import { LAION_HEAD } from '../support/installing';
import { preparedSite } from '../support/prepared';
import { CLIP, hubAt, MARQO, panel, ready, startInstall, test, visit } from './hub-stage';
import { card, dialog, expect, row } from './stage';

test('what the site has prepared is offered first, and no other host is asked', async ({
  page,
  site,
  repos,
  overlaid,
}) => {
  test.slow();
  const prepared = await preparedSite(overlaid, [{ card: marqoNsfw384, files: join(repos, 'marqo') }]);
  const server = await startServer({
    ...{ dir: DIST, overlay: prepared.folder, modelHosts: [site.hub.endpoint, site.hub.store] },
    intercept: hubAt(site.hub),
  });
  try {
    await visit(page, { ...site, url: server.url });
    await expect(row(page, MARQO)).toContainText('This site has it prepared');
    await row(page, MARQO)
      .getByRole('button', { name: `Install ${MARQO}` })
      .click();
    await expect(panel(page, MARQO).getByRole('radio', { name: /This site/ })).toBeChecked();
    await panel(page, MARQO)
      .getByRole('button', { name: /^Download / })
      .click();
    await expect(ready(page, MARQO)).toBeVisible({ timeout: 60_000 });
    await expect(card(page)).toContainText('This site, prepared ahead');
    expect(site.hub.log).toEqual([]);
  } finally {
    await server.close();
    prepared.remove();
  }
});

test('N11: a change since an earlier installation is shown, and taken only when it is accepted', async ({
  page,
  site,
  repos,
}) => {
  test.slow();
  await visit(page, site);
  await startInstall(page, MARQO);
  await expect(ready(page, MARQO)).toBeVisible({ timeout: 60_000 });
  await ready(page, MARQO)
    .getByRole('button', { name: `Delete ${MARQO}` })
    .click();
  await dialog(page)
    .getByRole('button', { name: /^Delete \d/ })
    .click();
  const file = join(repos, 'marqo', 'model.safetensors');
  const before = readFileSync(file);
  const after = Buffer.from(before);
  after[after.length - 4]! ^= 1;
  writeFileSync(file, after);
  try {
    await row(page, MARQO)
      .getByRole('button', { name: `Install ${MARQO}` })
      .click();
    const shown = panel(page, MARQO);
    await expect(shown).toContainText('The model changed at the source');
    await expect(shown).toContainText(/Was[0-9a-f]{8}…[0-9a-f]{4}Is now[0-9a-f]{8}…[0-9a-f]{4}/);
    expect(site.hub.log.filter(({ host }) => host === 'store')).toHaveLength(1);
    await shown.getByRole('button', { name: 'Accept the change' }).click();
    await shown.getByRole('button', { name: /^Download / }).click();
    await expect(ready(page, MARQO)).toBeVisible({ timeout: 60_000 });
  } finally {
    writeFileSync(file, before);
  }
});

test('a file that is published elsewhere is asked for, with where it is', async ({ page, site }) => {
  await visit(page, site);
  await row(page, CLIP)
    .getByRole('button', { name: `Install ${CLIP}` })
    .click();
  const shown = panel(page, CLIP);
  await expect(shown).toContainText('Not on this source.');
  const head = laionClipNsfw.install!.files.find(({ from }) => from)!;
  await expect(shown).toContainText(head.path);
  await expect(shown.getByRole('link', { name: new URL(head.from!.url).host })).toBeVisible();
  await shown.getByRole('button', { name: /^Download / }).click();
  await expect(shown.getByRole('button', { name: `Choose what is missing for ${CLIP}` })).toBeFocused();
  expect(site.hub.log.filter(({ host }) => host === 'store')).toEqual([]);
  await shown.locator(`input[aria-label="Choose what is missing for ${CLIP}"]`).setInputFiles([LAION_HEAD]);
  await expect(shown).toContainText('given from this machine');
});

test('Y02, Y04: installed by keyboard alone; what is said is never closer than five seconds', async ({
  page,
  site,
}) => {
  test.slow();
  await visit(page, site);
  await page.evaluate(() => {
    const heard: number[] = [];
    Object.assign(window, { heard });
    new MutationObserver(() => heard.push(performance.now())).observe(
      document.querySelector('[data-live="polite"]')!,
      { childList: true, characterData: true, subtree: true },
    );
  });
  site.hub.fault('slow:3000000', { times: 99 });
  await row(page, MARQO)
    .getByRole('button', { name: `Install ${MARQO}` })
    .focus();
  await page.keyboard.press('Enter');
  const start = panel(page, MARQO).getByRole('button', { name: /^Download / });
  await expect(start).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(row(page, MARQO).getByRole('progressbar')).toBeVisible();
  // The button went with the panel: the focus is on its row, not on nothing.
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.closest('[data-row]')?.getAttribute('data-row')))
    .toBe(marqoNsfw384.id);
  await expect(ready(page, MARQO)).toBeVisible({ timeout: 60_000 });
  await expect(page.locator('[data-live="polite"]')).toHaveText(`${MARQO} is installed.`, {
    timeout: 15_000,
  });
  const heard = await page.evaluate(() => Reflect.get(window, 'heard') as number[]);
  expect(heard.length).toBeGreaterThan(2);
  for (const [at, each] of heard.entries()) if (at > 0) expect(each - heard[at - 1]!).toBeGreaterThan(4_900);
});
