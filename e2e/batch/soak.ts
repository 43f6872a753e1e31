/**
 * Long sessions in a real browser: memory that stays, and answers that stay the same.
 *   npm run build && npm run soak -- sessions [--items 1000] [--switches 20] [--opens 50] [--backends wasm,webgpu]
 *     [--webgpu auto|software] [--threads 2] [--stand-ins DIR] [--only marqo-nsfw-384,starter-text]; 0 leaves one out
 * WebGPU where there is a graphics processor for it; `software` has the processor stand in for one. Linux only: memory is
 * read from /proc.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Backend } from '../../src/core/policy/types';
import { graphicsOf } from '../bench/compare/graphics';
import { peak, resetPeak, resident } from '../bench/prepare/renderer';
import { openStage, type Stage } from '../bench/prepare/stage';
import type { Unwatched } from '../bench/prepare/unwatched';
import { answersOf, begin, reopen, restart, type Subject, through } from './sessions';

const OPTIONS = {
  items: { type: 'string', default: '1000' },
  switches: { type: 'string', default: '20' },
  opens: { type: 'string', default: '50' },
  backends: { type: 'string', default: 'wasm' },
  webgpu: { type: 'string', default: 'auto' },
  threads: { type: 'string', default: '2' },
  'stand-ins': { type: 'string' },
  only: { type: 'string' },
} as const;

/** After these, memory is what a session takes; more than this much above it at the end is a leak. */
const SETTLED = 50;
const GROWTH = 1.1;
/** Seconds after which memory is at rest: Chromium takes two to end a worker whose threads wait, and up to 20 to give back what it had. */
const REST = 24;
/** Seconds between two lines on how far a long batch is: some take an hour. */
const TELL = 60;
const SAMPLE = Array.from({ length: 12 }, (_, at) => 17 * at + 5);

const STARTERS: readonly Subject[] = [
  { model: 'starter-image', task: 'image' },
  { model: 'starter-text', task: 'text' },
];
/** By what they are installed from, below the folder of stand-ins. */
const STAND_INS: readonly (Subject & { readonly files: readonly string[] })[] = [
  { model: 'marqo-nsfw-384', task: 'image', files: ['marqo/model.safetensors', 'marqo/config.json'] },
  { model: 'freepik-nsfw', task: 'image', files: ['freepik/model.safetensors', 'freepik/config.json'] },
  {
    ...{ model: 'laion-clip-nsfw', task: 'image' },
    files: [
      ...['clip/model.safetensors', 'clip/config.json'],
      join(import.meta.dirname, '../fixtures/models/clip_autokeras_binary_nsfw.zip'),
    ],
  },
  {
    ...{ model: 'qwen3-csam-guard', task: 'text' },
    files: [
      'guard/onnx/model_quantized.onnx',
      join(import.meta.dirname, '../../src/runtime/fixtures/tokenizer/tokenizer.json'),
    ],
  },
];

/** Prints what became of it; 0 when memory and answers stayed. */
export async function soakSessions(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const [items, switches, opens, threads] = [values.items, values.switches, values.opens, values.threads].map(
    Number,
  ) as [number, number, number, number];
  const problems: string[] = [];
  const backends = values.backends.split(',') as Backend[];
  const graphics = backends.includes('webgpu') ? await graphicsOf(values.webgpu) : undefined;
  if (graphics) console.log(graphics.says);
  const stage = await openStage('dist', graphics?.args);
  const about = (what: string, found: Check) => {
    const line = `${what}: ${found.before.toFixed(0)} → ${found.after.toFixed(0)} MB, ${(found.after / found.before).toFixed(3)} ×`;
    const bad = found.after > GROWTH * found.before || !found.same;
    if (found.most)
      about(`${what}, at most`, { before: found.most.before, after: found.most.after, same: found.same });
    console.log(
      `${bad ? 'WRONG' : 'fine '}  ${line}${found.same ? '' : '; answers differ from a fresh start'}`,
    );
    if (bad) problems.push(line);
  };
  try {
    const only = values.only?.split(',');
    const wanted = ({ model }: Subject) => only?.includes(model) ?? true;
    const subjects = [
      ...STARTERS.filter(wanted),
      ...(await installed(stage, STAND_INS.filter(wanted), values['stand-ins'])),
    ];
    for (const backend of backends)
      for (const subject of subjects) {
        const page = await fresh(stage, threads);
        if (!(await runsOn(page, subject, backend))) {
          console.log(`left   ${subject.model} on ${backend}: it does not open there`);
          continue;
        }
        if (items > 0)
          about(
            `${subject.model} on ${backend}, ${items} items`,
            await manyItems(stage, page, subject, items),
          );
        if (opens > 0)
          about(
            `${subject.model} on ${backend}, opened ${opens} times`,
            await manyOpenings(stage, page, subject, opens),
          );
      }
    // The first round is not compared.
    if (subjects.length > 0 && switches >= 3 * subjects.length)
      about(
        `${switches} switches of model`,
        await turns(stage, await fresh(stage, threads), subjects, switches),
      );
    if (opens > 0)
      about(
        `Winnow started and closed ${opens} times`,
        await restarts(stage, await fresh(stage, threads), opens, threads),
      );
  } finally {
    await stage.close();
  }
  return problems.length === 0 ? 0 : 1;
}

/** Megabytes at rest, and whether the sample's answers are what they were at first. */
interface Check {
  readonly before: number;
  readonly after: number;
  /** Megabytes at the peak of what was done first, and of the same thing done last. */
  readonly most?: { readonly before: number; readonly after: number };
  readonly same: boolean;
}

async function fresh(stage: Stage, threads: number): Promise<Unwatched> {
  const page = await stage.enterUnwatched();
  await begin(page, threads);
  return page;
}

async function installed(
  stage: Stage,
  standIns: typeof STAND_INS,
  folder: string | undefined,
): Promise<readonly Subject[]> {
  const found = [];
  for (const { model, task, files } of standIns) {
    const paths = files.map((file) => resolve(folder ?? '', file));
    if (!folder || !paths.every((path) => existsSync(path))) continue;
    const page = await stage.enter();
    await page.setInputFiles('input[type=file]', paths);
    await page.evaluate(async (id) => {
      const winnow = await globalThis.sdk.createWinnow();
      await winnow.install(id, { files: [...document.querySelector('input')!.files!] });
      await winnow.close();
    }, model);
    found.push({ model, task });
  }
  return found;
}

/** Asks for the backend where one can be asked for; whether it is what the model then runs on. */
async function runsOn(page: Unwatched, { model }: Subject, backend: Backend): Promise<boolean> {
  await page.evaluate(
    async ([id, wanted]) => {
      const { winnow } = globalThis as unknown as {
        winnow: { prefer?(id: string, backend: string): unknown };
      };
      await winnow.prefer?.(id, wanted);
    },
    [model, backend] as const,
  );
  return (await reopen(page, model)) === backend;
}

/** At rest. The least, since decoders, ended workers and allocators give memory back when it suits them. */
async function memory(stage: Stage, page: Unwatched): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let second = 0; second < REST; second++) {
    await page.collectGarbage();
    await setTimeout(1_000);
    least = Math.min(least, resident(stage.profile));
  }
  return least;
}

async function manyItems(stage: Stage, page: Unwatched, subject: Subject, items: number): Promise<Check> {
  const first = await answersOf(page, subject, SAMPLE);
  await through(page, subject, 0, SETTLED);
  const before = await memory(stage, page);
  await told(stage, page, subject.model, items - SETTLED, through(page, subject, SETTLED, items));
  const after = await memory(stage, page);
  return { before, after, same: first === (await answersOf(page, subject, SAMPLE)) };
}

/** Waits for a batch of so many items and says how far it is. */
async function told(stage: Stage, page: Unwatched, model: string, items: number, batch: Promise<void>) {
  const began = performance.now();
  const say = async () => {
    const done = await page.evaluate(() => globalThis.scored, undefined);
    const minutes = Math.round((performance.now() - began) / 60_000);
    console.log(
      `       ${model}: ${done} of ${items} in ${minutes} min, ${resident(stage.profile).toFixed(0)} MB`,
    );
  };
  // A page that has died is told by the batch.
  const timer = setInterval(() => void say().catch(() => {}), TELL * 1_000);
  try {
    await batch;
  } finally {
    clearInterval(timer);
  }
}

/** Of the first few openings on, since the very first reads what the others find read. */
async function manyOpenings(stage: Stage, page: Unwatched, subject: Subject, opens: number): Promise<Check> {
  const first = await answersOf(page, subject, SAMPLE);
  const few = Math.ceil(opens / 10);
  const open = async (times: number) => {
    resetPeak(stage.profile);
    for (let at = 0; at < times; at++) {
      await reopen(page, subject.model);
      await answersOf(page, subject, SAMPLE.slice(0, 1));
    }
    return peak(stage.profile);
  };
  await open(1);
  const most = { before: await open(few), after: 0 };
  const before = await memory(stage, page);
  await open(opens - 2 * few - 1);
  // As the first few: how many of those that were given up are still there is the same then.
  await memory(stage, page);
  most.after = await open(few);
  const after = await memory(stage, page);
  return { before, after, most, same: first === (await answersOf(page, subject, SAMPLE)) };
}

async function turns(
  stage: Stage,
  page: Unwatched,
  subjects: readonly Subject[],
  switches: number,
): Promise<Check> {
  const first: string[] = [];
  for (const subject of subjects) first.push(await answersOf(page, subject, SAMPLE));
  let same = true;
  const round = async () => {
    resetPeak(stage.profile);
    for (const [at, subject] of subjects.entries()) {
      for (const { model } of subjects) await page.evaluate((id) => globalThis.winnow.release(id), model);
      same &&= first[at] === (await answersOf(page, subject, SAMPLE));
    }
    return peak(stage.profile);
  };
  // All were open at once until the first.
  await round();
  const before = await memory(stage, page);
  const most = { before: await round(), after: 0 };
  for (let left = switches - 3 * subjects.length; left > 0; left -= subjects.length) await round();
  await memory(stage, page);
  most.after = await round();
  return { before, after: await memory(stage, page), most, same };
}

async function restarts(stage: Stage, page: Unwatched, opens: number, threads: number): Promise<Check> {
  const [subject] = STARTERS as [Subject];
  const first = await answersOf(page, subject, SAMPLE);
  const few = Math.ceil(opens / 10);
  let same = true;
  let before = 0;
  for (let at = 0; at < opens; at++) {
    await restart(page, threads);
    same &&= first === (await answersOf(page, subject, SAMPLE));
    if (at === few) before = await memory(stage, page);
  }
  return { before, after: await memory(stage, page), same };
}
