/** A model's files over the network: what they are, whole or the part that is needed, and again what was damaged. */
import * as Comlink from 'comlink';
import type { ModelCard } from '../catalog/card';
import { FailedError, InvalidError, toWinnowError, type WinnowError } from '../core/errors';
import { fileKey } from '../core/hub/address';
import { type ByteRange, bytesOf, chunkRange, chunksFor } from '../core/hub/chunks';
import { elsewhere } from '../core/hub/errors';
import type { DownloadState } from '../core/hub/words';
import type { InstallFile, KeptFile, Origin } from '../rpc/contract';
import type {
  Downloaded,
  DownloadProgress,
  DownloadSource,
  FileRequest,
  FoundFile,
  LookRequest,
} from '../rpc/downloads';
import { type Gathered, type GatherJob, picked } from './gather';
import { planInWorker } from './install';
import type { SourceFile } from './types';
import { type FetchedSource, wantedFiles } from './wanted';

/** A header is in the first chunk, or in the second; a file that wants more of itself read first is no model. */
const MOST_HEADERS = 8;

/** As the download worker takes it. */
export function downloadSource(source: FetchedSource): DownloadSource {
  const { hosts } = source;
  if (source.kind === 'mirror') return { mirror: source.url, ...(hosts && { hosts }) };
  const { endpoint, token } = source;
  return { ...(endpoint !== undefined && { endpoint }), ...(token && { token }), ...(hosts && { hosts }) };
}

function originOf(source: FetchedSource): Origin {
  const url = source.kind === 'mirror' ? source.url : source.endpoint;
  const { kind, hosts } = source;
  return { kind, ...(url !== undefined && { url }), ...(hosts && { hosts }) };
}

/** What to ask the download worker about a card. Throws InvalidError('invalid-input') where a needed file is elsewhere. */
export function lookRequest(
  source: FetchedSource,
  { card, own, given, acceptChanged }: Pick<GatherJob, 'card' | 'own' | 'given' | 'acceptChanged'>,
): { request: LookRequest; elsewhere: ReturnType<typeof wantedFiles>['elsewhere'] } {
  const wanted = wantedFiles(card, source, given);
  return {
    request: {
      ...{ model: card.id, files: wanted.files, own, ...downloadSource(source) },
      ...(acceptChanged && { acceptChanged }),
    },
    elsewhere: wanted.elsewhere,
  };
}

/** Downloads what a card needs beside what was given. */
export async function fetchFiles(source: FetchedSource, job: GatherJob): Promise<Gathered> {
  const { card, given, fetcher, signal, acceptChanged } = job;
  const asked = lookRequest(source, job);
  const missing = asked.elsewhere.find(({ optional }) => !optional);
  if (missing) throw elsewhere(missing.path, missing.url);
  const extra = given.map(picked);
  if (asked.request.files.length === 0) return withoutFetching(card, extra);
  job.progress.tell({ phase: 'download', done: 0, total: 0 });
  const found = await fetcher.run((remote, inner) => remote.look(asked.request, inner), signal);
  await fetcher.run((remote) => remote.keepPins(card.id, found, acceptChanged), signal);
  const fetching = new Fetching(found, downloadSource(source), job, extra);
  await fetching.all();
  return {
    files: () => fetching.files(),
    origin: originOf(source),
    again: (error) => fetching.again(error),
    done: () => fetching.forget(),
  };
}

function withoutFetching(card: ModelCard, files: readonly InstallFile[]): Gathered {
  if (files.length > 0) return { files: () => files, origin: { kind: 'files' } };
  throw new InvalidError('invalid-input', `The card of ${card.name} names no files that could be fetched.`, {
    model: card.id,
  });
}

/** As it is shown. */
export function sourceFile(file: FoundFile): SourceFile {
  const { repo, revision, path, fetch: bytes, here, sha256, known, partial, chunkSha256 } = file;
  return {
    ...{ repo, revision, path, bytes, here, known },
    ...(sha256 !== undefined && { sha256 }),
    ...(partial && { partial }),
    ...(chunkSha256 && { chunked: true }),
  };
}

/** Downloads files that are known already, under one progress. */
export async function fetchFound(
  found: readonly FoundFile[],
  source: DownloadSource,
  job: GatherJob,
): Promise<{ again(error: WinnowError): Promise<boolean> }> {
  const fetching = new Fetching(found, source, job, []);
  await fetching.all();
  return fetching;
}

interface One {
  readonly file: FoundFile;
  readonly key: string;
  /** Of a file that is needed in part: what was found out so far. */
  ranges: readonly ByteRange[] | undefined;
  done: number;
  downloaded?: Downloaded;
}

class Fetching {
  readonly #all: readonly One[];
  /** Until every header was read, how much there is to fetch is a guess. */
  #planned: boolean;
  #over = false;

  constructor(
    found: readonly FoundFile[],
    private readonly source: DownloadSource,
    private readonly job: GatherJob,
    private readonly given: readonly InstallFile[],
  ) {
    // Small ones first: what is wrong with a configuration is known before a gigabyte has come.
    this.#all = found
      .toSorted((a, b) => a.bytes - b.bytes)
      .map((file) => ({
        ...{ file, key: fileKey(file), done: file.here },
        ranges: file.partial ? [{ start: 0, end: Math.min(1, file.bytes) }] : undefined,
      }));
    this.#planned = !found.some(({ partial }) => partial);
  }

  async all(): Promise<void> {
    this.#over = false;
    this.#tell();
    const [parts, whole] = [
      this.#all.filter(({ file }) => file.partial),
      this.#all.filter(({ file }) => !file.partial),
    ];
    if (!this.#planned) {
      for (const one of [...whole, ...parts]) await this.#get(one);
      await this.#plan(parts);
    }
    for (const one of this.#all) if (one.ranges || !one.downloaded) await this.#get(one);
    this.#over = true;
  }

  files(): readonly InstallFile[] {
    return [...this.given, ...this.#all.map(keptFile)];
  }

  /** Asks what installing will read, and gets what that takes to be known. */
  async #plan(parts: readonly One[]): Promise<void> {
    const { card, own, precision, inference: url, patience, signal } = this.job;
    for (let tries = 0; ; tries++) {
      const request = { card, own, files: this.files(), ...(precision && { precision }) };
      try {
        const needed = await planInWorker({ url, patience, signal, request });
        for (const one of parts) one.ranges = needed.find(({ key }) => key === one.key)?.ranges;
        break;
      } catch (thrown) {
        const error = toWinnowError(thrown);
        if (tries === MOST_HEADERS || !(await this.#repaired(error))) throw error;
      }
    }
    this.#planned = true;
    await this.#keepParts();
  }

  /** Now that it is known how much of them is needed: an interrupted download is shown by it. */
  async #keepParts(): Promise<void> {
    const { fetcher, card, signal } = this.job;
    const files = this.#all.map((one) => ({ ...one.file, fetch: neededBytes(one) }));
    await fetcher.run((remote) => remote.keepPins(card.id, files), signal);
  }

  /** As `Gathered.again` says. */
  async again(error: WinnowError): Promise<boolean> {
    this.#over = false;
    const repaired = await this.#repaired(error);
    this.#over = true;
    return repaired;
  }

  async #repaired({ code, data }: WinnowError): Promise<boolean> {
    if (code !== 'asset-missing' && code !== 'asset-corrupt') return false;
    const one = this.#all.find(({ key }) => key === data.key);
    if (!one) return false;
    if (one.ranges && typeof data.chunk === 'number')
      one.ranges = [...one.ranges, chunkRange(data.chunk, one.file.bytes)];
    await this.#get(one, code === 'asset-corrupt');
    return true;
  }

  async #get(one: One, recheck = false): Promise<void> {
    const { fetcher, signal } = this.job;
    const { repo, revision, path, bytes, sha256, chunkSha256 } = one.file;
    const request: FileRequest = {
      ...{ repo, revision, path, bytes, ...this.source },
      ...(sha256 !== undefined && { sha256 }),
      ...(chunkSha256 && { chunkSha256 }),
      ...(one.ranges && { ranges: one.ranges }),
      ...(recheck && { recheck }),
      ...(this.#all.some(({ done }) => done > 0) && { begun: true }),
      needed: this.#all.reduce((sum, each) => sum + neededBytes(each), 0) + this.job.kept,
    };
    const listen = Comlink.proxy(({ done, state }: DownloadProgress) => {
      one.done = Math.max(one.done, done);
      this.#tell(state);
    });
    one.downloaded = await fetcher.run((remote, inner) => remote.download(request, listen, inner), signal);
    one.done = Math.max(one.done, neededBytes(one));
    this.#tell();
  }

  #tell(state?: DownloadState): void {
    // The last word of a file may arrive after its end.
    if (this.#over) return;
    const done = this.#all.reduce((sum, one) => sum + one.done, 0);
    const total = this.#planned ? this.#all.reduce((sum, one) => sum + neededBytes(one), 0) : 0;
    this.job.progress.tell({ phase: 'download', done, total, ...(state && { state }) });
  }

  /** Deletes what was downloaded. */
  async forget(): Promise<void> {
    for (const { key } of this.#all) await this.job.fetcher.run((remote) => remote.removeSources(key));
  }
}

const neededBytes = ({ file, ranges }: Pick<One, 'file' | 'ranges'>): number =>
  ranges ? bytesOf(chunksFor(file.bytes, ranges), file.bytes) : file.bytes;

function keptFile({ file, key, ranges, downloaded }: One): KeptFile {
  if (!downloaded) throw new FailedError('internal', `${file.path} was not downloaded.`);
  const { repo, revision, path } = file;
  const { verification, sha256 } = downloaded;
  return {
    ...{ name: path, key, repo, revision, verification },
    ...(sha256 !== undefined && { sha256 }),
    ...(neededBytes({ file, ranges }) < file.bytes && { partial: true }),
  };
}
