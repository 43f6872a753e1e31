/** The steps of one opening: marks of the page and of its workers, which the browser's tracing puts on one clock. */
import type { Page } from '@playwright/test';

export interface Step {
  /** Since the first one. */
  readonly milliseconds: number;
  readonly what: string;
}

interface Event {
  readonly name: string;
  /** Microseconds. */
  readonly ts: number;
}

const PREFIX = 'winnow: ';

/** Every step that is marked while `work` goes on, first to last. */
export async function stepsOf(page: Page, work: () => Promise<unknown>): Promise<readonly Step[]> {
  const session = await page.context().newCDPSession(page);
  const events: Event[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as Event[])));
  const traceConfig = { includedCategories: ['blink.user_timing'] };
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig });
  await work();
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.end');
  await complete;
  const marks = events.filter(({ name }) => name.startsWith(PREFIX)).sort((a, b) => a.ts - b.ts);
  return marks.map(({ name, ts }) => ({
    milliseconds: (ts - marks[0]!.ts) / 1_000,
    what: name.slice(PREFIX.length),
  }));
}

export function printSteps(steps: readonly Step[]): void {
  console.log('         of one of these:');
  for (const { milliseconds, what } of steps)
    console.log(`         ${Math.round(milliseconds).toString().padStart(8)} ms  ${what}`);
}
