/** A run of triage by keyboard alone, in a browser that may die between two keys: from the folder to the table. */
import type { Page } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import { png } from '../bench-view/files';
import { Mortal, randomKill } from '../downloads/mortal';
import { Random } from '../hostile/random';
import { DIST } from '../support/build';

export interface KeyboardRun {
  readonly items: number;
  /** How many times the page or the whole browser is killed; spread over the run by `seed`. */
  readonly kills: number;
  readonly seed: number;
  readonly onKill?: (kills: number, decided: number) => void;
}

declare global {
  /** What the app last handed to the browser's own saving. */
  var handedOver: Blob | undefined;
}

/** Cells of the table that tell when something was, or follow from it: the chain's hashes cover the times. */
const OF_TIME = ['decided_at', 'record', 'record_sha256'];
const DECISIONS = ['a', 'x', 'e'];
/** More presses of Tab than any screen has stops. */
const STOPS = 120;

/** The table that such a run exports, without what tells of times. Throws where the way is not there by keyboard. */
export async function tableByKeyboard({ items, kills, seed, onKill }: KeyboardRun): Promise<string> {
  const server = await startServer({ dir: DIST });
  const random = new Random(seed);
  const deaths = Array.from({ length: kills }, (_, at) => Math.floor((at * items) / Math.max(1, kills)));
  let address = `${server.url}#/triage`;
  const bench = new Mortal(async (page) => {
    await page.addInitScript(asFolder);
    await page.goto(address);
    return page;
  });
  try {
    let page = await bench.enter();
    await page.evaluate(writeFiles, picturesOf(items));
    await page.getByText(/^Judged by/).waitFor();
    await press(page, 'Choose a folder');
    await page.locator('.grid__run > .grid__row').first().waitFor();
    // Written a moment after the run is there. Whoever dies before finds it among earlier runs.
    await page.waitForURL(/#\/triage\/[^?]/);
    for (let decided = 0; decided < items; ) {
      address = page.url();
      if (decided >= deaths[0]!) {
        deaths.shift();
        // Also between a decision and its being saved.
        await page.waitForTimeout(random.below(60));
        await bench.kill(randomKill(random));
        onKill?.(kills - deaths.length, decided);
        page = await bench.enter();
        await goOn(page, items);
      }
      await judged(page, items);
      decided = await decide(page, Math.min(items, deaths[0] ?? items));
    }
    await page.locator('.deskbar__saved', { hasText: 'Saved' }).waitFor();
    await press(page, 'Export');
    await press(page, 'Export: Table');
    return withoutTimes(await page.evaluate(() => globalThis.handedOver!.text()));
  } finally {
    await bench.close();
    await server.close();
  }
}

/** After a death: the list is there, and the folder is found again where not everything was judged. */
async function goOn(page: Page, items: number): Promise<void> {
  // Of a run that had only begun nothing may be there but the folder that it came from.
  const again = page.getByRole('button', { name: 'Find the files again' });
  await again.or(allJudged(page, items)).waitFor();
  if (await again.isVisible()) await press(page, 'Find the files again');
  await page.locator('.grid__run > .grid__row').first().waitFor();
}

const allJudged = (page: Page, items: number) => page.getByText(`${items} of ${items} judged`);

const judged = (page: Page, items: number): Promise<void> =>
  allJudged(page, items).waitFor({ timeout: 120_000 });

/** Decides the selected item, and what is selected after it, until `most` are decided. Which way follows from the item. */
async function decide(page: Page, most: number): Promise<number> {
  const selected = page.locator('.grid__row[aria-selected="true"]');
  if ((await selected.count()) === 0) await page.keyboard.press('j');
  for (;;) {
    const before = await counted(page);
    if (before >= most) return before;
    await toOpen(page);
    const name = await selected.locator('.grid__thumb').getAttribute('aria-label');
    const number = Number(/\d+/.exec(name ?? '')?.[0]);
    await page.keyboard.press(DECISIONS[number % DECISIONS.length]!);
    await page.waitForFunction(([old]) => document.querySelector('.deskbar__count')?.textContent !== old, [
      `${before} decided`,
    ] as const);
  }
}

/** Where a restart lands may be decided already. */
async function toOpen(page: Page): Promise<void> {
  const done = page.locator('.grid__row[aria-selected="true"][data-done]');
  if ((await done.count()) === 0) return;
  await page.keyboard.press('Home');
  while ((await done.count()) > 0) {
    const place = await done.getAttribute('aria-rowindex');
    await page.keyboard.press('j');
    await page.waitForFunction(
      ([old]) =>
        document.querySelector('.grid__row[aria-selected="true"]')?.getAttribute('aria-rowindex') !== old,
      [place] as const,
    );
  }
}

const counted = async (page: Page): Promise<number> =>
  Number(/\d+/.exec((await page.locator('.deskbar__count').textContent()) ?? '')?.[0]);

/** Tab until the button of that name has the focus, then Enter. */
async function press(page: Page, name: string): Promise<void> {
  for (let stop = 0; stop < STOPS; stop++) {
    const found = await page.evaluate(() => {
      const { activeElement } = document;
      return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim();
    });
    if (found === name) return page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
  }
  throw new Error(`${name} is not reached by Tab.`);
}

/** In the page: a folder of the browser's own in the place of one that is picked, since no program can pick one. */
function asFolder(): void {
  Object.assign(window, {
    showDirectoryPicker: async () => (await navigator.storage.getDirectory()).getDirectoryHandle('pictures'),
  });
  const { createObjectURL } = URL;
  URL.createObjectURL = (given: Blob | MediaSource) => {
    if (given instanceof Blob && given.type.startsWith('text/')) globalThis.handedOver = given;
    return createObjectURL.call(URL, given);
  };
}

async function writeFiles(files: readonly (readonly [name: string, base64: string])[]): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('pictures', { create: true });
  for (const [name, base64] of files) {
    const file = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await file.write(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
    await file.close();
  }
}

/** Neutral mosaics, no two alike, and one file that is no picture. */
function picturesOf(items: number): (readonly [string, string])[] {
  return Array.from({ length: items }, (_, at) => {
    const random = new Random(at + 1);
    const tiles = Array.from({ length: 64 }, () => random.below(256));
    const bytes = png(64, 64, (x, y) => {
      const tile = tiles[(x >> 3) + 8 * (y >> 3)]!;
      return [tile, (tile + 3 * at) & 255, 255 - tile];
    });
    const cut = at === items - 1 ? bytes.subarray(0, 60) : bytes;
    return [`mosaic-${String(at + 1).padStart(3, '0')}.png`, Buffer.from(cut).toString('base64')] as const;
  });
}

function withoutTimes(table: string): string {
  const [head = '', ...lines] = table.split('\r\n');
  const blank = head.split(',').map((name) => OF_TIME.includes(name));
  return [
    head,
    ...lines.map((line) =>
      cellsOf(line)
        .map((cell, at) => (blank[at] ? '' : cell))
        .join(','),
    ),
  ].join('\n');
}

/** Of a line of RFC 4180. */
const cellsOf = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, cell]) => cell!);
