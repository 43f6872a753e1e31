/** The samples of `samples.spec.ts`, for as long as it takes. */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { CHROMIUM_ARGS, ensureChromium } from '../../scripts/chromium.mjs';
import { startHub } from '../support/hub/hub';
import { buildPage } from './build';
import { runCorruptions } from './corruptions';
import { runInstallKills } from './install-kills';
import { withStage } from './installing';
import { runKills } from './kills';
import { openPage, reposOf, startApp, writeStandIn } from './stage';
import { runStoredCorruptions } from './stored-corruptions';

function options(args: readonly string[], count: string): { count: number; seed: number } {
  const { values } = parseArgs({
    args: [...args],
    options: { count: { type: 'string', default: count }, seed: { type: 'string', default: '1' } },
  });
  return { count: Number(values.count), seed: Number(values.seed) };
}

/** What one kill cost at most. */
const costs = (lost: number, twice: number): string =>
  `at most ${twice} whole chunks came twice, ${(lost / 2 ** 20).toFixed(1)} MiB come in vain`;

/** `--count 1000 --seed 1`: corrupted downloads; 0 when none came through. */
export async function soakDownloads(args: readonly string[]): Promise<number> {
  const { count, seed } = options(args, '1000');
  const standIn = writeStandIn();
  const [overlay, hub] = [await buildPage(), await startHub(reposOf(standIn))];
  const server = await startApp(hub, overlay);
  const browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_ARGS });
  let problems = 0;
  const all = new Map<string, number>();
  try {
    const context = await browser.newContext();
    await context.addInitScript('globalThis.__name = (value) => value');
    const page = await openPage(await context.newPage(), server.url);
    for (let done = 0; done < count; done += 50) {
      const tally = await runCorruptions({ page, hub, standIn }, seed + done, Math.min(50, count - done));
      for (const [code, times] of tally.ended) all.set(code, (all.get(code) ?? 0) + times);
      for (const problem of tally.problems) console.log(`WRONG  ${problem}`);
      problems += tally.problems.length;
      console.log(`${Math.min(count, done + 50)} of ${count}, ${problems} wrong`);
    }
  } finally {
    await browser.close();
    await server.close();
    await hub.close();
    for (const folder of [overlay, standIn.folder]) rmSync(folder, { recursive: true, force: true });
  }
  for (const [code, times] of all) console.log(`${String(times).padStart(7)}  ${code}`);
  return problems === 0 ? 0 : 1;
}

/** `--count 200 --seed 1`: killed browsers; 0 when nothing was lost. */
export async function soakKills(args: readonly string[]): Promise<number> {
  const { count, seed } = options(args, '200');
  let [done, problems, lost, twice] = [0, 0, 0, 0];
  for (let from = seed; done < count; from += 1_000) {
    const tally = await runKills(from, Math.min(10, count - done));
    done += tally.kills;
    problems += tally.problems.length;
    lost = Math.max(lost, tally.lost);
    twice = Math.max(twice, tally.twice);
    for (const problem of tally.problems) console.log(`WRONG  ${problem}`);
    console.log(`${done} of ${count}, ${problems} wrong; ${costs(lost, twice)}`);
  }
  return problems === 0 ? 0 : 1;
}

/** `--count 200 --seed 1`: installations that are killed; 0 when nothing was lost, and nothing half was offered. */
export async function soakInstalls(args: readonly string[]): Promise<number> {
  const { count, seed } = options(args, '200');
  let said = 0;
  const tally = await runInstallKills(seed, count, ({ kills, problems, lost, twice }) => {
    for (; said < problems.length; said++) console.log(`WRONG  ${problems[said]}`);
    console.log(`${kills} of ${count}, ${problems.length} wrong; ${costs(lost, twice)}`);
  });
  for (const [phase, { kills, installed }] of tally.phases)
    console.log(`${String(kills).padStart(7)}  ${phase}, installed after ${installed}`);
  return tally.problems.length === 0 ? 0 : 1;
}

/** `--count 1000 --seed 1`: changes of stored chunks, half downloaded, half installed; 0 when none came through. */
export async function soakStored(args: readonly string[]): Promise<number> {
  const { count, seed } = options(args, '1000');
  let problems = 0;
  await withStage(async (stage) => {
    for (const kept of ['model', 'sources'] as const) {
      const all = new Map<string, number>();
      for (let done = 0; done < count / 2; done += 25) {
        const tally = await runStoredCorruptions(stage, kept, seed + done, Math.min(25, count / 2 - done));
        for (const [how, times] of tally.ended) all.set(how, (all.get(how) ?? 0) + times);
        for (const problem of tally.problems) console.log(`WRONG  ${problem}`);
        problems += tally.problems.length;
        console.log(`${kept}: ${Math.min(count / 2, done + 25)} of ${count / 2}, ${problems} wrong`);
      }
      for (const [how, times] of all) console.log(`${String(times).padStart(7)}  ${how}`);
    }
  });
  return problems === 0 ? 0 : 1;
}
