/**
 * Published checkpoints at their full size: time and memory from files to first answer, and opened again. Linux
 * only (memory is read from /proc); the machine should be otherwise idle.
 *   python e2e/bench/prepare/stand_ins.py DIR [marqo] [freepik] [clip] [guard] [exports]
 *   npm run build && npm run bench -- prepare --stand-ins DIR [--only marqo,guard] [--rounds 5] [--python python3]
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { median, report } from '../report';
import { addLandscape, firstAnswer, install } from './ours';
import { benchPlain, type PlainModel } from './plain';
import { prompt } from './prompt';
import { peak, resetPeak } from './renderer';
import { benchResize } from './resize';
import { openStage, type Stage } from './stage';

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
  const only = option('--only')?.split(',') ?? [...Object.keys(SUBJECTS), 'resize'];
  if (!folder) throw new Error('Where are the stand-ins? Pass --stand-ins DIR; stand_ins.py makes them.');
  for (const [name, subject] of Object.entries(SUBJECTS)) {
    if (!only.includes(name)) continue;
    if (subject.files.every((file) => existsSync(resolve(folder, file))))
      await measure(subject, folder, rounds);
    else console.log(`\n${subject.id}: left out, not all of ${subject.files.join(', ')} are in ${folder}.`);
  }
  if (only.includes('resize')) benchResize(option('--python') ?? 'python3');
}

async function measure(subject: Subject, folder: string, rounds: number): Promise<void> {
  const { id, limits, text } = subject;
  console.log(`\n${id}`);
  const stage = await openStage();
  try {
    const paths = subject.files.map((file) => resolve(folder, file));
    const first = await installed(stage, id, paths, text);
    atMost('prepare', first.install.milliseconds, limits.installMilliseconds, 'ms');
    atMost('files picked → first answer', first.milliseconds, limits.firstMilliseconds, 'ms');
    atMost('peak of the page while preparing', first.peak, limits.preparePeak, 'MB');
    atMost('read of the files', first.install.read / 1e6, limits.read && limits.read / 1e6, 'MB');
    atMost('kept', first.install.kept / 1e6, limits.kept && limits.kept / 1e6, 'MB');
    const again = [];
    for (let round = 0; round < rounds; round++) again.push(await reopened(stage, id, text));
    const opened = median(again.map(({ milliseconds }) => milliseconds));
    atMost('opened again → first answer', opened, limits.againMilliseconds, 'ms');
    atMost('peak of the page, opened again', median(again.map((one) => one.peak)), limits.againPeak, 'MB');
    if (subject.plain)
      await benchPlain(stage, subject.plain, { id, text, folder, rounds, limit: limits.ratio });
  } finally {
    await stage.close();
  }
}

async function installed(stage: Stage, id: string, paths: readonly string[], text: string | undefined) {
  const page = await stage.enter();
  await addLandscape(page);
  resetPeak(stage.profile);
  const times = await install(page, id, paths);
  const most = peak(stage.profile);
  const milliseconds = times.milliseconds + (await firstAnswer(page, id, text));
  return { install: times, peak: most, milliseconds };
}

async function reopened(stage: Stage, id: string, text: string | undefined) {
  const page = await stage.enter();
  await addLandscape(page);
  resetPeak(stage.profile);
  return { milliseconds: await firstAnswer(page, id, text), peak: peak(stage.profile) };
}

function atMost(what: string, found: number, limit: number | undefined, unit: string): void {
  const figure = `${what}: ${Math.round(found).toLocaleString('en')} ${unit}`;
  if (limit === undefined) console.log(`         ${figure}`);
  else report(figure, `at most ${limit.toLocaleString('en')} ${unit}`, found <= limit);
}
