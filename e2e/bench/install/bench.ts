/**
 * Getting a model's file into the browser: ours, and @huggingface/transformers fetching the same file from the same
 * server. Linux only (memory is read from /proc); the machine should be otherwise idle.
 *   npm run build && npm run bench -- install [--bytes 1330000000] [--rounds 3] [--no-peer]
 */
import { randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileRequest } from '../../../src/rpc/downloads';
import { fileOf, sha256Of } from '../../support/hub/files';
import { median, report } from '../report';
import { type Measured, measure, openStage, REPO, type Stage } from './ours';
import { measurePeer, type PeerMeasured } from './peer';

const PATH = 'onnx/model.onnx';
const MB = 2 ** 20;

export async function benchInstall(args: readonly string[]): Promise<void> {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const bytes = Number(option('--bytes')) || 1_330_000_000;
  const rounds = Number(option('--rounds')) || 3;
  const folder = writeFile(bytes);
  console.log(`A file of ${(bytes / 1e6).toLocaleString('en')} MB, ${rounds} times`);
  try {
    const found: Measured[] = [];
    for (let round = 0; round < rounds; round++)
      found.push(await staged(folder, (stage) => ours(stage, folder, bytes)));
    say(found);
    if (args.includes('--no-peer')) return;
    const peers: PeerMeasured[] = [];
    for (let round = 0; round < rounds; round++)
      peers.push(await staged(folder, (stage) => measurePeer(stage, PATH, bytes)));
    sayPeer(peers);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function staged<T>(folder: string, work: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await openStage(folder);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}

async function ours(stage: Stage, folder: string, bytes: number): Promise<Measured> {
  const { hub } = stage;
  const repo = { folder, name: REPO, commit: '', paths: [] };
  const request: FileRequest = {
    ...{ repo: REPO, revision: hub.commit(REPO), path: PATH, bytes },
    ...{ endpoint: hub.endpoint, hosts: [hub.store], sha256: await sha256Of(fileOf(repo, PATH)) },
  };
  return measure(stage, request);
}

/** Bytes that do not compress. */
function writeFile(bytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'winnow-bench-hub-'));
  mkdirSync(join(folder, 'onnx'));
  const file = openSync(join(folder, PATH), 'w');
  const block = Buffer.alloc(16 * MB);
  for (let left = bytes; left > 0; left -= block.length)
    writeSync(file, randomFillSync(block), 0, Math.min(left, block.length));
  closeSync(file);
  // A kind that the peer knows, so that it asks for the file.
  writeFileSync(join(folder, 'config.json'), '{"model_type":"bert","architectures":["BertModel"]}\n');
  return folder;
}

function say(found: readonly Measured[]): void {
  const of = (key: keyof Measured) => median(found.map((one) => one[key]));
  const atLeast = (what: string, value: number, limit: number, unit: string) =>
    report(`${what}: ${Math.round(value)} ${unit}`, `at least ${limit} ${unit}`, value >= limit);
  const atMost = (what: string, value: number, limit: number, unit: string) =>
    report(`${what}: ${Math.round(value)} ${unit}`, `at most ${limit} ${unit}`, value <= limit);
  console.log('\nWinnow');
  atLeast('server → hashed, stored and verified', of('megabytesPerSecond'), 150, 'MB/s');
  console.log(`         CPU: ${of('cpuSecondsPerGigabyte').toFixed(1)} s a gigabyte, without the server`);
  atMost('memory of the page above what it had', of('memory'), 300, 'MB');
  atMost('progress in any second', of('updatesPerSecond'), 11, 'times');
  atMost('progress that went backwards', of('backwards'), 0, 'times');
  atMost('cancelled after', of('cancelMilliseconds'), 300, 'ms');
  atMost('resumed: first byte after', of('resumeMilliseconds'), 500, 'ms');
  atLeast('read back with every hash compared', of('readMegabytesPerSecond'), 400, 'MB/s');
}

/** It hashes nothing and cannot resume: only speed and memory compare. */
function sayPeer(found: readonly PeerMeasured[]): void {
  const of = (key: keyof PeerMeasured) => Math.round(median(found.map((one) => one[key])));
  console.log('\n@huggingface/transformers, the same file into its cache, nothing compared');
  console.log(`         ${of('megabytesPerSecond')} MB/s`);
  console.log(`         memory of the page above what it had: ${of('memory')} MB`);
}
