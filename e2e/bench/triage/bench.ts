/**
 * A folder through the triage screen, as a moderator has it: how fast, how smooth, how much memory; then lines moved,
 * items decided, and the browser started again. Beside the bare pool, on files of the same folder, in the same run. Last,
 * 50,000 prompts on the screen at once. Each figure is printed, and written to the JSON, as soon as it is known.
 *   npm run build && npm run bench -- triage [--count 10000] [--folder DIR] [--model starter-image]
 *     [--stand-ins DIR --model marqo-nsfw-384] [--rows 50000] [--json triage.json]
 * Linux only (memory is read from /proc). 10,000 files are about 3 GB; DIR keeps them for the next time, and a run that
 * was broken off while they were written goes on there. With the starter on two cores all of it takes a quarter of an hour.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import { describeMachine } from '../compare/machine';
import { install } from '../prepare/ours';
import { cpuSeconds } from '../prepare/renderer';
import { openStage, type Stage } from '../prepare/stage';
import { Figures, type Rate } from './figures';
import { type Pictures, writePictures } from './pictures';
import { judgeRows } from './rows';
import { judgedToTheEnd, openTriage } from './run';
import { decide, moveLines } from './uses';

const OPTIONS = {
  count: { type: 'string', default: '10000' },
  folder: { type: 'string' },
  model: { type: 'string', default: 'starter-image' },
  'stand-ins': { type: 'string', default: '' },
  rows: { type: 'string', default: '50000' },
  json: { type: 'string' },
} as const;

const FILES: Readonly<Record<string, readonly string[]>> = {
  'marqo-nsfw-384': ['marqo/model.safetensors', 'marqo/config.json'],
};
/** Pictures of a measurement of the bare pool; there is one before and one after. */
const BARE = 600;

export async function benchTriage(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const machine = await describeMachine(2);
  const kept = values.folder ?? mkdtempSync(join(tmpdir(), 'winnow-pictures-'));
  const stage = await openStage();
  try {
    const pictures = await writePictures(await stage.enter(), kept, Number(values.count));
    const gigabytes = (pictures.bytes / 1e9).toFixed(2);
    console.log(
      `${machine.cpu}, ${machine.cores} cores, ${machine.browser}; ${pictures.count} files, ${gigabytes} GB; ${values.model}`,
    );
    const figures = new Figures({ machine, model: values.model, ...pictures }, values.json);
    const files = FILES[values.model]?.map((file) => resolve(values['stand-ins'], file));
    if (files) await putOnBench(stage, values.model, files);
    await measure(stage, pictures, values.model, figures);
    if (Number(values.rows) > 0) await judgeRows(stage, Number(values.rows), figures);
  } finally {
    await stage.close();
    if (!values.folder) rmSync(kept, { recursive: true, force: true });
  }
}

/** Installs a model and leaves it alone on the bench for pictures. */
async function putOnBench(stage: Stage, model: string, files: readonly string[]): Promise<void> {
  const page = await stage.enter();
  await install(page, model, files);
  await page.goto(new URL('./#/models', page.url()).href);
  for (const row of [model, 'starter-image'])
    await page
      .locator(`[data-row="${row}"]`)
      .getByRole('button', { name: /on the bench$/ })
      .click();
}

async function measure(stage: Stage, pictures: Pictures, model: string, figures: Figures): Promise<void> {
  const before = await bareRate(stage, pictures, model);
  figures.note(`bare pool before: ${before.perSecond.toFixed(1)} pictures a second`, { before });
  const page = await openTriage(stage);
  const { watch, work, memory } = await judgedToTheEnd(stage, page, pictures.count, async () => {
    await page.locator('input[type=file][aria-label="Folder"]').first().setInputFiles(pictures.folder);
  });
  const perSecond = (1_000 * pictures.count) / (watch.all - watch.picked);
  figures.note(`${perSecond.toFixed(1)} pictures a second from the drop to the last verdict`, {
    ...{ perSecond, milliseconds: (1_000 * work) / pictures.count },
  });
  figures.first(watch);
  figures.tasks('pictures', watch);
  figures.memory('pictures', memory);
  figures.lines(pictures.count, await moveLines(page));
  figures.decisions(await decide(page));
  const restart: number[] = [];
  const address = page.url();
  for (let round = 0; round < 3; round++) restart.push(await restarted(stage, address, pictures.count));
  figures.restart(pictures.count, restart);
  const after = await bareRate(stage, pictures, model);
  figures.rate({ perSecond, milliseconds: (1_000 * work) / pictures.count }, [before, after]);
}

/** Of the SDK's batch, on the first files of the folder. */
async function bareRate(stage: Stage, { folder, count }: Pictures, model: string): Promise<Rate> {
  const page = await stage.enter();
  await page.evaluate(() => document.querySelector('input')!.setAttribute('webkitdirectory', ''));
  await page.setInputFiles('input[type=file]', folder);
  await page.evaluate(async (id) => {
    globalThis.winnow = await globalThis.sdk.createWinnow();
    await globalThis.winnow.classifyImage(document.querySelector('input')!.files![0]!, { model: id });
  }, model);
  const worked = cpuSeconds(stage.profile);
  const perSecond = await page.evaluate(
    async ([id, most]) => {
      const { winnow } = globalThis;
      const files = [...document.querySelector('input')!.files!].slice(0, most);
      const batch = winnow.batch({ models: [id], onResult: () => {} });
      const began = performance.now();
      batch.add(files.map((file, at) => ({ id: `${at}`, content: file })));
      batch.end();
      const { done } = await batch.done;
      return (1_000 * done) / (performance.now() - began);
    },
    [model, BARE] as const,
  );
  const work = cpuSeconds(stage.profile) - worked;
  return { perSecond, milliseconds: (1_000 * work) / Math.min(count, BARE) };
}

/** A browser that was started anew: milliseconds from the navigation until every item is counted and rows are drawn. */
async function restarted(stage: Stage, address: string, count: number): Promise<number> {
  const page: Page = await stage.enter();
  await page.goto('about:blank');
  await page.goto(address);
  const all = count.toLocaleString('en-GB');
  await page.waitForFunction(
    (words) =>
      document.querySelector('.run p')?.textContent?.includes(words) &&
      document.querySelector('.grid__run .verdict:not([data-verdict="pending"])'),
    `${all} of ${all} judged`,
    { polling: 'raf', timeout: 60_000 },
  );
  return page.evaluate(() => performance.now());
}
