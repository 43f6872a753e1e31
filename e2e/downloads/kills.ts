/** Browsers that die while they download: what was whole stays, nothing half counts as whole. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGS, ensureChromium } from '../../scripts/chromium.mjs';
import { CHUNK_BYTES } from '../../src/core/hub/chunks';
import { Random } from '../hostile/random';
import { type Hub, startHub } from '../support/hub/hub';
import { buildPage } from './build';
import { crash, download, openPage, reposOf, requestOf, type StandIn, startApp, writeStandIn } from './stage';

export interface KillTally {
  readonly problems: string[];
  kills: number;
  /** Most bytes that were there when one kill came, and were not after it. */
  lost: number;
}

/** Kills `count` downloads at random moments, half of them with the whole browser. */
export async function runKills(seed: number, count: number): Promise<KillTally> {
  const standIn = writeStandIn();
  const [overlay, hub] = [await buildPage(), await startHub(reposOf(standIn))];
  const server = await startApp(hub, overlay);
  const bench = new Bench(server.url);
  const tally: KillTally = { problems: [], kills: 0, lost: 0 };
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
  readonly bench: Bench;
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
  const request = requestOf(hub, standIn);
  await (await bench.enter()).evaluate(() => downloads.remove());
  const deaths = Math.min(1 + random.below(3), count - tally.kills);
  hub.heal();
  hub.fault('slow:25000000', { times: 99 });
  for (let death = 0; death < deaths; death++) {
    const page = await bench.enter();
    await page.evaluate((what) => downloads.start('one', what), request);
    await page.waitForTimeout(random.below(1_300));
    const kept = await keptOf(page);
    const done = await page.evaluate(() => downloads.progress('one')?.done ?? 0);
    await bench.kill(random.next() < 0.5 ? 'page' : 'browser');
    tally.kills++;
    const after = await bench.enter();
    const found = await keptOf(after);
    if (found < kept) problem(`${kept - found} bytes of whole chunks were lost`);
    tally.lost = Math.max(tally.lost, done - found);
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

/** A browser with a profile that outlives it. */
class Bench {
  private readonly profile = mkdtempSync(join(tmpdir(), 'winnow-kills-'));
  private context: BrowserContext | undefined;
  private page: Page | undefined;

  constructor(private readonly app: string) {}

  /** The page, in a browser that is started when it is not there. */
  async enter(): Promise<Page> {
    if (this.page && !this.page.isClosed()) return this.page;
    if (!this.context) {
      const executablePath = await ensureChromium();
      this.context = await chromium.launchPersistentContext(this.profile, {
        executablePath,
        args: CHROMIUM_ARGS,
      });
      // tsx names every function through this helper of its own, which pages do not have.
      await this.context.addInitScript('globalThis.__name = (value) => value');
    }
    this.page = await openPage(await this.context.newPage(), this.app);
    return this.page;
  }

  async kill(what: 'page' | 'browser'): Promise<void> {
    if (what === 'page') {
      await crash(this.page!);
      await this.page!.close();
    } else {
      const gone = new Promise((closed) => this.context!.once('close', closed));
      process.kill(browserOf(this.profile), 'SIGKILL');
      await gone;
      this.context = undefined;
    }
    this.page = undefined;
  }

  async close(): Promise<void> {
    await this.context?.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

/** The process that was started with this profile, which is ours alone. */
function browserOf(profile: string): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      if (command.includes(`--user-data-dir=${profile}`) && !command.includes('--type=')) return Number(name);
    } catch {
      // It ended while the list was read.
    }
  }
  throw new Error('The browser of this profile is not running.');
}

/** A death may cost the chunk that was being stored, and what the next had begun with: an eighth, and the piece in hand. */
export const MOST_LOST = CHUNK_BYTES + 2 * 2 ** 20;
