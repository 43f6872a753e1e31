/** Models of the catalog on the screen: their cards, their files, and files of another model. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { adamcoddNsfw } from '../../src/catalog/adamcodd-nsfw';
import { falconsaiNsfw } from '../../src/catalog/falconsai-nsfw';
import { freepikNsfw } from '../../src/catalog/freepik-nsfw';
import { laionClipNsfw } from '../../src/catalog/laion-clip-nsfw';
import { marqoNsfw384 } from '../../src/catalog/marqo-nsfw-384';
import { qwen3CsamGuard } from '../../src/catalog/qwen3-csam-guard';
import { drop, GREEN, plain } from '../bench-view/files';
import { judgedAll, lane, panel } from '../bench-view/stage';
import { LAION_HEAD } from '../support/installing';
import { card, expect, list, open, randomVit, row, test } from './stage';

const installable = [marqoNsfw384, freepikNsfw, laionClipNsfw, qwen3CsamGuard, falconsaiNsfw, adamcoddNsfw];

test('every card of the catalog says what it is, what it is not for, and which files it needs', async ({
  page,
  url,
}) => {
  await open(page, url);
  await expect(list(page, 'Available').locator('article')).toHaveCount(installable.length + 1);
  for (const { name, licence, notFor, limits, install, source } of installable) {
    await row(page, name)
      .getByRole('button', { name: `${name}, show its card` })
      .click();
    const shown = card(page);
    await expect(shown.getByRole('heading', { name, exact: true })).toBeVisible();
    await expect(shown.getByRole('link', { name: 'Publisher’s card' })).toHaveAttribute('href', source.url);
    for (const words of [licence, ...notFor, ...limits, ...install!.files.map(({ path }) => path)])
      await expect(shown).toContainText(words);
  }
  await expect(row(page, 'Qwen3 CSAM Guard 0.6B')).toContainText('Needs access.');
});

test('a folder in a catalog model’s layout is recognised by its configuration, installed, and scores', async ({
  page,
  url,
  folder,
}) => {
  const mine = join(folder, 'downloads');
  mkdirSync(mine);
  randomVit(mine, { width: 192, size: 384 });
  await open(page, url);
  await page.locator('input[aria-label="Open folder of a model"]').setInputFiles(mine);
  const marqo = list(page, 'Ready').getByRole('article', { name: 'Marqo NSFW 384', exact: true });
  await expect(marqo).toBeVisible({ timeout: 60_000 });
  await marqo.getByRole('button', { name: 'Marqo NSFW 384 on the bench' }).click();
  await expect(marqo).toContainText('Check passed.', { timeout: 60_000 });
  await page.getByRole('link', { name: 'Bench', exact: true }).click();
  await expect(lane(page, 'Pictures')).toBeVisible();
  await drop(page, [plain('green.png', GREEN)]);
  await judgedAll(page, 1);
  await expect(panel(page, 'Marqo NSFW 384').locator('.rule')).toContainText(/NSFW 0\.\d\d/);
  await expect(page.getByText('Image models do not detect child sexual abuse material')).toBeVisible();
  // Deleted, it is available again, with its card.
  await page.goto(`${url}#/models/marqo-nsfw-384`);
  await marqo.getByRole('button', { name: 'Delete Marqo NSFW 384' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Delete \d/ })
    .click();
  await expect(list(page, 'Available').getByRole('article', { name: 'Marqo NSFW 384' })).toBeVisible();
});

test('M17: files of another size are refused beside the row they were given to', async ({
  page,
  url,
  folder,
}) => {
  const mine = join(folder, 'other-size');
  mkdirSync(mine);
  const [config, weights] = randomVit(mine, { width: 192, size: 64 }) as [string, string];
  await open(page, url);
  const marqo = row(page, 'Marqo NSFW 384');
  await marqo.getByRole('button', { name: 'Marqo NSFW 384, show its card' }).click();
  await card(page)
    .getByRole('radio', { name: /Files on this machine/ })
    .check();
  await card(page).locator('input[aria-label="Choose files for Marqo NSFW 384"]').setInputFiles([config]);
  await expect(marqo).toContainText('1 file picked.');
  await expect(card(page)).toContainText('Not seen by name or size: model.safetensors.');
  await card(page).locator('input[aria-label="Choose files for Marqo NSFW 384"]').setInputFiles([weights]);
  await expect(marqo).toContainText('Not installed. These files take 64 × 64 px', { timeout: 30_000 });
  await expect(card(page)).toContainText('invalid-model');
  await marqo.getByRole('button', { name: 'Dismiss the error of Marqo NSFW 384' }).click();
  await expect(marqo).toContainText('Not installed. Needs 2 files');
});

test('LAION’s head alone scores embeddings, and says what it lacks for pictures', async ({ page, url }) => {
  await open(page, url);
  await page.locator('input[aria-label="Open files of a model"]').setInputFiles([LAION_HEAD]);
  await expect(card(page)).toContainText('it scores ready-made embeddings only.');
  await card(page).getByRole('button', { name: 'Install with these' }).click();
  const laion = list(page, 'Ready').getByRole('article', { name: 'CLIP + LAION NSFW', exact: true });
  await expect(laion).toContainText('Head only.', { timeout: 60_000 });
  await expect(laion.getByRole('button', { name: /on the bench/ })).toHaveCount(0);
  await expect(card(page).getByRole('heading', { name: 'Install again' })).toBeVisible();
  await expect(card(page).getByRole('heading', { name: 'Ready-made embeddings' })).toBeVisible();
});
