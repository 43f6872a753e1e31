/** A model's way through the screen: picked, prepared, checked, on the bench, kept, deleted; and what goes wrong. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { drop, GREEN, letGo, plain } from '../bench-view/files';
import { judgedAll, lane, panel } from '../bench-view/stage';
import {
  card,
  chooseOwn,
  dialog,
  expect,
  filesOf,
  installOwn,
  kept,
  largeModel,
  list,
  open,
  row,
  test,
} from './stage';

const VIT = filesOf('timm-vit');

test('a model of one’s own is installed from files, scores on the bench, is found again, and is deleted', async ({
  page,
  url,
}) => {
  await open(page, url);
  await chooseOwn(page, VIT);
  // The files said so themselves.
  await expect(dialog(page).getByRole('textbox', { name: 'Size in pixels' })).toHaveValue('64');
  await expect(dialog(page).getByRole('textbox', { name: 'Label of output 0' })).toHaveValue('NSFW');
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Small stand-in');
  await dialog(page).getByRole('textbox', { name: 'Review from, output 0' }).fill('0.01');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();

  const mine = list(page, 'Ready').getByRole('article', { name: 'Small stand-in', exact: true });
  await expect(mine).toBeVisible({ timeout: 60_000 });
  await expect(mine).toContainText(/Image · 64 px · 2 labels · .* · \d+\u00a0kB/);
  await expect(page.locator('.store')).toContainText(/\d+ kB kept/);
  await expect(page.locator('.store')).toContainText('It may allow less.');
  await expect(card(page)).toContainText('Precision');
  await expect(card(page)).toContainText('model.safetensors, 495 kB');
  expect((await kept(page)).join('\n')).toContain('own-small-stand-in');

  // Not on the bench until it is put there.
  await page.getByRole('link', { name: 'Bench', exact: true }).click();
  await expect(panel(page, 'Small stand-in')).toHaveCount(0);
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await mine.getByRole('button', { name: 'Small stand-in on the bench' }).click();
  await expect(mine).toContainText('Check passed.', { timeout: 60_000 });
  await page.getByRole('link', { name: 'Bench', exact: true }).click();
  await expect(lane(page, 'Pictures')).toBeVisible();
  await drop(page, [plain('green.png', GREEN)]);
  await judgedAll(page, 1);
  await expect(panel(page, 'Small stand-in')).toContainText('WASM exact');
  await expect(panel(page, 'Small stand-in').locator('.rule')).toContainText(
    /(Clear|Review|Block): NSFW 0\.\d\d/,
  );

  await page.reload();
  await expect(panel(page, 'Small stand-in').locator('.meta').first()).toContainText('WASM', {
    timeout: 60_000,
  });
  await page.goto(`${url}#/models`);
  await mine.getByRole('button', { name: 'Delete Small stand-in' }).click();
  await expect(dialog(page)).toContainText(/This deletes \d+ kB/);
  await dialog(page).getByRole('button', { name: 'Keep it' }).click();
  await expect(mine).toBeVisible();
  await mine.getByRole('button', { name: 'Delete Small stand-in' }).click();
  await dialog(page)
    .getByRole('button', { name: /^Delete \d+ kB/ })
    .click();
  await expect(row(page, 'Small stand-in')).toHaveCount(0);
  await expect(page.locator('.store')).toContainText('No installed model yet');
  expect((await kept(page)).join('\n')).not.toContain('own-small-stand-in');
  await page.getByRole('link', { name: 'Bench', exact: true }).click();
  await expect(panel(page, 'Red stand-in')).toBeVisible();
  await expect(panel(page, 'Small stand-in')).toHaveCount(0);
});

test('a folder is dropped anywhere: what is in it fills the card in', async ({ page, url, folder }) => {
  const mine = join(folder, 'my-model');
  mkdirSync(mine);
  for (const file of VIT) copyFileSync(file, join(mine, basename(file)));
  writeFileSync(join(mine, 'README.md'), '# My model');
  await open(page, url);
  await letGo(page, mine, { x: 300, y: 120 });
  await expect(dialog(page)).toContainText('my-model/model.safetensors');
  await expect(dialog(page).getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('my-model');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  await expect(list(page, 'Ready').getByRole('article', { name: 'my-model' })).toBeVisible({
    timeout: 60_000,
  });
});

test('cancelling keeps nothing, and the same files can be installed after', async ({ page, url, folder }) => {
  await open(page, url);
  const files = largeModel(folder);
  const before = await kept(page);
  await chooseOwn(page, files);
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Large stand-in');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  const mine = row(page, 'Large stand-in');
  await expect(mine.getByRole('progressbar')).toHaveAttribute('aria-valuetext', /MB of \d+ MB/, {
    timeout: 30_000,
  });
  await mine.getByRole('button', { name: 'Cancel the installation of Large stand-in' }).click();
  await expect(mine).toHaveCount(0);
  expect(await kept(page)).toEqual(before);
  await installOwn(page, 'Large stand-in', files);
  await expect(row(page, 'Large stand-in')).toContainText(/\d\d\u00a0MB/);
});

test('M13: a pickle is refused beside its row, with the code and the way out; nothing is kept', async ({
  page,
  url,
  folder,
}) => {
  const pickle = join(folder, 'pytorch_model.bin');
  writeFileSync(pickle, Buffer.from([0x80, 2, 0x7d, 0x71, 0, 0x2e]));
  await open(page, url);
  const before = await kept(page);
  await page.getByRole('button', { name: 'Add your own model' }).click();
  await dialog(page).locator('input[type=file]').last().setInputFiles([pickle]);
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Pickled');
  await dialog(page).getByRole('textbox', { name: 'Label of output 0' }).fill('pineapple');
  await dialog(page).getByRole('textbox', { name: 'Label of output 1' }).fill('other');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  const mine = list(page, 'Available').getByRole('article', { name: 'Pickled', exact: true });
  await expect(mine).toContainText('Not installed.', { timeout: 30_000 });
  await expect(mine).toContainText('This format can run code. We never open it.');
  await expect(mine.locator('code')).toHaveText(/unsupported/);
  expect(await kept(page)).toEqual(before);
  await mine.getByRole('button', { name: 'Dismiss the error of Pickled' }).click();
  await expect(row(page, 'Pickled')).toHaveCount(0);
});

test('M16: a card that contradicts its files is refused and can be corrected', async ({ page, url }) => {
  await open(page, url);
  await chooseOwn(page, VIT);
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Swapped');
  await dialog(page).getByRole('textbox', { name: 'Label of output 0' }).fill('SFW');
  await dialog(page).getByRole('textbox', { name: 'Label of output 1' }).fill('NSFW');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  const mine = list(page, 'Available').getByRole('article', { name: 'Swapped', exact: true });
  await expect(mine).toContainText('Not installed.', { timeout: 30_000 });
  await mine.getByRole('button', { name: 'Correct the card of Swapped' }).click();
  await expect(dialog(page).getByRole('textbox', { name: 'Label of output 0' })).toHaveValue('SFW');
  await dialog(page).getByRole('textbox', { name: 'Label of output 0' }).fill('NSFW');
  await dialog(page).getByRole('textbox', { name: 'Label of output 1' }).fill('SFW');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  await expect(list(page, 'Ready').getByRole('article', { name: 'Swapped', exact: true })).toBeVisible({
    timeout: 60_000,
  });
});

test('what is installed in one tab shows in the other, and so does its deletion', async ({
  page,
  context,
  url,
}) => {
  await open(page, url);
  const other = await context.newPage();
  await open(other, url);
  await installOwn(page, 'In two tabs', VIT);
  await expect(row(other, 'In two tabs')).toBeVisible();
  await row(other, 'In two tabs').getByRole('button', { name: 'Delete In two tabs' }).click();
  await dialog(other)
    .getByRole('button', { name: /^Delete \d/ })
    .click();
  await expect(row(page, 'In two tabs')).toHaveCount(0);
});
