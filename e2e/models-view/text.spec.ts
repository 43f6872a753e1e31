/** A text model of one's own on the bench: tokens counted, long text in windows, nothing claimed that nobody said. */
import { join } from 'node:path';
import { panel, prompt } from '../bench-view/stage';
import { FIXTURES } from '../support/installing';
import { dialog, expect, list, open, test } from './stage';

test('a text model is installed from an ONNX file and its tokenizer, and reads prompts in tokens', async ({
  page,
  url,
}) => {
  await open(page, url);
  await page.getByRole('button', { name: 'Add your own model' }).click();
  const files = [join(FIXTURES, 'qwen3-guard/model.onnx'), 'src/runtime/fixtures/tokenizer/tokenizer.json'];
  await dialog(page).locator('input[type=file]').last().setInputFiles(files);
  await expect(dialog(page).getByRole('combobox', { name: 'It reads' })).toHaveValue('text');
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Small text');
  await dialog(page).getByRole('textbox', { name: 'Label of output 0' }).fill('other');
  await dialog(page).getByRole('textbox', { name: 'Label of output 1' }).fill('pineapple');
  await dialog(page).getByRole('checkbox', { name: 'Risk, output 0' }).uncheck();
  await dialog(page).getByRole('checkbox', { name: 'Risk, output 1' }).check();
  await dialog(page).getByRole('textbox', { name: 'Tokens read at once' }).fill('64');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  const mine = list(page, 'Ready').getByRole('article', { name: 'Small text', exact: true });
  await expect(mine).toBeVisible({ timeout: 60_000 });
  await mine.getByRole('button', { name: 'Small text on the bench' }).click();
  await page.getByRole('link', { name: 'Bench', exact: true }).click();

  await prompt(page).fill('Two crates of fruit');
  await expect(page.locator('.meter')).toHaveText(/^\d+ of 64 tokens$/, { timeout: 30_000 });
  const shown = panel(page, 'Small text');
  await expect(shown.locator('.rule')).toContainText(/pineapple 0\.\d\d/);
  // Its card names no language, so there is none to be outside of.
  await expect(shown).not.toContainText('languages this model was made for');

  await prompt(page).fill('Two crates of fruit for the harbour fair, and a third for the quay. '.repeat(8));
  await expect(page.locator('.meter')).toHaveText(/characters, \d+ windows$/, { timeout: 30_000 });
  await expect(shown.locator('.rule')).toContainText('Every window was scored; the highest counts.');
});
