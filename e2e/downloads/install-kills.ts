/** Pages and browsers that die while a model is installed: all of it is there, or nothing of it is offered. */
import type { Page } from '@playwright/test';
import { Random } from '../hostile/random';
import { begin, hubLarge, install, startWinnow } from '../support/hub-models';
import { storedKeys } from '../support/installing';
import { answer, isInstalled, keptBytes, MODEL, type Stage, same, WEIGHTS, withStage } from './installing';
import { chunksIn, MOST_LOST, MOST_TWICE, startOf } from './kills';
import { randomKill } from './mortal';

const POINTS = ['download', 'verify', 'prepare', 'check', 'promote'] as const;
type Point = (typeof POINTS)[number];
/** Most time goes into downloading, and most can be lost there. */
const DRAWN: readonly Point[] = ['download', 'download', 'download', ...POINTS];

/** Of the configuration, which counts as downloaded beside the weights. */
const SMALL = 1_000;

export interface InstallKillTally {
  readonly problems: string[];
  kills: number;
  /** Most bytes that had arrived when one kill came, and had to come again. */
  lost: number;
  /** Most whole chunks that the server sent twice for one kill. */
  twice: number;
  /** How many kills came in each phase, and after how many of them the model was there. */
  readonly phases: Map<string, { kills: number; installed: number }>;
}

/** Kills `count` installations at random moments of every phase, half of them with the whole browser. */
export function runInstallKills(
  seed: number,
  count: number,
  onKill: (tally: InstallKillTally) => void = () => {},
): Promise<InstallKillTally> {
  const tally: InstallKillTally = { problems: [], kills: 0, lost: 0, twice: 0, phases: new Map() };
  return withStage(async (stage) => {
    for (let one = seed; tally.kills < count; one++) {
      await killed(stage, one, tally, count);
      onKill(tally);
    }
    return tally;
  });
}

/** One installation from nothing to the end, with one to three deaths on the way. */
async function killed(stage: Stage, seed: number, tally: InstallKillTally, count: number): Promise<void> {
  const { hub, source, browser, expected } = stage;
  const random = new Random(seed);
  const problem = (what: string) => tally.problems.push(`seed ${seed}: ${what}`);
  hub.heal();
  hub.log.splice(0);
  hub.fault('slow:20000000', { times: 99, match: /safetensors/ });
  const deaths = Math.min(1 + random.below(3), count - tally.kills);
  // What is whole is not downloaded again: a death later on would leave nothing for one earlier.
  const points = Array.from({ length: deaths }, () => DRAWN[random.below(DRAWN.length)]!).sort(
    (a, b) => POINTS.indexOf(a) - POINTS.indexOf(b),
  );
  for (const [death, point] of points.entries()) {
    const page = await browser.enter();
    if (death === 0) await forget(page);
    await begin(page, MODEL, { source });
    await reached(page, point, random.next());
    const kept = await keptBytes(page);
    await page.waitForTimeout(random.next() * (point === 'promote' ? 1.5 * stage.checking : 120));
    const [phase, done] = await standing(page);
    await browser.kill(randomKill(random));
    tally.kills++;
    const after = await browser.enter();
    const offered = await survived(after, problem);
    const at = tally.phases.get(phase) ?? { kills: 0, installed: 0 };
    tally.phases.set(phase, { kills: at.kills + 1, installed: at.installed + Number(offered) });
    if (offered) {
      const { scores } = await answer(after);
      if (!same(scores, expected)) problem(`it is offered after a death in ${point}, with other scores`);
      break;
    }
    const found = await keptBytes(after);
    if (found < kept) problem(`${kept - found} bytes of whole chunks were lost in ${point}`);
    const lost = done - found - SMALL;
    const twice = chunksIn(lost);
    if (lost > MOST_LOST) problem(`${lost} bytes were lost in ${point}`);
    if (twice > MOST_TWICE) problem(`${twice} whole chunks had come that are not here`);
    tally.lost = Math.max(tally.lost, lost);
    tally.twice = Math.max(tally.twice, twice);
  }
  await finished(stage, problem);
}

/** Nothing of the model is here. */
async function forget(page: Page): Promise<void> {
  await page.evaluate(() => globalThis.winnow?.close());
  await startWinnow(page, [hubLarge]);
  await page.evaluate(async (id) => {
    await winnow.remove(id).catch(() => {});
    await winnow.removeDownloads();
  }, MODEL);
}

/** Waits until the installation is there, or further. */
async function reached(page: Page, point: Point, share: number): Promise<void> {
  await page.waitForFunction(
    ([id, wanted, least]) => {
      const one = installs[id]!;
      const last = one.seen.at(-1);
      if (one.over) return true;
      if (!last) return false;
      const order = ['download', 'prepare', 'check'];
      const [phase, part] = (
        { verify: ['download', 1], promote: ['check', 0], check: ['check', 0] } as Record<
          string,
          [string, number]
        >
      )[wanted] ?? [wanted, least];
      const [is, must] = [order.indexOf(last.phase), order.indexOf(phase)];
      // What is not known yet is not all there: the first word of a download has no total.
      const far = last.total > 0 && last.done >= part * last.total * (part === 1 ? 0.999 : 1);
      return is > must || (is === must && far);
    },
    [MODEL, point, share] as const,
    { polling: 5, timeout: 60_000 },
  );
}

/** What the installation was at, as it last said, and how many bytes had arrived. */
const standing = (page: Page): Promise<readonly [string, number]> =>
  page.evaluate((id) => {
    const { over, seen } = installs[id]!;
    const last = seen.at(-1);
    const done = seen.findLast(({ phase }) => phase === 'download')?.done ?? 0;
    if (over) return ['ended', done] as const;
    const state = last?.phase === 'download' ? last.state?.kind : undefined;
    return [state ?? last?.phase ?? 'start', done] as const;
  }, MODEL);

/** Starts anew; whether the model is offered, which its record alone decides. */
async function survived(page: Page, problem: (what: string) => void): Promise<boolean> {
  const promoted = (await storedKeys(page)).includes(JSON.stringify(['model', MODEL]));
  await startWinnow(page, [hubLarge]);
  const offered = await isInstalled(page);
  if (offered !== promoted) problem(promoted ? 'it is promoted and not offered' : 'it is offered half made');
  if (!promoted && (await storedKeys(page)).length > 0) problem('parts of a model that is none stay');
  return offered;
}

/** Whatever happened: it can be installed now, what is here is not fetched again, and the scores are the same. */
async function finished({ hub, source, browser, expected }: Stage, problem: (what: string) => void) {
  hub.heal();
  const page = await browser.enter();
  const kept = await keptBytes(page);
  const before = hub.log.length;
  if (!(await isInstalled(page))) {
    const { error } = await install(page, MODEL, { source });
    if (error) problem(JSON.stringify(error));
    const asked = hub.log
      .slice(before)
      .filter(({ host, path }) => host === 'store' && path.includes(WEIGHTS));
    if (asked.some((one) => startOf(one) < kept)) problem('whole chunks were fetched again');
  }
  const { scores, code } = await answer(page);
  if (!same(scores, expected)) problem(`other scores in the end: ${code ?? scores}`);
  const left = await page.evaluate(() => winnow.downloads());
  if (left.length > 0) problem(`sources stay: ${JSON.stringify(left)}`);
}
