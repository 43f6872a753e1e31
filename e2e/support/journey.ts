/** The bench, as somebody uses it who wants to see everything once. */
import { crc32, deflateSync } from 'node:zlib';
import { expect, type Page } from '@playwright/test';
import { decide, exported, judgeRun } from './triage';

export interface PictureFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** An 8-bit RGB PNG of one colour, with `comment` in a tEXt chunk. */
export function png(
  width: number,
  height: number,
  colour: readonly [number, number, number],
  comment = '',
): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), ...Array.from({ length: width }, () => Buffer.from(colour))]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...(comment ? [chunk('tEXt', Buffer.from(`Comment\0${comment}`, 'latin1'))] : []),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export const picture = (name: string, buffer = png(32, 24, [200, 120, 40])): PictureFile => ({
  ...{ name, mimeType: 'image/png', buffer },
});

const VERDICT = /Clear|Review|Block|Needs review/;

export async function openBench(page: Page, url = ''): Promise<void> {
  await page.goto(url);
  await expect(prompt(page)).toBeVisible();
}

export const prompt = (page: Page) => page.getByRole('textbox', { name: 'Prompt', exact: true });

/** Verdicts shown in a lane, the big one first. */
export const verdicts = (page: Page, lane: 'Prompt' | 'Pictures') =>
  page
    .getByRole('region', { name: lane, exact: true })
    .locator('[data-verdict]')
    .filter({ hasText: VERDICT });

export async function typePrompt(page: Page, text: string): Promise<void> {
  await prompt(page).fill(text);
  await expect(verdicts(page, 'Prompt').first()).toBeVisible({ timeout: 30_000 });
}

/** Adds pictures and waits until each has its verdict; up to 20, because the strip renders what is in view. */
export async function addPictures(page: Page, files: readonly PictureFile[]): Promise<void> {
  await page
    .locator('input[type="file"]')
    .first()
    .setInputFiles([...files]);
  const strip = page.getByRole('listbox', { name: 'Pictures on the bench' });
  await expect(strip.getByRole('option', { name: VERDICT })).toHaveCount(files.length, { timeout: 60_000 });
}

/**
 * Types, drops, moves a line, reveals, hides, reads the dialogs, visits Models, and clears. `canary` goes
 * into the prompt, the files' names and their bytes; broken files are among them.
 */
export async function fullJourney(page: Page, canary: string, url = ''): Promise<void> {
  await openBench(page, url);
  await typePrompt(page, `${canary} on the table\u200b by the harbour`);
  await addPictures(page, [
    picture(`${canary}.png`, png(40, 30, [20, 90, 160], canary)),
    picture(`${canary}-lies.jpg`, png(16, 16, [240, 240, 240], canary)),
    picture(`${canary}-empty.png`, Buffer.alloc(0)),
    picture(`${canary}-cut.png`, png(64, 64, [10, 200, 10], canary).subarray(0, 90)),
    picture(
      `${canary}.svg`,
      Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg"><text>${canary}</text></svg>`),
    ),
  ]);
  const line = page.getByRole('region', { name: 'Pictures', exact: true }).getByRole('slider').first();
  await line.focus();
  for (const key of ['ArrowLeft', 'ArrowLeft', 'PageDown', 'Home']) await page.keyboard.press(key);
  await page.getByRole('heading', { name: 'Pictures', exact: true }).click();
  await page.keyboard.down('Space');
  await page.waitForTimeout(400);
  await page.keyboard.up('Space');
  await page.keyboard.press('b');
  await page.getByRole('button', { name: 'Show the prompt' }).click();
  for (const name of ['Runs on this machine', 'Help and keys', 'Limits of each model']) {
    await page.getByRole('button', { name }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  }
  await page.getByRole('button', { name: 'Copy as policy' }).click();
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Models', level: 1 })).toBeVisible();
  await page.getByRole('link', { name: 'Bench', exact: true }).click();
  await expect(prompt(page)).toBeVisible();
  await page.getByRole('button', { name: 'Clear all pictures' }).click();
  await prompt(page).fill('');
  await page.waitForTimeout(500);
}

/** Drops pictures and a table of prompts, decides them, and exports; `canary` is in names and contents. Returns the exports. */
export async function triageJourney(page: Page, canary: string): Promise<string> {
  await page.getByRole('link', { name: 'Triage', exact: true }).click();
  const table = Buffer.from(`prompt\n${canary} by the harbour\nA crate of ${canary}\n`);
  await judgeRun(
    page,
    [
      picture(`${canary}.png`, png(40, 30, [20, 90, 160], canary)),
      picture(`${canary}-cut.png`, png(64, 64, [10, 200, 10], canary).subarray(0, 90)),
      { name: `${canary}.csv`, mimeType: 'text/csv', buffer: table },
    ],
    4,
  );
  await decide(page, 'axea');
  return (await exported(page, 'Table')) + (await exported(page, 'Run file'));
}
