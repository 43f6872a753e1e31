/** A contender in a page: a browser of its own, whose profile outlives its processes. */
import type { Page } from '@playwright/test';
import { heapOf, watchHeaps } from '../heap';
import { peak, resetPeak } from '../prepare/renderer';
import { openStage, type Stage } from '../prepare/stage';
import type { Contender, Material } from './contender';

export interface WebContender {
  readonly name: string;
  readonly what: string;
  readonly material: Material;
  readonly threads: number;
  /** Of its browser. */
  readonly args?: readonly string[] | undefined;
  /** Once, before everything: fills the profile with what the model is opened from. */
  readonly install?: (stage: Stage) => Promise<void>;
  /** A page of a fresh process, with `contest`. */
  enter(stage: Stage): Promise<Page>;
}

export async function openWeb(given: WebContender): Promise<Contender> {
  const { name, what, material, threads } = given;
  const stage = await openStage('dist', given.args);
  try {
    await given.install?.(stage);
  } catch (error) {
    await stage.close();
    throw error;
  }
  let page: Page;
  let at = 0;
  return {
    name,
    what,
    async start() {
      page = await given.enter(stage);
      await watchHeaps(page);
      await page.evaluate(supply, material);
      if (threads > 1 && !(await page.evaluate(() => crossOriginIsolated)))
        throw new Error(`${name}: a page that is not isolated has no ${threads} threads.`);
      resetPeak(stage.profile);
    },
    open: () => page.evaluate(openAndAnswer, at++),
    close: () => page.evaluate(() => contest.close()),
    once: () => page.evaluate((n) => contest.once(item(n)), at++),
    batch(count) {
      const first = at;
      at += count;
      return page.evaluate(perSecond, [first, count] as const);
    },
    peak: () => peak(stage.profile),
    heap: () => heapOf(page),
    stop: () => stage.leave(),
    dispose: () => stage.close(),
  };
}

/** In the page; texts as `numbered` has them. A comment right after the JPEG's first marker makes other bytes of it. */
function supply(material: Material): void {
  if ('text' in material) {
    globalThis.item = (at) => `${material.text} ${100 + (at % 900)}`;
    return;
  }
  const bytes = Uint8Array.from(atob(material.jpeg), (character) => character.charCodeAt(0));
  globalThis.item = (at) => {
    const comment = Uint8Array.of(0xff, 0xfe, 0, 6, at >>> 24, at >>> 16, at >>> 8, at);
    return new Blob([bytes.subarray(0, 2), comment, bytes.subarray(2)], { type: 'image/jpeg' });
  };
}

async function openAndAnswer(at: number): Promise<number> {
  const first = item(at);
  const began = performance.now();
  await contest.open();
  await contest.once(first);
  return performance.now() - began;
}

async function perSecond([at, count]: readonly [number, number]): Promise<number> {
  const items = Array.from({ length: count }, (_, n) => item(at + n));
  const began = performance.now();
  await contest.batch(items);
  return (1_000 * count) / (performance.now() - began);
}
