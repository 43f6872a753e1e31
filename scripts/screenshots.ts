/** Takes the pictures of the readme from the build in dist/: npm run screenshots */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, expect } from '@playwright/test';
import { writePictures } from '../e2e/bench/triage/pictures';
import { judgedAll, open, prompt } from '../e2e/bench-view/stage';
import { CHROMIUM_ARGS, ensureChromium } from './chromium.mjs';
import { startServer } from './serve.mjs';

const FOLDER = 'docs/pictures';
const SHOTS = [
  { name: 'bench-light', width: 1440, height: 900, colorScheme: 'light' },
  { name: 'bench-dark', width: 1440, height: 900, colorScheme: 'dark' },
  { name: 'bench-narrow', width: 390, height: 844, colorScheme: 'light' },
] as const;

const MODELS = [{ name: 'models-light', width: 1440, height: 900, colorScheme: 'light' }] as const;

const TRIAGE = [{ name: 'triage-light', width: 1440, height: 900, colorScheme: 'light' }] as const;

/** A mild complaint with a zero-width space in one word. */
const PROMPT =
  'Notice for the harbour fair: the stand with the pine\u200bapple crates opens at six. Whoever left the gate open last night was lazy and stupid.';

async function take(browser: Browser, url: string, shot: (typeof SHOTS)[number]): Promise<void> {
  const { name, width, height, colorScheme } = shot;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  await open(page, url);
  await prompt(page).fill(PROMPT);
  // Stricter lines than the card's, so that the picture shows a band that something is in.
  for (const [line, value] of [
    ['Review from, offensive', '0.20'],
    ['Block from, offensive', '0.60'],
  ] as const) {
    await page.getByRole('textbox', { name: line }).fill(value);
    await page.keyboard.press('Enter');
  }
  await page.getByRole('button', { name: 'Use sample pictures' }).click();
  await judgedAll(page, 6);
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
  await page.close();
}

/** The Models screen as it is first met, with the card of a model that can be installed. */
async function takeModels(browser: Browser, url: string, shot: (typeof MODELS)[number]): Promise<void> {
  const { name, width, height, colorScheme } = shot;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  await page.goto(`${url}#/models/freepik-nsfw`);
  await expect(page.getByText('Check passed.')).toHaveCount(2, { timeout: 60_000 });
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
  await page.close();
}

/** Items of the run in the picture. */
const ITEMS = 120;

/** A folder of drawings half worked through, on the item that is next. */
async function takeTriage(browser: Browser, url: string, shot: (typeof TRIAGE)[number]): Promise<void> {
  const { name, width, height, colorScheme } = shot;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  // tsx names every function through this helper of its own, which pages do not have.
  await page.addInitScript('globalThis.__name = (value) => value');
  const folder = mkdtempSync(join(tmpdir(), 'winnow-pictures-'));
  try {
    await page.goto(`${url}#/triage`);
    await writePictures(page, folder, ITEMS);
    await page.locator('input[type=file][aria-label="Folder"]').first().setInputFiles(folder);
    await expect(page.getByText(`${ITEMS} of ${ITEMS} judged`)).toBeVisible({ timeout: 120_000 });
    await page.locator('.grid').first().focus();
    await page.keyboard.press('j');
    for (const key of 'aaxasaxa') {
      await page.keyboard.press(key);
      await page.waitForTimeout(300);
    }
    await expect(page.locator('.deskbar')).toContainText('Saved');
    await page.waitForTimeout(1_000);
    await page.screenshot({ path: `${FOLDER}/${name}.png` });
  } finally {
    rmSync(folder, { recursive: true });
    await page.close();
  }
}

mkdirSync(FOLDER, { recursive: true });
const server = await startServer({ dir: 'dist' });
const browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_ARGS });
for (const shot of SHOTS) await take(browser, server.url, shot);
for (const shot of MODELS) await takeModels(browser, server.url, shot);
for (const shot of TRIAGE) await takeTriage(browser, server.url, shot);
await browser.close();
await server.close();
