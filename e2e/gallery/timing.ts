import type { Page } from '@playwright/test';

/** Longest main-thread task while something is done, in milliseconds; 0 below the 50 ms that count as long. */
export async function longestTask(page: Page, act: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { tasks });
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map((entry) => entry.duration)),
    ).observe({
      type: 'longtask',
    });
  });
  await act();
  await page.waitForTimeout(300);
  return page.evaluate(() => Math.max(0, ...(window as unknown as { tasks: number[] }).tasks));
}

/** The least of three goes: what it costs, not what else the machine was doing. */
export async function leastOfThree(go: () => Promise<number>): Promise<number> {
  const all = [await go(), await go(), await go()];
  console.log(`  longest tasks: ${all.map(Math.round).join(', ')} ms`);
  return Math.min(...all);
}
