/**
 * Published checkpoints at their full size: time and memory from files to first answer, and opened again. Linux
 * only (memory is read from /proc); the machine should be otherwise idle.
 *   python e2e/bench/prepare/stand_ins.py DIR [marqo] [freepik] [clip] [guard] [exports]
 *   npm run build && npm run bench -- prepare --stand-ins DIR [--only marqo,guard] [--rounds 5] [--installs 3] [--python python3]
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { heapOf, watchHeaps } from '../heap';
import { median, report } from '../report';
import { addLandscape, firstAnswer, type InstallTimes, install as installFrom, ready } from './ours';
import { benchPlain, type PlainModel } from './plain';
import { prompt } from './prompt';
import { peak, resetPeak } from './renderer';
import { benchResize } from './resize';
import { openStage, type Stage } from './stage';
import { printSteps, type Step, stepsOf } from './timeline';

/** Of use before a model is opened again, and for the browser to write down what it compiled (V8 waits for 2 s of quiet). */
const IN_USE_MILLISECONDS = 5_000;
const CACHING_MILLISECONDS = 4_000;

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'models');
const TOKENIZER = join(import.meta.dirname, '..', '..', '..', 'src', 'runtime', 'fixtures', 'tokenizer');

interface Subject {
  readonly id: string;
  /** Files below the folder of stand-ins. */
  readonly files: readonly string[];
  readonly limits: Limits;
  /** Text for a text model; a picture otherwise. */
  readonly text?: string;
  /** The same network as one would run it without Winnow. */
  readonly plain?: PlainModel;
}

/** What must be reached; absent where only the figure counts. */
interface Limits {
  readonly installMilliseconds?: number;
  /** From files picked to the first answer. */
  readonly firstMilliseconds?: number;
  readonly againMilliseconds?: number;
  readonly preparePeak?: number;
  readonly againPeak?: number;
  readonly kept?: number;
  readonly read?: number;
  /** Ours ÷ plain. */
  readonly ratio?: number;
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  marqo: {
    id: 'marqo-nsfw-384',
    files: ['marqo/model.safetensors', 'marqo/config.json'],
    limits: { firstMilliseconds: 2_000, againMilliseconds: 600 },
    plain: { file: 'marqo/export.onnx', feeds: pixels(384) },
  },
  freepik: {
    id: 'freepik-nsfw',
    files: ['freepik/model.safetensors', 'freepik/config.json'],
    limits: { installMilliseconds: 15_000, preparePeak: 700, ratio: 0.8 },
    plain: { file: 'freepik/export_int8.onnx', feeds: pixels(448) },
  },
  clip: {
    id: 'laion-clip-nsfw',
    files: ['clip/model.safetensors', 'clip/config.json', join(FIXTURES, 'clip_autokeras_binary_nsfw.zip')],
    limits: { preparePeak: 1_200, read: 1.25e9 },
  },
  guard: {
    id: 'qwen3-csam-guard',
    files: ['guard/onnx/model_quantized.onnx', join(TOKENIZER, 'tokenizer.json')],
    limits: { preparePeak: 1_500, againPeak: 1_000, againMilliseconds: 2_000, kept: 650e6, ratio: 1 },
    text: prompt.text,
    plain: { file: 'guard/onnx/model_quantized.onnx', feeds: prompt.feeds },
  },
};

function pixels(side: number): PlainModel['feeds'] {
  return { pixels: { type: 'float32', values: [0.3, -0.2, 0.9, 0.1], dims: [1, 3, side, side] } };
}

export async function benchPrepare(args: readonly string[]): Promise<void> {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const folder = option('--stand-ins');
  const rounds = Number(option('--rounds')) || 5;
  const installs = Number(option('--installs')) || 3;
  const only = option('--only')?.split(',') ?? [...Object.keys(SUBJECTS), 'resize'];
  if (!folder) throw new Error('Where are the stand-ins? Pass --stand-ins DIR; stand_ins.py makes them.');
  for (const [name, subject] of Object.entries(SUBJECTS)) {
    if (!only.includes(name)) continue;
    if (subject.files.every((file) => existsSync(resolve(folder, file))))
      await measure(subject, folder, { rounds, installs });
    else console.log(`\n${subject.id}: left out, not all of ${subject.files.join(', ')} are in ${folder}.`);
  }
  if (only.includes('resize')) benchResize(option('--python') ?? 'python3');
}

async function measure(
  subject: Subject,
  folder: string,
  { rounds, installs }: { readonly rounds: number; readonly installs: number },
): Promise<void> {
  const { id, limits, text } = subject;
  console.log(`\n${id}`);
  const paths = subject.files.map((file) => resolve(folder, file));
  const firsts: Installation[] = [];
  for (let round = 1; round < installs; round++) {
    const fresh = await openStage();
    firsts.push(await installed(fresh, id, paths, text).finally(() => fresh.close()));
  }
  const stage = await openStage();
  try {
    firsts.push(await installed(stage, id, paths, text));
    const middle = (of: (one: Installation) => number) => median(firsts.map(of));
    atMost(
      'prepare',
      middle(({ install }) => install.milliseconds),
      limits.installMilliseconds,
      'ms',
    );
    atMost(
      'files picked → first answer',
      middle((one) => one.milliseconds),
      limits.firstMilliseconds,
      'ms',
    );
    atMost(
      'peak of the page until then',
      middle((one) => one.peak),
      limits.preparePeak,
      'MB',
    );
    atMost(
      'WASM heap then',
      middle((one) => one.heap),
      undefined,
      'MB',
    );
    atMost(
      'read of the files',
      middle(({ install }) => install.read) / 1e6,
      limits.read && limits.read / 1e6,
      'MB',
    );
    atMost('kept', middle(({ install }) => install.kept) / 1e6, limits.kept && limits.kept / 1e6, 'MB');
    printSteps(firsts.at(-1)!.steps);
    const [again, fromNothing]: [Reopening[], Reopening[]] = [[], []];
    await use(stage, id, text);
    for (let round = 0; round < rounds; round++) {
      again.push(await reopened(stage, id, text, ready));
      fromNothing.push(await reopened(stage, id, text));
    }
    const middleOf = (of: (one: Reopening) => number) => median(again.map(of));
    atMost(
      'opened again, from a page that was just loaded → first answer',
      median(fromNothing.map(({ milliseconds }) => milliseconds)),
      undefined,
      'ms',
    );
    atMost(
      'opened again, from one that was open for a second → first answer',
      middleOf((one) => one.milliseconds),
      limits.againMilliseconds,
      'ms',
    );
    atMost(
      'peak of the page, opened again',
      middleOf((one) => one.peak),
      limits.againPeak,
      'MB',
    );
    atMost(
      'WASM heap then',
      middleOf((one) => one.heap),
      undefined,
      'MB',
    );
    const page = await enter(stage);
    await ready(page);
    printSteps(await stepsOf(page, () => firstAnswer(page, id, text)));
    if (subject.plain)
      await benchPlain(stage, subject.plain, { id, text, folder, rounds, limit: limits.ratio });
  } finally {
    await stage.close();
  }
}

interface Reopening {
  /** Until the first answer. */
  readonly milliseconds: number;
  /** Megabytes, of the page's process. */
  readonly peak: number;
  readonly heap: number;
}

interface Installation extends Reopening {
  readonly install: InstallTimes;
  readonly steps: readonly Step[];
}

async function installed(
  stage: Stage,
  id: string,
  paths: readonly string[],
  text: string | undefined,
): Promise<Installation> {
  const page = await enter(stage);
  let install: InstallTimes | undefined;
  let milliseconds = 0;
  const steps = await stepsOf(page, async () => {
    install = await installFrom(page, id, paths);
    milliseconds = install.milliseconds + (await firstAnswer(page, id, text));
  });
  return {
    install: install!,
    milliseconds,
    steps,
    peak: peak(stage.profile),
    heap: (await heapOf(page)) ?? 0,
  };
}

async function reopened(
  stage: Stage,
  id: string,
  text: string | undefined,
  before: (page: Page) => Promise<void> = async () => {},
): Promise<Reopening> {
  const page = await enter(stage);
  await before(page);
  const milliseconds = await firstAnswer(page, id, text);
  return { milliseconds, peak: peak(stage.profile), heap: (await heapOf(page)) ?? 0 };
}

/**
 * As somebody does who opens a model again: it was in use before. After some seconds of that Chromium keeps the
 * runtime's compiled code, which a page that is closed after its first answer never sees.
 */
async function use(stage: Stage, id: string, text: string | undefined): Promise<void> {
  const page = await enter(stage);
  const until = Date.now() + IN_USE_MILLISECONDS;
  while (Date.now() < until) await firstAnswer(page, id, text);
  await page.waitForTimeout(CACHING_MILLISECONDS);
}

async function enter(stage: Stage): Promise<Page> {
  const page = await stage.enter();
  await watchHeaps(page);
  await addLandscape(page);
  resetPeak(stage.profile);
  return page;
}

function atMost(what: string, found: number, limit: number | undefined, unit: string): void {
  const figure = `${what}: ${Math.round(found).toLocaleString('en')} ${unit}`;
  if (limit === undefined) console.log(`         ${figure}`);
  else report(figure, `at most ${limit.toLocaleString('en')} ${unit}`, found <= limit);
}
