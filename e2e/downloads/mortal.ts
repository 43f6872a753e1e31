/** A browser that can be killed, altogether or in part, and comes back with what it kept. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { ensureChromium, TEST_ARGS } from '../../scripts/chromium.mjs';
import type { Random } from '../hostile/random';

/** The last: as if it had died between the two system calls that write one entry of its databases' log. */
export type Kill = 'page' | 'browser' | 'browser in a write';

/** Half of them with the whole browser. */
export const randomKill = (random: Random): Kill =>
  random.next() < 0.5 ? 'page' : random.next() < 0.5 ? 'browser' : 'browser in a write';

/** A browser with a profile that outlives it. */
export class Mortal {
  private readonly profile = mkdtempSync(join(tmpdir(), 'winnow-kills-'));
  private context: BrowserContext | undefined;
  private page: Page | undefined;

  /** `open` brings a fresh page to where it is to be. */
  constructor(private readonly open: (page: Page) => Promise<Page>) {}

  /** The page, in a browser that is started when it is not there. */
  async enter(): Promise<Page> {
    if (this.page && !this.page.isClosed()) return this.page;
    if (!this.context) {
      const executablePath = await ensureChromium();
      this.context = await chromium.launchPersistentContext(this.profile, {
        executablePath,
        args: TEST_ARGS,
      });
      // tsx names every function through this helper of its own, which pages do not have.
      await this.context.addInitScript('globalThis.__name = (value) => value');
    }
    this.page = await this.open(await this.context.newPage());
    return this.page;
  }

  async kill(what: Kill): Promise<void> {
    if (what === 'page') {
      const page = this.page!;
      const gone = page.waitForEvent('crash');
      const client = await page.context().newCDPSession(page);
      // It is not answered.
      client.send('Page.crash').catch(() => {});
      await gone;
      await page.close();
    } else {
      const gone = new Promise((closed) => this.context!.once('close', closed));
      process.kill(browserOf(this.profile), 'SIGKILL');
      await gone;
      if (what === 'browser in a write') leaveHalfAnEntry(this.profile);
      this.context = undefined;
    }
    this.page = undefined;
  }

  async close(): Promise<void> {
    await this.context?.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

/** LevelDB's log is blocks of 32 KiB; an entry's head is its CRC-32C, its length and its kind, and no head spans two blocks. */
const BLOCK = 32_768;
const HEAD = 7;
const WHOLE_ENTRY = 1;

function leaveHalfAnEntry(profile: string): void {
  const databases = join(profile, 'Default', 'IndexedDB');
  for (const folder of readdirSync(databases).filter((name) => name.endsWith('.indexeddb.leveldb'))) {
    const logs = readdirSync(join(databases, folder)).filter((name) => name.endsWith('.log'));
    const log = join(databases, folder, logs.sort().at(-1)!);
    const room = BLOCK - (statSync(log).size % BLOCK);
    const padding = room < HEAD ? room : 0;
    const half = Buffer.alloc(padding + HEAD);
    half.writeUInt32LE(0x5eed1e55, padding);
    half.writeUInt16LE(Math.min(1_000, (padding ? BLOCK : room) - HEAD), padding + 4);
    half.writeUInt8(WHOLE_ENTRY, padding + 6);
    appendFileSync(log, half);
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
