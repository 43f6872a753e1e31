/** A model of one's own from the Hub: looked up, filled in, its network chosen, installed, used offline. */
import type { Page } from '@playwright/test';
import { CODE, OWN, PICKLES, PRIVATE, ready, TEXT, TOKEN, test, visit } from './hub-stage';
import { card, dialog, expect, row } from './stage';

async function lookUp(page: Page, repo: string, revision = ''): Promise<void> {
  await page.getByRole('button', { name: 'Add from the Hub' }).click();
  await dialog(page).getByLabel('Repository').fill(repo);
  await dialog(page).getByLabel('Revision').fill(revision);
  await dialog(page).getByRole('button', { name: 'Look it up' }).click();
}

test('a repository fills the card in; it is installed at its commit, and works offline', async ({
  page,
  site,
}) => {
  test.slow();
  await visit(page, site);
  await lookUp(page, `https://huggingface.co/${OWN}/tree/main`);
  await expect(dialog(page)).toContainText(`${OWN} at ${site.hub.commit(OWN).slice(0, 8)}`);
  await expect(dialog(page).getByRole('radio', { name: /model\.safetensors/ })).toBeChecked();
  await expect(dialog(page).getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('own-vit');
  await expect(dialog(page).getByRole('textbox', { name: 'Label of output 0' })).toHaveValue('NSFW');
  await expect(dialog(page).getByRole('textbox', { name: 'Size in pixels' })).toHaveValue('64');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  await expect(ready(page, 'own-vit')).toBeVisible({ timeout: 60_000 });
  await expect(card(page)).toContainText(`${OWN}, revision ${site.hub.commit(OWN).slice(0, 8)}`);
  await page.context().setOffline(true);
  await ready(page, 'own-vit').getByRole('button', { name: 'own-vit on the bench' }).click();
  await expect(ready(page, 'own-vit')).toContainText('Check passed.', { timeout: 60_000 });
});

test('of several networks one is chosen; its tokenizer comes along', async ({ page, site }) => {
  test.slow();
  await visit(page, site);
  await lookUp(page, TEXT);
  await expect(dialog(page).getByRole('radio', { name: /onnx\/model\.onnx/ })).toBeChecked();
  await dialog(page)
    .getByRole('radio', { name: /onnx\/model_quantized\.onnx/ })
    .check();
  await expect(dialog(page).getByRole('combobox', { name: 'It reads' })).toHaveValue('text');
  await dialog(page).getByRole('textbox', { name: 'Tokens read at once' }).fill('64');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  await expect(ready(page, 'own-text')).toBeVisible({ timeout: 60_000 });
  const fetched = site.hub.log.filter(({ host, path }) => host === 'store' && path.includes('.onnx'));
  expect(fetched.map(({ path }) => path.split('?')[0])).toEqual([
    expect.stringMatching(/model_quantized\.onnx$/),
  ]);
});

test('what cannot be used is refused with the reason, before any of it is fetched', async ({
  page,
  site,
}) => {
  await visit(page, site);
  await lookUp(page, 'no such name');
  await expect(dialog(page)).toContainText('Its name on the Hub, such as owner/name.');
  for (const [repo, words] of [
    [PICKLES, /can run code/],
    [CODE, /needs Python code of its own/],
    ['winnow-tests/nowhere', /has no winnow-tests\/nowhere|is private/],
  ] as const) {
    await dialog(page).getByLabel('Repository').fill(repo);
    await dialog(page).getByRole('button', { name: 'Look it up' }).click();
    await expect(dialog(page)).toContainText(words);
  }
  await dialog(page).getByLabel('Repository').fill(OWN);
  await dialog(page).getByLabel('Revision').fill('no-such-branch');
  await dialog(page).getByRole('button', { name: 'Look it up' }).click();
  await expect(dialog(page)).toContainText('does not have this version');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  await expect(dialog(page)).toContainText('Choose its network.');
  await expect(dialog(page).getByLabel('Repository')).toBeFocused();
  expect(site.hub.log.filter(({ host }) => host === 'store')).toEqual([]);
});

test('a private repository takes a token', async ({ page, site }) => {
  test.slow();
  await visit(page, site);
  await lookUp(page, PRIVATE);
  const field = dialog(page).getByLabel('Hub token');
  await expect(field).toHaveAttribute('type', 'password');
  await field.fill(TOKEN);
  await page.keyboard.press('Enter');
  await expect(dialog(page).getByRole('radio', { name: /model\.safetensors/ })).toBeChecked();
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  await expect(row(page, 'private-vit')).toBeVisible();
  await expect(ready(page, 'private-vit')).toBeVisible({ timeout: 60_000 });
});
