/** As many prompts as a list may have, from one table: they stream in, are all on the screen, and are gone through. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Stage } from '../prepare/stage';
import type { Figures } from './figures';
import { judgedToTheEnd, openTriage } from './run';
import { moveLines } from './uses';

const WORDS = [
  'a lake',
  'bread',
  'the old bridge',
  'a pineapple',
  'snow',
  'two chairs',
  'a map',
  'green tea',
];
const VERBS = [
  'lies beside',
  'is larger than',
  'was drawn with',
  'stands under',
  'looks like',
  'comes after',
];

/** Texts of their own, a line each, all neutral. */
function table(rows: number): string {
  const lines = Array.from({ length: rows }, (_, at) => {
    const [one, other] = [WORDS[at % 8]!, WORDS[Math.floor(at / 48) % 8]!];
    return `p-${at},${one} ${VERBS[Math.floor(at / 8) % 6]!} ${other} number ${at}`;
  });
  return `id,prompt\n${lines.join('\n')}\n`;
}

export async function judgeRows(stage: Stage, count: number, figures: Figures): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'winnow-rows-'));
  try {
    const path = join(folder, 'prompts.csv');
    writeFileSync(path, table(count));
    const page = await openTriage(stage);
    const { watch, memory } = await judgedToTheEnd(stage, page, count, () =>
      page.locator('input[type=file][aria-label^="Drop a folder"]').first().setInputFiles(path),
    );
    const took = (watch.all - watch.picked) / 1_000;
    figures.note(`${count} prompts judged in ${took.toFixed(0)} s`, { rows: count, rowsSeconds: took });
    figures.tasks('prompts', watch);
    figures.memory('prompts', memory);
    figures.lines(count, await moveLines(page));
    figures.scrolled(count, await gone(page));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Through the list from end to end, by a screen at a time and then in great leaps. */
function gone(page: Page): Promise<{ drawn: number; longest: number }> {
  return page.evaluate(async () => {
    const grid = document.querySelector('.grid')!;
    let longest = 0;
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    });
    observer.observe({ type: 'longtask' });
    let drawn = 0;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const steps = [
      ...Array.from({ length: 100 }, (_, at) => at * grid.clientHeight),
      ...Array.from({ length: 100 }, (_, at) => (grid.scrollHeight * at) / 100),
    ];
    for (const top of steps) {
      grid.scrollTop = top;
      await frame();
      await frame();
      drawn = Math.max(drawn, grid.querySelectorAll('.grid__run > .grid__row').length);
    }
    // Tasks are told of a little later.
    await new Promise((resolve) => setTimeout(resolve, 200));
    observer.disconnect();
    return { drawn, longest };
  });
}
