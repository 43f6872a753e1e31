/** Browsers that die while somebody decides, or while a run is imported. */
import { rmSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import { type Kill, Mortal, randomKill } from '../downloads/mortal';
import { Random } from '../hostile/random';
import { DIST } from '../support/build';
import { writeOverlay } from '../support/overlay';
import { openSdk } from '../support/sdk-page';
import { beginRun, exported, openRun } from './stage';

export interface DecisionTally {
  readonly problems: string[];
  kills: number;
  /** Decisions that the page had said were saved. */
  saved: number;
  /** Of these, how many the youngest was old when its browser died, in milliseconds, at least. */
  youngest: number;
}

const ITEMS = 60;

/** A browser that comes back to the SDK's page, for as long as `work` takes. */
async function withMortal<T>(work: (bench: Mortal, saved: Map<number, string>) => Promise<T>): Promise<T> {
  const overlay = writeOverlay({ models: [] });
  const server = await startServer({ dir: DIST, overlay });
  const saved = new Map<number, string>();
  const bench = new Mortal(async (page) => {
    await page.exposeFunction('told', (records: readonly (readonly [number, string])[]) => {
      for (const [seq, hash] of records) saved.set(seq, hash);
      last = Date.now();
    });
    return openSdk(page, server.url);
  });
  try {
    return await work(bench, saved);
  } finally {
    await bench.close();
    await server.close();
    rmSync(overlay, { recursive: true, force: true });
  }
}
let last = 0;

/**
 * S06, S07: kills while decisions are made, half of them with the whole browser. Every saved one must be there after. `how`: all of
 * them alike.
 */
export function runDecisionKills(
  seed: number,
  count: number,
  { how, onKill }: { how?: Kill; onKill?: (tally: DecisionTally) => void } = {},
): Promise<DecisionTally> {
  return withMortal(async (bench, saved) => {
    const random = new Random(seed);
    const tally: DecisionTally = { problems: [], kills: 0, saved: 0, youngest: Number.POSITIVE_INFINITY };
    const id = await beginRun(await bench.enter(), ITEMS);
    while (tally.kills < count) {
      const page = await bench.enter();
      await openRun(page, id);
      await page.evaluate(decideForEver, random.below(2 ** 31));
      const before = saved.size;
      // Most deaths come right after something was saved, some at any moment.
      if (random.next() < 0.7) {
        while (saved.size === before) await page.waitForTimeout(1);
        await page.waitForTimeout(random.below(60));
      } else await page.waitForTimeout(random.below(400));
      tally.youngest = Math.min(tally.youngest, Date.now() - last);
      await bench.kill(how ?? randomKill(random));
      tally.kills += 1;
      tally.saved = saved.size;
      const after = await bench.enter();
      await openRun(after, id);
      for (const problem of await problemsOf(after, saved))
        tally.problems.push(`kill ${tally.kills}: ${problem}`);
      onKill?.(tally);
    }
    return tally;
  });
}

/** In the page: one decision after the other, of one item or some at once, with undo between, telling what was saved. */
function decideForEver(seed: number): void {
  let state = seed;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % limit;
  };
  const words = ['clear', 'block', 'escalate', 'skip'] as const;
  const one = () => ({ item: `i${1 + below(run.items.length)}`, decision: words[below(4)]! });
  const next = async () => {
    const choice = below(10);
    if (choice === 0) return run.undo();
    if (choice === 1) return run.redo();
    const items = new Map([...Array(choice < 4 ? 5 : 1)].map(() => one()).map((each) => [each.item, each]));
    // Says of each how many it was decided with.
    return run.decide([...items.values()].map((each) => ({ ...each, reason: `${items.size}` })));
  };
  const forever = async () => {
    for (;;) {
      const answer = await next();
      if (answer && 'saved' in answer) void told(answer.saved.map(({ seq, hash }) => [seq, hash] as const));
    }
  };
  void forever();
}

async function problemsOf(page: Page, saved: ReadonlyMap<number, string>): Promise<string[]> {
  const problems: string[] = [];
  // Checks the chain and its fold on the way.
  const { records, items } = await exported(page).catch((error: Error) => {
    problems.push(error.message);
    return { records: [], items: ITEMS };
  });
  if (items !== ITEMS) problems.push(`${items} items in place of ${ITEMS}`);
  const lost = [...saved].filter(([seq, hash]) => records[seq - 1]?.hash !== hash);
  if (lost.length > 0) problems.push(`${lost.length} saved records are gone, the first is ${lost[0]![0]}`);
  // What was decided together is there together.
  const groups = new Map<number, typeof records>();
  for (const record of records.filter(({ reason }) => reason !== undefined)) {
    const group = record.group ?? record.seq;
    groups.set(group, [...(groups.get(group) ?? []), record]);
  }
  for (const [group, all] of groups)
    if (all.length !== Number(all[0]!.reason))
      problems.push(`of ${all[0]!.reason} in group ${group} ${all.length} are there`);
  return problems;
}

/** A13: kills while a run is imported. After each the run is there as a whole, or there is nothing of it. */
export function runImportKills(
  seed: number,
  count: number,
  onKill: (done: number, kept: number, problems: readonly string[]) => void = () => {},
): Promise<{ readonly problems: string[]; readonly kept: number }> {
  return withMortal(async (bench) => {
    const random = new Random(seed);
    const problems: string[] = [];
    let kept = 0;
    let page = await bench.enter();
    const id = await beginRun(page, 1_500);
    await page.evaluate(() =>
      run.decide(run.items.slice(0, 400).map(({ id: item }) => ({ item, decision: 'clear' as const }))),
    );
    const { text } = await exported(page);
    await page.evaluate((name) => winnow.runs.remove(name), id);
    const begin = Date.now();
    await page.evaluate((file) => winnow.runs.import(new Blob([file])), text);
    const took = Date.now() - begin;
    for (let done = 1; done <= count; done++) {
      page = await bench.enter();
      await page.evaluate(
        async ([name, file]) => {
          globalThis.winnow ??= await sdk.createWinnow();
          await winnow.runs.remove(name);
          void winnow.runs.import(new Blob([file]));
        },
        [id, text] as const,
      );
      await page.waitForTimeout(random.below(took * 1.2));
      await bench.kill(randomKill(random));
      page = await bench.enter();
      const there = await page.evaluate(async () => {
        globalThis.winnow ??= await sdk.createWinnow();
        return (await winnow.runs.list()).length;
      });
      if (there > 0) {
        kept += 1;
        await openRun(page, id);
        if ((await exported(page)).text !== text) problems.push(`kill ${done}: it is there, but not whole`);
      } else if ((await keysLeft(page)) > 0) problems.push(`kill ${done}: something of it was left behind`);
      onKill(done, kept, problems);
    }
    return { problems, kept };
  });
}

const keysLeft = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const request = indexedDB.open('winnow-triage');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const count = request.result.transaction('triage').objectStore('triage').count();
          count.onsuccess = () => resolve(count.result);
          count.onerror = () => reject(count.error);
        };
      }),
  );
