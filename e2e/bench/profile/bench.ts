/**
 * Where the time of a run goes, operator by operator: Winnow's graph beside the exporter's, both in ONNX Runtime Web on WASM
 * with its own profiler. Which says what is left to gain, and where.
 *   python e2e/bench/prepare/stand_ins.py DIR marqo freepik clip exports vit-base
 *   npm run bench -- profile --stand-ins DIR [--only freepik,clip,marqo,vit-base,vit-base-int8] [--threads 2] [--runs 3] [--json profile.json]
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { familyById } from '../../../src/core/architectures';
import { readSafetensors } from '../../../src/core/checkpoint/safetensors';
import type { Precision } from '../../../src/core/policy/types';
import { WEIGHTS } from '../../../src/core/prepare/plan';
import { writeNetwork } from '../../../src/core/prepare/testing';
import { startHarness } from '../../golden-nsfwjs/harness';
import { describeMachine } from '../compare/machine';
import { diskSource } from '../exactness/disk';
import { openStage } from '../prepare/stage';
import { type Operator, operatorsOf, printOperators } from './operators';
import type { ProfileRequest } from './peer/page';

const OPTIONS = {
  'stand-ins': { type: 'string' },
  only: { type: 'string', default: 'freepik,clip,marqo' },
  threads: { type: 'string', default: '2' },
  runs: { type: 'string', default: '3' },
  json: { type: 'string' },
} as const;

interface Subject {
  readonly family: string;
  readonly precision: Precision;
  /** The exporter's file of the same precision. */
  readonly exported: string;
  readonly side: number;
  /** What that file calls its pixels. Default as ours. */
  readonly input?: string;
  /** Below the folder of stand-ins. Default its name. */
  readonly folder?: string;
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  freepik: { family: 'timm-eva02', precision: 'int8', exported: 'export_int8.onnx', side: 448 },
  clip: { family: 'clip-vision', precision: 'int8', exported: 'export_int8.onnx', side: 224 },
  marqo: { family: 'timm-vit', precision: 'exact', exported: 'export.onnx', side: 384 },
  'vit-base': {
    ...{ family: 'hf-vit', precision: 'exact', exported: 'onnx/model.onnx', side: 224 },
    input: 'pixel_values',
  },
  'vit-base-int8': {
    ...{ family: 'hf-vit', precision: 'int8', exported: 'onnx/model_quantized.onnx', side: 224 },
    ...{ input: 'pixel_values', folder: 'vit-base' },
  },
};

interface Profile {
  readonly name: string;
  readonly what: string;
  readonly operators: readonly Operator[];
}

export async function benchProfile(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const folder = values['stand-ins'];
  if (!folder) throw new Error('Where are the stand-ins? Pass --stand-ins DIR; stand_ins.py makes them.');
  const [threads, runs] = [Number(values.threads), Number(values.runs)];
  const found: Profile[] = [];
  for (const name of values.only.split(',')) {
    const subject = SUBJECTS[name];
    if (!subject) throw new Error(`There is no ${name} here: ${Object.keys(SUBJECTS).join(', ')}.`);
    found.push(...(await measure(name, subject, resolve(folder, subject.folder ?? name), { threads, runs })));
  }
  if (!values.json) return;
  const machine = await describeMachine(threads);
  writeFileSync(values.json, `${JSON.stringify({ machine, runs, found }, null, 1)}\n`);
}

async function measure(
  name: string,
  { family, precision, exported, side, input = 'pixels' }: Subject,
  place: string,
  { threads, runs }: { readonly threads: number; readonly runs: number },
): Promise<Profile[]> {
  const ours = mkdtempSync(join(tmpdir(), 'winnow-profile-'));
  const root = join(import.meta.dirname, 'peer');
  const mounts = { ours, theirs: place };
  try {
    const config = JSON.parse(readFileSync(join(place, 'config.json'), 'utf8'));
    const { tensors } = await readSafetensors(await diskSource(join(place, 'model.safetensors')));
    await writeNetwork(familyById(family)!.build(config, tensors, { precision }), ours);
    const harness = await startHarness({ root, files: new Map(), isolated: threads > 1, mounts });
    try {
      const dims = [1, 3, side, side];
      const pixels = { type: 'float32' as const, values: [0.3, -0.2, 0.9, 0.1], dims };
      const given = { threads, runs };
      const weights = { path: WEIGHTS, url: `/ours/${WEIGHTS}` };
      const mine = await profiled(harness.url, {
        ...given,
        ...{ feeds: { pixels }, model: '/ours/model.onnx', weights },
      });
      const profiles: Profile[] = [{ name, what: `Winnow, ${precision}`, operators: mine }];
      if (existsSync(join(place, exported))) {
        const theirs = await profiled(harness.url, {
          ...given,
          ...{ feeds: { [input]: pixels }, model: `/theirs/${exported}` },
        });
        profiles.push({ name, what: exported, operators: theirs });
      }
      for (const { what, operators } of profiles) printOperators(`${name}, ${what}`, operators);
      return profiles;
    } finally {
      await harness.close();
    }
  } finally {
    rmSync(ours, { recursive: true, force: true });
  }
}

/** Milliseconds by kind of operator, of a run after the first. */
async function profiled(url: string, request: ProfileRequest): Promise<Operator[]> {
  const stage = await openStage();
  try {
    const page = await stage.visit(url);
    await page.waitForFunction('typeof profile === "function"');
    const lines: string[] = [];
    page.on('console', (message) => lines.push(message.text()));
    // The first run is in code that V8 has not optimised yet.
    await page.evaluate((given) => profile(given), { ...request, runs: request.runs + 1 });
    return operatorsOf(lines, request.runs);
  } finally {
    await stage.close();
  }
}
