/** A browser that can be killed, altogether or in part, and comes back with what it kept. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { ensureChromium, TEST_ARGS } from '../../scripts/chromium.mjs';

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

  async kill(what: 'page' | 'browser'): Promise<void> {
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
