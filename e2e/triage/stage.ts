/** A run on the SDK's bare page, and what it looks like from outside. */
import type { Page } from '@playwright/test';
import { RunFileCheck } from '../../src/core/triage/run-file';
import { testHeader, testItem, testScores } from '../../src/core/triage/testing';
import type { DecisionRecord } from '../../src/core/triage/types';
import type { Run } from '../../src/sdk/triage/types';

declare global {
  /** The run that is open on the page. */
  var run: Run;
  var told: (saved: readonly (readonly [seq: number, hash: string])[]) => Promise<void>;
}

/** Begins a run of `count` items on the page, and returns its id. */
export async function beginRun(page: Page, count: number): Promise<string> {
  const { name, models, thresholds, settings } = testHeader();
  await page.evaluate(
    async ([options]) => {
      globalThis.winnow ??= await sdk.createWinnow();
      globalThis.run = await winnow.runs.create(options);
    },
    [{ name, models, thresholds, settings }] as const,
  );
  for (let from = 0; from < count; from += 10_000) {
    const items = Array.from({ length: Math.min(10_000, count - from) }, (_, at) => testItem(from + at));
    const scores = items.map(({ id }, at) => ({ item: id, scores: testScores((at % 101) / 100) }));
    await page.evaluate(
      async ([some, said]) => {
        // As results come: some dozens at a time.
        for (let at = 0; at < some.length; at += 250) {
          run.put(some.slice(at, at + 250), said.slice(at, at + 250));
          await run.flush();
        }
      },
      [items, scores] as const,
    );
  }
  return page.evaluate(() => run.header.id);
}

/** Opens a run that is in the browser, and returns how long that took, in milliseconds. */
export function openRun(page: Page, id: string): Promise<number> {
  return page.evaluate(async (name) => {
    globalThis.winnow ??= await sdk.createWinnow();
    const begin = performance.now();
    globalThis.run = await winnow.runs.open(name);
    return performance.now() - begin;
  }, id);
}

/** The run's file, checked: its records, or why it is not right. */
export async function exported(
  page: Page,
): Promise<{ text: string; records: DecisionRecord[]; items: number }> {
  const text = await page.evaluate(async () => (await run.export('run')).text());
  const check = new RunFileCheck();
  const records: DecisionRecord[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const read = check.next(line);
    if (read.kind === 'record') records.push(read.record);
  }
  return { text, records, items: check.end().items };
}
