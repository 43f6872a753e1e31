/**
 * Getting a model into the browser: a file alone and a model from the first byte to its first answer, beside a page that only
 * fetches, hashes and stores, and @huggingface/transformers fetching the same file from the same server. Linux only (memory
 * is read from /proc); the machine should be otherwise idle.
 *   npm run build && npm run bench -- install [--only file,model] [--bytes 1330000000] [--rounds 3] [--no-peer]
 *     [--stand-ins DIR]   of prepare/stand_ins.py: the guard, else freepik; a ViT of 320 MB is made without them
 */
import { createHash, randomFillSync } from 'node:crypto';
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHUNK_BYTES } from '../../../src/core/hub/chunks';
import type { FileRequest } from '../../../src/rpc/downloads';
import { fileOf, sha256Of } from '../../support/hub/files';
import { median, report } from '../report';
import { type Measured, measure, openStage, REPO, type Stage } from './ours';
import { measurePeer, type PeerMeasured } from './peer';
import { measureWhole, subjectOf, type Whole } from './whole';

const PATH = 'onnx/model.onnx';
const MB = 2 ** 20;

export async function benchInstall(args: readonly string[]): Promise<void> {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const rounds = Number(option('--rounds')) || 3;
  const only = option('--only')?.split(',') ?? ['file', 'model'];
  const peer = !args.includes('--no-peer');
  if (only.includes('file')) await benchFile(Number(option('--bytes')) || 1_330_000_000, rounds, peer);
  if (only.includes('model')) await benchModel(option('--stand-ins'), rounds, peer);
}

async function benchFile(bytes: number, rounds: number, peer: boolean): Promise<void> {
  const folder = writeFile(bytes);
  const file = { path: PATH, bytes };
  console.log(`A file of ${(bytes / 1e6).toLocaleString('en')} MB, ${rounds} times`);
  try {
    const chunkSha256 = hashChunks(join(folder, PATH));
    const found: Measured[] = [];
    const pinned: Measured[] = [];
    const raw: PeerMeasured[] = [];
    // Turn about: what else the machine does in that minute slows all of them.
    for (let round = 0; round < rounds; round++) {
      found.push(await staged(folder, (stage) => ours(stage, folder, bytes)));
      pinned.push(await staged(folder, (stage) => ours(stage, folder, bytes, chunkSha256)));
      raw.push(await staged(folder, (stage) => measurePeer(stage, file, 'raw')));
    }
    say('Winnow, of a card that pins the file’s chunks', pinned);
    say(
      'Winnow, of one that knows the hash of the whole only, as of a model installed for the first time',
      found,
    );
    sayRaw(raw, { pinned, 'not pinned': found });
    const peers: PeerMeasured[] = [];
    for (let round = 0; peer && round < rounds; round++)
      peers.push(await staged(folder, (stage) => measurePeer(stage, file)));
    if (peer) sayPeer(peers);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function benchModel(standIns: string | undefined, rounds: number, peer: boolean): Promise<void> {
  const subject = subjectOf(standIns);
  const { card, folder, weights, bytes } = subject;
  console.log(`\n${card.id}: ${(bytes / 1e6).toLocaleString('en')} MB, ${rounds} times`);
  const alone = repositoryOf(join(folder, weights));
  const file = { path: PATH, bytes: statSync(join(folder, weights)).size };
  try {
    const found: Whole[] = [];
    const raw: PeerMeasured[] = [];
    const peers: PeerMeasured[] = [];
    for (let round = 0; round < rounds; round++) {
      found.push(await measureWhole(subject));
      raw.push(await staged(alone, (stage) => measurePeer(stage, file, 'raw')));
      if (peer) peers.push(await staged(alone, (stage) => measurePeer(stage, file)));
    }
    sayWhole(found, raw);
    sayAlone('Its largest file fetched, hashed and stored in a page', raw);
    if (peer) sayAlone('@huggingface/transformers, the same file into its cache, nothing compared', peers);
  } finally {
    for (const gone of [folder, alone]) rmSync(gone, { recursive: true });
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

async function ours(
  stage: Stage,
  folder: string,
  bytes: number,
  chunkSha256?: readonly string[],
): Promise<Measured> {
  const { hub } = stage;
  const repo = { folder, name: REPO, commit: '', paths: [] };
  const request: FileRequest = {
    ...{ repo: REPO, revision: hub.commit(REPO), path: PATH, bytes },
    ...{ endpoint: hub.endpoint, hosts: [hub.store], sha256: await sha256Of(fileOf(repo, PATH)) },
    ...(chunkSha256 && { chunkSha256 }),
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
  writeConfig(folder);
  return folder;
}

/** As a card has them. */
function hashChunks(path: string): string[] {
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const found: string[] = [];
  for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk))
    found.push(createHash('sha256').update(chunk.subarray(0, count)).digest('hex'));
  closeSync(file);
  return found;
}

/** A file by itself, under the name that the peer asks for. */
function repositoryOf(file: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'winnow-bench-hub-'));
  mkdirSync(join(folder, 'onnx'));
  linkSync(file, join(folder, PATH));
  writeConfig(folder);
  return folder;
}

/** Of a kind that the peer knows, so that it asks for the file. */
const writeConfig = (folder: string): void =>
  writeFileSync(join(folder, 'config.json'), '{"model_type":"bert","architectures":["BertModel"]}\n');

function say(who: string, found: readonly Measured[]): void {
  const of = (key: keyof Measured) => median(found.map((one) => one[key]));
  const atLeast = (what: string, value: number, limit: number, unit: string) =>
    report(`${what}: ${Math.round(value)} ${unit}`, `at least ${limit} ${unit}`, value >= limit);
  const atMost = (what: string, value: number, limit: number, unit: string) =>
    report(`${what}: ${Math.round(value)} ${unit}`, `at most ${limit} ${unit}`, value <= limit);
  console.log(`\n${who}`);
  atLeast('server → hashed, stored and verified', of('megabytesPerSecond'), 150, 'MB/s');
  console.log(`         CPU: ${of('cpuSecondsPerGigabyte').toFixed(1)} s a gigabyte, without the server`);
  atMost('memory of browser and page above what they had', of('memory'), 300, 'MB');
  atMost('progress in any second', of('updatesPerSecond'), 10, 'times');
  atMost('progress that went backwards', of('backwards'), 0, 'times');
  atMost('cancelled after', of('cancelMilliseconds'), 300, 'ms');
  atMost('resumed: first byte after', of('resumeMilliseconds'), 500, 'ms');
  atLeast('read back with every hash compared', of('readMegabytesPerSecond'), 400, 'MB/s');
}

/** What the machine gives while it does whatever else it does: the share of it that is left with what only Winnow does. */
function sayRaw(raw: readonly PeerMeasured[], ours: Readonly<Record<string, readonly Measured[]>>): void {
  sayAlone(
    'The same file fetched, hashed in chunks and stored in a page, nothing compared or kept for a restart',
    raw,
  );
  for (const [how, found] of Object.entries(ours)) {
    const share = median(found.map((one, at) => one.megabytesPerSecond / raw[at]!.megabytesPerSecond));
    console.log(`         Winnow beside it, ${how}: ${Math.round(100 * share)} %`);
  }
}

/** It hashes nothing and cannot resume: only speed and memory compare. */
function sayPeer(found: readonly PeerMeasured[]): void {
  sayAlone('@huggingface/transformers, the same file into its cache, nothing compared', found);
}

function sayAlone(what: string, found: readonly PeerMeasured[]): void {
  const of = (key: keyof PeerMeasured) => median(found.map((one) => one[key]));
  console.log(`\n${what}`);
  console.log(`         ${of('seconds').toFixed(1)} s, ${Math.round(of('megabytesPerSecond'))} MB/s`);
  console.log(
    `         read back: ${of('againSeconds').toFixed(1)} s, ${Math.round(of('againMegabytesPerSecond'))} MB/s`,
  );
  console.log(`         CPU: ${of('cpuSecondsPerGigabyte').toFixed(1)} s a gigabyte, without the server`);
  console.log(`         memory of browser and page above what they had: ${Math.round(of('memory'))} MB`);
}

/** `raw`: of its largest file. */
function sayWhole(found: readonly Whole[], raw: readonly PeerMeasured[]): void {
  const of = (key: keyof Whole) => median(found.map((one) => one[key]));
  const rate = (key: keyof Whole & `${string}egabytesPerSecond`) => `${Math.round(of(key))} MB/s`;
  const seconds = (key: keyof Whole) => `${of(key).toFixed(1)} s`;
  const ratio = (ours: (one: Whole) => number, theirs: (one: PeerMeasured) => number) =>
    median(found.map((one, at) => ours(one) / theirs(raw[at]!))).toFixed(2);
  console.log('Winnow');
  console.log(
    `         installed: ${seconds('seconds')}, ${rate('megabytesPerSecond')} of what is published`,
  );
  console.log(
    `         of these: download ${seconds('downloadSeconds')}, prepare ${seconds('prepareSeconds')}, read back ${seconds('readSeconds')}, check ${seconds('checkSeconds')}; CPU ${seconds('cpuSeconds')}`,
  );
  console.log(`         memory of browser and page above what they had: ${Math.round(of('memory'))} MB`);
  console.log(
    `         its download beside a page that only stores: ${ratio(
      (one) => one.downloadSeconds,
      (one) => one.seconds,
    )} times as long`,
  );
  const read = `what is kept read back with every hash compared: ${rate('readMegabytesPerSecond')}`;
  report(read, 'at least 400 MB/s', of('readMegabytesPerSecond') >= 400);
  console.log(
    `         beside that page reading back and hashing: ${ratio(
      (one) => one.readMegabytesPerSecond,
      (one) => one.againMegabytesPerSecond,
    )} times as fast`,
  );
  console.log(
    `         opened by a browser that has just started: ${Math.round(of('keptMegabytes'))} MB in ${seconds('openSeconds')}, ${rate('openMegabytesPerSecond')}`,
  );
  console.log(`         first answer after that: ${seconds('firstSeconds')}`);
}
