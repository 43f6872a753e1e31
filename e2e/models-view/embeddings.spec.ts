/** Ready-made embeddings on a head alone: LAION's own head, its own embeddings, the reference's own scores. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { FIXTURES, LAION_HEAD } from '../support/installing';
import { card, dialog, expect, list, open, test } from './stage';

const EMBEDDINGS = join(FIXTURES, 'clip-nsfw/embeddings.safetensors');

/** The only table of a safetensors file. */
function table(path: string): { shape: readonly number[]; values: Float32Array } {
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const header: Record<string, { shape: number[]; data_offsets: [number, number] }> = JSON.parse(
    bytes.toString('utf8', 8, 8 + length),
  );
  const [{ shape, data_offsets }] = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([, tensor]) => tensor) as [{ shape: number[]; data_offsets: [number, number] }];
  const [from, to] = data_offsets.map((at) => at + 8 + length) as [number, number];
  return { shape, values: new Float32Array(new Uint8Array(bytes.subarray(from, to)).buffer) };
}

async function installHead(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add your own model' }).click();
  await dialog(page).locator('input[type=file]').last().setInputFiles([LAION_HEAD]);
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Head');
  await dialog(page).getByRole('combobox', { name: 'It reads' }).selectOption('Ready-made embeddings');
  await dialog(page).getByRole('textbox', { name: 'Label of output 0' }).fill('nsfw');
  await dialog(page).getByRole('button', { name: 'Remove output 1' }).click();
  await dialog(page).getByRole('combobox', { name: 'Outputs' }).selectOption('Stand alone (sigmoid)');
  await dialog(page).getByRole('button', { name: 'Install', exact: true }).click();
  const mine = list(page, 'Ready').getByRole('article', { name: 'Head', exact: true });
  await expect(mine).toContainText('Head only.', { timeout: 60_000 });
  await expect(mine.getByRole('button', { name: 'Head on the bench' })).toHaveCount(0);
}

test('rows are counted by verdict and saved: every score within 1e-5 of the reference', async ({
  page,
  url,
}) => {
  await open(page, url);
  await installHead(page);
  const section = card(page).getByRole('region', { name: 'Ready-made embeddings' });
  await section.locator('input[type=file]').setInputFiles(EMBEDDINGS);
  await expect(section).toContainText('200 rows', { timeout: 30_000 });
  const counts = await section
    .getByText(/\d+ clear · \d+ review · \d+ block · \d+ needs? review/)
    .textContent();
  expect(
    counts!
      .match(/\d+/g)!
      .map(Number)
      .reduce((sum, each) => sum + each),
  ).toBe(200);
  const saving = page.waitForEvent('download');
  await section.getByRole('button', { name: 'Save scores as CSV' }).click();
  const lines = readFileSync(await (await saving).path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect(lines[0]).toBe('row,nsfw,verdict,code,reason');
  const expected = table(join(FIXTURES, 'clip-nsfw/scores.safetensors')).values;
  expect(lines.slice(1)).toHaveLength(expected.length);
  for (const [at, line] of lines.slice(1).entries()) {
    const [row, score, verdict] = line.split(',');
    expect(Number(row)).toBe(at);
    expect(Math.abs(Number(score) - expected[at]!)).toBeLessThan(1e-5);
    const word = Number(score) >= 0.8 ? 'block' : Number(score) >= 0.5 ? 'review' : 'clear';
    expect(verdict).toBe(word);
  }
});

test('a wrong width says which, a row of no numbers needs review', async ({ page, url, folder }) => {
  await open(page, url);
  await installHead(page);
  const section = card(page).getByRole('region', { name: 'Ready-made embeddings' });
  const narrow = join(folder, 'narrow.npy');
  writeFileSync(narrow, npy(4, 512, new Float32Array(4 * 512).fill(1)));
  await section.locator('input[type=file]').setInputFiles(narrow);
  await expect(section).toContainText('narrow.npy was not scored.', { timeout: 30_000 });
  await expect(section).toContainText(/512 numbers a row/);
  const { values } = table(EMBEDDINGS);
  const three = values.slice(0, 3 * 768).map((value, at) => (at === 768 ? Number.NaN : value));
  const holed = join(folder, 'holed.npy');
  writeFileSync(holed, npy(3, 768, three));
  await section.locator('input[type=file]').setInputFiles(holed);
  await expect(section).toContainText('1 needs review', { timeout: 30_000 });
  await section.getByRole('button', { name: 'Clear' }).click();
  await expect(section).not.toContainText('3 rows');
});

/** NumPy's format, version 1.0: magic, header padded to 64 bytes, numbers. */
function npy(rows: number, width: number, values: Float32Array): Buffer {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${width}), }`;
  const header = `${text.padEnd(117)}\n`;
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([head, Buffer.from(header, 'latin1'), Buffer.from(values.buffer)]);
}
