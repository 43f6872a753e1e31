/**
 * What a card pins of a repository's files: commit, bytes and SHA-256, as the Hub says them, for whoever has a network.
 *   npm run pin -- owner/name [path …] [--revision main] [--chunks] [--endpoint https://…] [--hosts https://… ]
 *   npm run pin -- --card marqo-nsfw-384 [--chunks]
 * Without paths: every file of the repository. With --card: the files of that card, whose source is written; format it
 * after. With --chunks the files are downloaded too, compared with their SHA-256, and their chunks' hashes written as well:
 * 66 bytes for each 8 MiB, which then vouch for the file at a fifth less of the browser’s time, and say which part is
 * damaged. HF_TOKEN is used for repositories that ask for an agreement.
 */
import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { catalog } from '../src/catalog';
import type { ModelCard } from '../src/catalog/card';
import { WinnowError } from '../src/core/errors';
import { checkRepo, resolveAddress } from '../src/core/hub/address';
import { CHUNK_BYTES } from '../src/core/hub/chunks';
import { HUB } from '../src/core/hub/hosts';
import type { Learned, LearnRequest } from '../src/rpc/downloads';
import { ownHasher } from '../src/runtime/downloads/hasher';
import { Asking, learnFile } from '../src/runtime/downloads/learn';
import { type Means, sleep } from '../src/runtime/downloads/means';
import { cardFile, writeCard } from './pin-card';

export interface Pin {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly chunkSha256?: readonly string[];
}

export interface Pins {
  readonly repo: string;
  readonly revision: string;
  readonly files: readonly Pin[];
}

/** Node's means: no page, no policy. */
const means: Means = {
  fetch: (address, init) => fetch(address, init),
  now: () => Date.now(),
  random: () => Math.random(),
  sleep,
  hasher: () => ownHasher(),
  online: () => true,
  origin: 'null',
  stopped: async () => false,
  stallMs: 20_000,
};

/** Runs the command; returns what it prints. Throws a WinnowError when the Hub refuses. */
export async function pin(args: readonly string[]): Promise<Pins> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      revision: { type: 'string', default: 'main' },
      chunks: { type: 'boolean', default: false },
      endpoint: { type: 'string', default: HUB },
      hosts: { type: 'string', multiple: true, default: [] },
      card: { type: 'string' },
      catalog: { type: 'string', default: 'src/catalog' },
    },
  });
  const card = values.card === undefined ? undefined : catalog.find(({ id }) => id === values.card);
  if (values.card !== undefined && !card) throw new Error(`There is no card of ${values.card}.`);
  const named = card ? [card.source.name, ...ownFiles(card)] : positionals;
  const [repo = '', ...paths] = named;
  const token = process.env.HF_TOKEN;
  const source = { repo, endpoint: values.endpoint, hosts: values.hosts, ...(token && { token }) };
  checkRepo(repo);
  const asking = new Asking(source, means, new AbortController().signal);
  const { commit, files: all } = await asking.info(values.endpoint, repo, values.revision);
  const infos = new Map([[`${repo}@${commit}`, { commit, files: all }]]);
  const files: Pin[] = [];
  for (const path of paths.length > 0 ? paths : all) {
    if (card && !all.includes(path) && isOptional(card, path)) continue;
    const learned = await learnFile({ ...source, path, revision: commit }, means, undefined, infos);
    files.push(await pinned(learned, source, values.chunks));
  }
  const pins = { repo, revision: commit, files };
  if (card) writeCard(cardFile(values.catalog, card.id), pins);
  return pins;
}

/** Of the card's own repository. */
const ownFiles = ({ install }: ModelCard): string[] =>
  (install?.files ?? []).filter(({ from }) => !from).map(({ path }) => path);

const isOptional = ({ install }: ModelCard, path: string): boolean =>
  install?.files.find((file) => file.path === path)?.optional ?? false;

async function pinned(learned: Learned, source: Omit<LearnRequest, 'path'>, chunks: boolean): Promise<Pin> {
  const { path, bytes, sha256 } = learned;
  if (sha256 === undefined) throw new Error(`The source does not say the SHA-256 of ${path}.`);
  return { path, bytes, sha256, ...(chunks && { chunkSha256: await hashChunks(learned, source) }) };
}

/** Downloads the file, keeping nothing, and compares it. */
async function hashChunks(
  learned: Learned,
  { endpoint = HUB, token }: Omit<LearnRequest, 'path'>,
): Promise<string[]> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(resolveAddress(endpoint, learned), { headers });
  if (!response.ok || !response.body)
    throw new Error(`${learned.path}: the server answered ${response.status}.`);
  const whole = createHash('sha256');
  const found: string[] = [];
  let [chunk, room, size] = [createHash('sha256'), CHUNK_BYTES, 0];
  for await (const part of response.body) {
    whole.update(part);
    size += part.byteLength;
    for (let at = 0; at < part.byteLength; ) {
      const piece = part.subarray(at, at + room);
      chunk.update(piece);
      at += piece.byteLength;
      room -= piece.byteLength;
      if (room > 0) continue;
      found.push(chunk.digest('hex'));
      [chunk, room] = [createHash('sha256'), CHUNK_BYTES];
    }
  }
  if (room < CHUNK_BYTES) found.push(chunk.digest('hex'));
  if (size !== learned.bytes || whole.digest('hex') !== learned.sha256)
    throw new Error(`${learned.path} is not what the Hub says it is.`);
  return found;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  pin(process.argv.slice(2)).then(
    (pins) => console.log(JSON.stringify(pins, null, 2)),
    (error: unknown) => {
      console.error(error instanceof WinnowError || error instanceof Error ? error.message : error);
      process.exitCode = 1;
    },
  );
