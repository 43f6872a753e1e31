/** The triage screen of a browser, and a run in it from the drop to the last verdict. */
import type { Page } from '@playwright/test';
import { cpuSeconds, peak, type Residents, resetPeak, residents } from '../prepare/renderer';
import type { Stage } from '../prepare/stage';
import { startWatching, type Watch } from './watch';

/** Between two looks at a run, which cost as much as judging a picture, and between two lines about it, in milliseconds. */
const LOOK = 2_000;
const LINE = 15_000;
/** Of a page that is open before something is dropped, in milliseconds. */
const BEFORE = 3_000;
/** A run that does not move for so long will not end. */
const STUCK = 120_000;

export interface Memory {
  /** The largest that one renderer was, as Linux keeps it, in megabytes (10⁶ bytes). */
  readonly page: number;
  /** The largest seen of each other kind of process, every two seconds. Pages that they share are counted in each. */
  readonly rest: Residents;
}

export interface Judged {
  readonly watch: Watch;
  /** Processor seconds of all the browser's processes, from the drop to the last verdict. */
  readonly work: number;
  readonly memory: Memory;
}

export async function openTriage(stage: Stage): Promise<Page> {
  const page = await stage.enter();
  await page.addInitScript(startWatching);
  await page.goto(new URL('./#/triage', page.url()).href);
  await page.getByText(/^Judged by/).waitFor();
  // Whoever finds a folder and drops it has had the page before them for a while.
  await page.waitForTimeout(BEFORE);
  return page;
}

/** Drops, and waits until each of `count` items has its verdict. Says how far it is; throws where it stands still. */
export async function judgedToTheEnd(
  stage: Stage,
  page: Page,
  count: number,
  drop: () => Promise<void>,
): Promise<Judged> {
  resetPeak(stage.profile);
  await page.evaluate((all) => {
    globalThis.watch.items = all;
  }, count);
  const before = cpuSeconds(stage.profile);
  await drop();
  const rest: Record<string, number> = {};
  let [words, since, said] = ['', Date.now(), Date.now()];
  for (;;) {
    for (const [kind, megabytes] of Object.entries(residents(stage.profile)))
      rest[kind] = Math.max(rest[kind] ?? 0, megabytes);
    const now = await page.evaluate(() => ({
      all: globalThis.watch.all,
      words: document.querySelector('.run p')?.textContent ?? '',
    }));
    if (now.all > 0) break;
    if (now.words !== words) [words, since] = [now.words, Date.now()];
    if (Date.now() - since > STUCK) throw new Error(`Nothing has moved for ${STUCK / 1_000} s: ${words}`);
    if (Date.now() - said > LINE) {
      said = Date.now();
      console.log(`  ${words}; the page holds ${Math.round(rest.renderer ?? 0)} MB`);
    }
    await page.waitForTimeout(LOOK);
  }
  const watch = await page.evaluate<Watch>(() => globalThis.watch);
  const { renderer: _, ...others } = rest;
  return {
    watch,
    work: cpuSeconds(stage.profile) - before,
    memory: { page: peak(stage.profile), rest: others },
  };
}
