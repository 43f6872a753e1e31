/** What the figures were found on. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { ensureChromium } from '../../../scripts/chromium.mjs';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly system: string;
  readonly browser: string;
  readonly node: string;
  readonly threads: number;
  /** Processes that wanted the processor in the last minute: above 0.5 others took part. */
  readonly load: number;
  /** Of the packages that take part. */
  readonly versions: Readonly<Record<string, string>>;
}

const PACKAGES = [
  '@huggingface/transformers',
  'onnxruntime-web',
  'onnxruntime-node',
  'nsfwjs',
  '@tensorflow/tfjs',
];

export async function describeMachine(threads: number): Promise<Machine> {
  const browser = spawnSync(await ensureChromium(), ['--version'], { encoding: 'utf8' }).stdout.trim();
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1e8) / 10,
    system: `${process.platform} ${release()} ${process.arch}`,
    browser,
    node: process.version,
    threads,
    load: Math.round(100 * loadavg()[0]!) / 100,
    versions: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}

function versionOf(name: string): string {
  const modules = join(import.meta.dirname, '..', '..', '..', 'node_modules');
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(modules, name, 'package.json'), 'utf8'),
  );
  return version;
}
