/** What a moderator does with a run that is judged, each by its key, and how long the answer takes. */
import type { Page } from '@playwright/test';
import { untilAnswered } from './watch';

const MOVES = 20;
const KEYS = 50;

export interface DecidedBy {
  readonly keys: number;
  readonly decided: number;
  /** Milliseconds from each key to the frame with the next item. */
  readonly next: readonly number[];
}

/** A line moved by a hundredth, again and again: milliseconds from the key to the counts of all items. */
export async function moveLines(page: Page): Promise<number[]> {
  const slider = page.getByRole('slider', { name: /review/i }).first();
  await slider.focus();
  const times: number[] = [];
  for (let turn = 0; turn < MOVES; turn++) {
    await page.evaluate(untilAnswered, { selector: '.hist [role="slider"]', attribute: 'aria-valuetext' });
    await page.keyboard.press(turn % 10 < 5 ? 'ArrowRight' : 'ArrowLeft');
    times.push(await page.evaluate(() => globalThis.answered));
  }
  return times;
}

export async function decide(page: Page): Promise<DecidedBy> {
  await page.locator('.grid').first().focus();
  await page.keyboard.press('j');
  await page.locator('.review h2 bdi').waitFor();
  const next: number[] = [];
  for (let turn = 0; turn < KEYS; turn++) {
    await page.evaluate(untilAnswered, { selector: '.review h2', frame: true });
    await page.keyboard.press('a');
    next.push(await page.evaluate(() => globalThis.answered));
  }
  await page.locator('.deskbar__saved', { hasText: 'Saved' }).waitFor();
  const words = (await page.locator('.deskbar__count').textContent()) ?? '';
  return { keys: KEYS, decided: Number(words.replaceAll(/\D/g, '')), next };
}
