/** What a source says of a file before any of it is fetched. */
import { asArray, asObject, asString, own, parseJson } from '../../core/checkpoint/json';
import { FailedError, InvalidError } from '../../core/errors';
import {
  checkPath,
  checkRepo,
  infoAddress,
  isCommit,
  mirrorAddress,
  type PinnedFile,
  rawAddress,
} from '../../core/hub/address';
import { hostOf, pointerInstead, refused, webPage, wrongSize } from '../../core/hub/errors';
import { parseContentRange } from '../../core/hub/headers';
import { HUB } from '../../core/hub/hosts';
import { isWebPage } from '../../core/hub/page';
import { looksLikePointer, MAX_POINTER_BYTES, parsePointer } from '../../core/hub/pointer';
import type { DownloadSource, Learned, LearnRequest } from '../../rpc/downloads';
import { sha256 } from '../store/hash';
import { type Asked, checkAnswer } from './answer';
import type { Means } from './means';
import { accountHeaders, originsOf } from './request';
import { Tries, withConnection } from './retry';

/** What a repository says of itself; the largest ones list ten thousand files. */
const MAX_INFO_BYTES = 4 * 2 ** 20;
/** A file that Git keeps itself: configurations, tokenizers. */
const MAX_SMALL_BYTES = 32 * 2 ** 20;

/** What a repository has at a commit. */
export interface RepositoryInfo {
  readonly commit: string;
  readonly files: readonly string[];
}

/** As `DownloadsContract.learn` says. `infos` remembers what repositories said, by name and revision. */
export async function learnFile(
  request: LearnRequest,
  means: Means,
  signal?: AbortSignal,
  infos: Map<string, RepositoryInfo> = new Map(),
): Promise<Learned> {
  const { repo, path, revision = 'main', endpoint = HUB, mirror } = request;
  checkRepo(repo);
  checkPath(path);
  const ask = new Asking(request, means, signal ?? new AbortController().signal);
  if (mirror !== undefined) return ask.mirrored({ repo, path, revision }, mirrorAddress(mirror, path));
  const known = infos.get(`${repo}@${revision}`);
  const { commit, files } = known ?? (await ask.info(endpoint, repo, revision));
  for (const version of [revision, commit]) infos.set(`${repo}@${version}`, { commit, files });
  const file: PinnedFile = { repo, path, revision: commit };
  if (!files.includes(path))
    throw refused(hostOf(endpoint), `${repo}/${path}`, { status: 404, reason: 'EntryNotFound', token: true });
  const bytes = await ask.small(rawAddress(endpoint, file), `${repo}/${path}`, MAX_SMALL_BYTES);
  const pointer = parsePointer(bytes);
  if (pointer) return { ...file, ...pointer, files };
  if (looksLikePointer(bytes)) throw pointerInstead(path);
  return { ...file, bytes: bytes.byteLength, sha256: await sha256(bytes), files };
}

function parseInfo(bytes: Uint8Array, repo: string): RepositoryInfo {
  const info = asObject(parseJson(bytes, MAX_INFO_BYTES, `What the Hub says of ${repo}`), repo);
  const commit = asString(own(info, 'sha'), 'The commit');
  if (!isCommit(commit)) throw new InvalidError('invalid-model', `The Hub names no commit for ${repo}.`);
  const siblings = asArray(own(info, 'siblings'), 'The list of files', 100_000);
  const files = siblings.map((one) =>
    asString(own(asObject(one, 'A file'), 'rfilename'), 'The path of a file'),
  );
  return { commit, files };
}

/** Requests whose answers are small. */
export class Asking {
  constructor(
    private readonly request: DownloadSource,
    private readonly means: Means,
    private readonly signal: AbortSignal,
  ) {}

  async info(endpoint: string, repo: string, revision: string): Promise<RepositoryInfo> {
    return parseInfo(await this.small(infoAddress(endpoint, repo, revision), repo, MAX_INFO_BYTES), repo);
  }

  /** The body, of at most `limit` bytes. */
  small(address: string, what: string, limit: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.asking(address, what, {}, async (response, alive) => {
      if (response.status !== 200)
        throw refused(hostOf(address), what, { status: response.status, token: false });
      return body(response, what, limit, alive);
    });
  }

  /** Only the size of a large file can be had from a plain folder; a small one is read. */
  mirrored(file: PinnedFile, address: string): Promise<Learned> {
    return this.asking(
      address,
      file.path,
      { Range: `bytes=0-${MAX_POINTER_BYTES - 1}` },
      async (response, alive) => {
        const total = parseContentRange(response.headers.get('content-range'))?.total;
        if (response.status === 206 && total === undefined)
          throw new FailedError('not-found', `${hostOf(address)} does not say how large ${file.path} is.`);
        const length = Number(response.headers.get('content-length') ?? Number.NaN);
        if (response.status === 200 && length > MAX_SMALL_BYTES) return { ...file, bytes: length, files: [] };
        const bytes = await body(response, file.path, MAX_SMALL_BYTES, alive);
        if (isWebPage(null, bytes)) throw webPage(hostOf(address));
        if (looksLikePointer(bytes)) throw pointerInstead(file.path);
        if (total !== undefined && total > bytes.byteLength) return { ...file, bytes: total, files: [] };
        return { ...file, bytes: bytes.byteLength, sha256: await sha256(bytes), files: [] };
      },
    );
  }

  private async asking<T>(
    address: string,
    what: string,
    headers: Record<string, string>,
    read: (response: Response, alive: () => void) => Promise<T>,
  ): Promise<T> {
    const { means, signal, request } = this;
    const tries = new Tries(means, signal, () => {});
    const account = accountHeaders(request);
    const asked: Asked = {
      ...{ address, what, origins: originsOf(request) },
      token: 'Authorization' in account,
    };
    for (;;) {
      try {
        return await withConnection(
          address,
          { ...headers, ...account },
          { means, signal, started: () => false },
          async ({ response, alive }) => {
            checkAnswer(response, asked, means);
            return read(response, alive);
          },
        );
      } catch (thrown) {
        await tries.after(thrown);
      }
    }
  }
}

async function body(
  response: Response,
  what: string,
  limit: number,
  alive: () => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) break;
    alive();
    parts.push(value);
    size += value.byteLength;
    if (size > limit) throw wrongSize(what, limit, size);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
