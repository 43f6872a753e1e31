/**
 * A folder through a model: pictures a second of a batch beside what one after the other takes, in the same page and in
 * turns; what preprocessing takes of it; memory on the way. Linux only (memory is read from /proc); the machine should
 * be otherwise idle.
 *   npm run build && npm run bench -- batch [--stand-ins DIR] [--only starter,marqo] [--pictures 1000] [--rounds 7]
 *     [--threads 2] [--workers 1] [--json batch.json]
 */
import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import { describeMachine } from '../compare/machine';
import { addLandscape } from '../prepare/ours';
import { cpuSeconds, resident } from '../prepare/renderer';
import { openStage, type Stage } from '../prepare/stage';
import { median, report } from '../report';
import { addMix } from './pictures';

const OPTIONS = {
  'stand-ins': { type: 'string' },
  only: { type: 'string', default: 'starter,marqo' },
  pictures: { type: 'string', default: '1000' },
  rounds: { type: 'string', default: '7' },
  threads: { type: 'string', default: '2' },
  workers: { type: 'string', default: '1' },
  json: { type: 'string' },
} as const;

const SUBJECTS: Readonly<Record<string, { readonly id: string; readonly files: readonly string[] }>> = {
  starter: { id: 'starter-image', files: [] },
  marqo: { id: 'marqo-nsfw-384', files: ['marqo/model.safetensors', 'marqo/config.json'] },
};

/** Milliseconds a picture, one after the other: all of it, and of that the network's run. */
interface Bare {
  readonly whole: number;
  readonly run: number;
}

interface Round extends Bare {
  /** Pictures a second of the batch. */
  readonly perSecond: number;
  /** Against as many workers, each at the bare rate; and against their runs alone. */
  /** Milliseconds of all the browser's threads, a picture. */
  readonly work: number;
  readonly batchWork: number;
  readonly ofWhole: number;
  readonly ofRun: number;
}

interface Found {
  readonly id: string;
  readonly rounds: readonly Round[];
  /** Of the time from pixels to scores, one 2-megapixel JPEG after the other. */
  readonly preprocessing: readonly number[];
  /** Megabytes (10⁶ bytes) that the page's process held, by pictures done. */
  readonly memory: Readonly<Record<number, number>>;
}

export async function benchBatch(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const [pictures, rounds, threads, workers] = [
    values.pictures,
    values.rounds,
    values.threads,
    values.workers,
  ].map(Number) as [number, number, number, number];
  const machine = await describeMachine(threads);
  console.log(
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, ${machine.browser}; ${threads} threads, at most ${workers} workers a model; load ${machine.load}`,
  );
  const found: Found[] = [];
  for (const name of values.only.split(',')) {
    const subject = SUBJECTS[name];
    if (!subject) throw new Error(`There is no subject ${name}: ${Object.keys(SUBJECTS).join(', ')}.`);
    const files = subject.files.map((file) => resolve(values['stand-ins'] ?? '', file));
    if (files.every((file) => existsSync(file)))
      found.push(await measure(subject.id, files, { pictures, rounds, threads, workers }));
    else console.log(`\n${subject.id}: left out, pass --stand-ins DIR with ${subject.files.join(', ')}.`);
  }
  for (const each of found) tell(each, workers);
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine, workers, found }, null, 1)}\n`);
}

interface Numbers {
  readonly pictures: number;
  readonly rounds: number;
  readonly threads: number;
  readonly workers: number;
}

async function measure(id: string, files: readonly string[], numbers: Numbers): Promise<Found> {
  console.log(`\n${id}`);
  const stage = await openStage();
  try {
    const page = await stage.enter();
    await addMix(page);
    await addLandscape(page);
    await open(page, id, files, numbers);
    const preprocessing = await shareOfPreprocessing(page, id);
    const memory: Record<number, number> = {};
    const rounds: Round[] = [];
    const share = Math.ceil(numbers.pictures / numbers.rounds);
    for (let round = 0; round < numbers.rounds; round++) {
      const worked = spent(stage);
      const bare = await oneAfterTheOther(page, id, round);
      const work = worked() / 18;
      const last = Math.min(numbers.pictures, share * (round + 1));
      const batchWorked = spent(stage);
      const { perSecond, workers } = await batch(stage, page, { id, from: share * round, to: last, memory });
      const batchWork = batchWorked() / Math.max(1, last - share * round);
      const by = (milliseconds: number) => perSecond / (workers * (1000 / milliseconds));
      rounds.push({ ...bare, work, batchWork, perSecond, ofWhole: by(bare.whole), ofRun: by(bare.run) });
      console.log(
        `  ${last} pictures: ${perSecond.toFixed(1)} a second by ${workers}; one after the other ${bare.whole.toFixed(0)} ms each, run ${bare.run.toFixed(0)} ms`,
      );
    }
    return { id, rounds, preprocessing, memory };
  } finally {
    await stage.close();
  }
}

/** Milliseconds that the browser has worked since. */
function spent(stage: Stage): () => number {
  const before = cpuSeconds(stage.profile);
  return () => 1000 * (cpuSeconds(stage.profile) - before);
}

async function open(page: Page, id: string, files: readonly string[], numbers: Numbers): Promise<void> {
  await page.setInputFiles('input[type=file]', [...files]);
  await page.evaluate(
    async ([model, threads, workers]) => {
      globalThis.winnow = await globalThis.sdk.createWinnow({ threads, workers });
      const picked = [...document.querySelector('input')!.files!];
      if (picked.length > 0) await globalThis.winnow.install(model, { files: picked });
      await globalThis.winnow.open(model);
      await globalThis.winnow.classifyImage(await globalThis.mixed(0), { model });
    },
    [id, numbers.threads, numbers.workers] as const,
  );
}

/** A picture of each drawing's kind, in the mix's own proportions. */
function oneAfterTheOther(page: Page, id: string, round: number): Promise<Bare> {
  return page.evaluate(
    async ([model, number]) => {
      const count = 18;
      let run = 0;
      const began = performance.now();
      for (let at = 0; at < count; at++) {
        const picture = await globalThis.mixed(1_000_000 + 36 * number + ((number * 18 + at) % 36));
        const scores = await globalThis.winnow.classifyImage(picture, { model });
        if (scores.status !== 'scored') throw new Error(scores.reason);
        run += scores.timings?.run ?? 0;
      }
      return { whole: (performance.now() - began) / count, run: run / count };
    },
    [id, round] as const,
  );
}

declare global {
  var batchDone: number;
}

interface Chunk {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly memory: Record<number, number>;
}

async function batch(stage: Stage, page: Page, { id, from, to, memory }: Chunk) {
  const running = page.evaluate(
    async ([model, first, last]) => {
      globalThis.batchDone = first;
      const failed: string[] = [];
      const batch = globalThis.winnow.batch({
        models: [model],
        onResult: ({ scores }) => {
          if (scores.status !== 'scored') failed.push(scores.reason ?? '');
          globalThis.batchDone += 1;
        },
      });
      const began = performance.now();
      batch.add(
        Array.from({ length: last - first }, (_, at) => ({
          id: `${first + at}`,
          content: () => globalThis.mixed(first + at),
        })),
      );
      batch.end();
      const { done } = await batch.done;
      if (failed.length > 0) throw new Error(failed[0]);
      return (1000 * done) / (performance.now() - began);
    },
    [id, from, to] as const,
  );
  for (const count of [50, 500, 1_000].filter((mark) => mark > from && mark <= to)) {
    await page.waitForFunction((least) => globalThis.batchDone >= least, count, { timeout: 0 });
    memory[count] = Math.round(resident(stage.profile));
  }
  const perSecond = await running;
  const workers = page.workers().filter((worker) => /\/inference-[^/]*\.js$/.test(worker.url())).length;
  return { perSecond, workers };
}

/** Preprocessing ÷ (preprocessing + run) of a 2-megapixel JPEG, nine times. */
function shareOfPreprocessing(page: Page, id: string): Promise<number[]> {
  return page.evaluate(async (model) => {
    const picture = await globalThis.landscape();
    const shares: number[] = [];
    for (let run = 0; run < 9; run++) {
      const { timings, reason } = await globalThis.winnow.classifyImage(picture, { model });
      if (!timings) throw new Error(reason);
      shares.push(timings.preprocess / (timings.preprocess + timings.run));
    }
    return shares;
  }, id);
}

function tell({ id, rounds, preprocessing, memory }: Found, workers: number): void {
  console.log(`\n${id}`);
  const of = (key: keyof Round) => median(rounds.map((round) => round[key]));
  const most = workers > 1 ? `up to ${workers} workers` : 'one worker';
  const whole = of('ofWhole');
  report(`batch, ${most}: ${whole.toFixed(2)} × (workers ÷ latency)`, 'at least 0.9', whole >= 0.9);
  console.log(
    `         ${of('perSecond').toFixed(1)} pictures a second; latency ${of('whole').toFixed(1)} ms; ${of('ofRun').toFixed(2)} × (workers ÷ run of ${of('run').toFixed(1)} ms)`,
  );
  console.log(
    `         work a picture: ${of('work').toFixed(0)} ms one after the other, ${of('batchWork').toFixed(0)} ms in the batch`,
  );
  const share = 100 * median(preprocessing);
  report(
    `preprocessing of a 2-megapixel JPEG: ${share.toFixed(1)} % of pixels → scores`,
    'at most 10 %',
    share <= 10,
  );
  console.log(`         memory of the page, by pictures done: ${JSON.stringify(memory)} MB`);
}
