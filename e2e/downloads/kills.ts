/** Browsers that die while they download: what was whole stays, nothing half counts as whole. */
import { rmSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { CHUNK_BYTES } from '../../src/core/hub/chunks';
import { PIECE_BYTES } from '../../src/runtime/downloads/pieces';
import { AHEAD_BYTES } from '../../src/runtime/downloads/transfer';
import { Random } from '../hostile/random';
import { type Entry, type Hub, startHub } from '../support/hub/hub';
import { buildPage } from './build';
import { Mortal, randomKill } from './mortal';
import { download, openPage, reposOf, requestOf, type StandIn, startApp, writeStandIn } from './stage';

export interface KillTally {
  readonly problems: string[];
  kills: number;
  /** Most bytes that had come when one kill came, and had to come again. */
  lost: number;
  /** Most whole chunks that had come, and had to come again after one kill. */
  twice: number;
}

/** Of what a death costs: the chunk that was being stored, which is all that may have come whole and is not kept. */
export const MOST_TWICE = 1;
/**
 * Beside that chunk, the next has begun to come: as much as is read before the one in front of it is stored, and the piece in
 * hand. It is never whole, so it does not come twice as a chunk, but its first bytes do.
 */
const IN_FLIGHT = AHEAD_BYTES + PIECE_BYTES;
export const MOST_LOST = MOST_TWICE * CHUNK_BYTES + IN_FLIGHT;

/** Kills `count` downloads at random moments, half of them with the whole browser. */
export async function runKills(seed: number, count: number): Promise<KillTally> {
  const standIn = writeStandIn();
  const [overlay, hub] = [await buildPage(), await startHub(reposOf(standIn))];
  const server = await startApp(hub, overlay);
  const bench = new Mortal((page) => openPage(page, server.url));
  const tally: KillTally = { problems: [], kills: 0, lost: 0, twice: 0 };
  try {
    for (let one = seed; tally.kills < count; one++) await killed({ bench, hub, standIn }, one, tally, count);
  } finally {
    await bench.close();
    await server.close();
    await hub.close();
    for (const folder of [overlay, standIn.folder]) rmSync(folder, { recursive: true, force: true });
  }
  return tally;
}

interface Setting {
  readonly bench: Mortal;
  readonly hub: Hub;
  readonly standIn: StandIn;
}

/** One file from nothing to the end, with one to three deaths on the way. */
async function killed(
  { bench, hub, standIn }: Setting,
  seed: number,
  tally: KillTally,
  count: number,
): Promise<void> {
  const random = new Random(seed);
  const problem = (what: string) => tally.problems.push(`seed ${seed}: ${what}`);
  const { chunkSha256 } = standIn;
  const request = requestOf(hub, standIn, random.next() < 0.5 ? { chunkSha256 } : {});
  await (await bench.enter()).evaluate(() => downloads.remove());
  hub.log.splice(0);
  const deaths = Math.min(1 + random.below(3), count - tally.kills);
  hub.heal();
  hub.fault('slow:25000000', { times: 99 });
  for (let death = 0; death < deaths; death++) {
    const page = await bench.enter();
    await page.evaluate((what) => downloads.start('one', what), request);
    await page.waitForTimeout(random.below(1_300));
    const kept = await keptOf(page);
    const done = await page.evaluate(() => downloads.progress('one')?.done ?? 0);
    await bench.kill(randomKill(random));
    tally.kills++;
    const after = await bench.enter();
    const found = await keptOf(after);
    if (found < kept) problem(`${kept - found} bytes of whole chunks were lost`);
    const twice = chunksIn(done - found);
    if (twice > MOST_TWICE) problem(`${twice} whole chunks had come that are not here`);
    if (done - found > MOST_LOST) problem(`${done - found} bytes were lost`);
    tally.lost = Math.max(tally.lost, done - found);
    tally.twice = Math.max(tally.twice, twice);
    const whole = (await after.evaluate(() => downloads.sources())).filter(
      ({ state }) => state !== 'partial',
    );
    for (const { key, state } of whole) {
      const { sha256 } = await after.evaluate((name) => downloads.read(name), key);
      if (sha256 !== standIn.sha256) problem(`it is ${state}, but has other bytes`);
    }
  }
  hub.heal();
  const page = await bench.enter();
  const found = await keptOf(page);
  const ended = await download(page, request, 'rest');
  if (ended.downloaded?.sha256 !== standIn.sha256) problem(JSON.stringify(ended.error));
  else if (ended.downloaded.fetched !== standIn.bytes - found)
    problem(`${ended.downloaded.fetched} bytes were fetched where ${standIn.bytes - found} were missing`);
  const { sha256 } = await page.evaluate((name) => downloads.read(name), ended.downloaded?.key ?? '');
  if (sha256 !== standIn.sha256) problem('other bytes are called verified');
}

const keptOf = (page: Page) => page.evaluate(async () => (await downloads.sources())[0]?.kept ?? 0);

/**
 * Whole chunks among bytes that had come and come again. Of what the page had read, not of what the server had sent: between
 * them the system keeps up to 36 MB (Linux, net.ipv4.tcp_rmem and tcp_wmem), which a page that gets no processor leaves there.
 */
export const chunksIn = (bytes: number): number => Math.floor(Math.max(bytes, 0) / CHUNK_BYTES);

export const startOf = ({ range }: Pick<Entry, 'range'>): number =>
  Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
