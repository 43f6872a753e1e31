/**
 * Winnow beside what one would use otherwise: one table, the ratios that matter, and a JSON file of both with every
 * round. Linux only (memory is read from /proc); the machine should be otherwise idle.
 *   python e2e/bench/prepare/stand_ins.py DIR marqo freepik clip guard exports vit-base text-small
 *   npm run build && npm run bench [-- compare] [--stand-ins DIR] [--only starter,vit] [--rounds 7] [--threads 2]
 *     [--python python3] [--webgpu auto|software|off] [--json bench.json]
 * WebGPU takes part where there is a graphics processor for it; `software` has the processor stand in for one.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { benchResize } from '../prepare/resize';
import { apart, type Ratio, ratiosOf, wordOf } from './bars';
import { graphicsOf } from './graphics';
import { describeMachine, type Machine } from './machine';
import { contendersOf, openSetting, type Setting } from './peers';
import { type Found, takeTurns } from './rounds';
import { SUBJECTS, type Subject } from './subjects';
import { printRatios, printRows, type Row, rowOf } from './table';

const OPTIONS = {
  // What is not there is left out, and said so: without any, the starter models are compared.
  'stand-ins': { type: 'string', default: 'stand-ins' },
  only: { type: 'string' },
  rounds: { type: 'string', default: '7' },
  threads: { type: 'string', default: '2' },
  python: { type: 'string', default: 'python3' },
  webgpu: { type: 'string', default: 'auto' },
  json: { type: 'string', default: 'bench.json' },
} as const;

/** What a subject came to, or why it did not. */
interface Outcome {
  readonly rows: readonly Row[];
  readonly rounds: readonly Found[];
  readonly ratios: readonly Ratio[];
  readonly leftOut?: string;
}

export async function benchCompare(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const rounds = count(values.rounds, '--rounds');
  const threads = count(values.threads, '--threads');
  const folder = values['stand-ins'];
  const names = chosen(values.only);
  const machine = await describeMachine(threads);
  say(machine, rounds);
  const graphics = await graphicsOf(values.webgpu);
  console.log(graphics.says);
  const setting = await openSetting(resolve(folder), threads, graphics.args);
  const outcomes: Outcome[] = [];
  // All of them take hours: what is broken off leaves what it found.
  const keep = () => write(values.json, { machine, graphics: graphics.says, rounds }, outcomes);
  keep();
  try {
    for (const name of names) {
      if (name === 'resize') continue;
      outcomes.push(await attempt(name, setting, rounds));
      keep();
    }
  } finally {
    await setting.harness.close();
  }
  const rows = outcomes.flatMap((outcome) => outcome.rows);
  const ratios = outcomes.flatMap((outcome) => outcome.ratios);
  if (rows.length > 0) printRows(rows);
  if (names.includes('resize')) benchResize(values.python);
  if (ratios.length > 0) printRatios(ratios);
  for (const { leftOut } of outcomes) if (leftOut) console.log(`left out  ${leftOut}`);
}

function write(path: string, setting: object, outcomes: readonly Outcome[]): void {
  const found = {
    ...setting,
    rows: outcomes.flatMap(({ rows }) => rows),
    ratios: outcomes.flatMap(({ ratios }) => ratios.map((ratio) => ({ ...ratio, found: wordOf(ratio) }))),
    leftOut: outcomes.flatMap(({ leftOut }) => leftOut ?? []),
    samples: samplesOf(outcomes),
  };
  writeFileSync(path, `${JSON.stringify(found, null, 1)}\n`);
}

/** A subject that fails is named, and leaves the others be. */
async function attempt(name: string, setting: Setting, rounds: number): Promise<Outcome> {
  try {
    return await compare(name, SUBJECTS[name]!, setting, rounds);
  } catch (error) {
    process.exitCode = 1;
    const why = error instanceof Error ? error.message : String(error);
    console.error(`  failed: ${why}`);
    return without(`${name}: failed: ${why.split('\n')[0]}`);
  }
}

const without = (leftOut: string): Outcome => ({ rows: [], rounds: [], ratios: [], leftOut });

async function compare(name: string, subject: Subject, setting: Setting, rounds: number): Promise<Outcome> {
  const { folder, threads } = setting;
  const wanted = new Set([...subject.files, ...(subject.exported ? [subject.exported.file] : [])]);
  const missing = [...wanted].filter((file) => !existsSync(resolve(folder, file)));
  const absent = `${name}: ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} not in ${folder}`;
  if (subject.files.some((file) => missing.includes(file))) return without(`${absent}.`);
  // The pipelines open the exporter's file too.
  const { exported, ...rest } = subject;
  const fewer = { ...rest, peers: subject.peers.filter(({ kind }) => kind !== 'transformers.js') };
  const present: Subject = missing.length > 0 ? fewer : subject;
  console.log(`${name}: ${subject.title}, ${threads} threads`);
  const contenders = await contendersOf(present, setting);
  try {
    const found = await takeTurns(contenders, rounds);
    const distance = apart(found);
    if (distance !== undefined) console.log(`  probabilities are at most ${distance.toFixed(4)} apart`);
    const rows = found.map((one) => rowOf(subject.title, one));
    const ratios = ratiosOf(subject.title, present, found);
    const leftOut = missing.length > 0 && { leftOut: `${absent}: nothing to compare with.` };
    return { rows, rounds: found, ratios, ...leftOut };
  } finally {
    for (const contender of contenders) await contender.dispose();
  }
}

function samplesOf(outcomes: readonly Outcome[]) {
  return outcomes.flatMap(({ rows, rounds }) =>
    rounds.map((found, at) => ({ subject: rows[at]!.subject, ...found })),
  );
}

function count(value: string, option: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`${option} takes a whole number from 1, not ${value}.`);
  return number;
}

function chosen(only: string | undefined): readonly string[] {
  const all = [...Object.keys(SUBJECTS), 'resize'];
  const names = only?.split(',') ?? all;
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`No ${unknown.join(', ')} here; there are ${all.join(', ')}.`);
  return names;
}

function say({ cpu, cores, memoryGB, browser, node, threads, load }: Machine, rounds: number): void {
  console.log(`${cpu}, ${cores} cores, ${memoryGB} GB; ${browser}, Node ${node}; ${threads} threads`);
  console.log(`Medians of ${rounds} rounds${rounds < 7 ? ': too few to go by' : ''}`);
  if (load > 0.5) console.log(`Load ${load} at the start: other programs are at work, figures will be off.`);
}
