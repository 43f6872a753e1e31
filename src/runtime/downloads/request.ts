/** A request as it comes from a page: checked, with its address, its origins and its headers. */
import { InvalidError } from '../../core/errors';
import {
  base,
  checkCommit,
  checkPath,
  checkRepo,
  mirrorAddress,
  type PinnedFile,
  resolveAddress,
} from '../../core/hub/address';
import { chunkCount, chunksFor } from '../../core/hub/chunks';
import { HUB, HUB_HOSTS } from '../../core/hub/hosts';
import type { DownloadSource, FileRequest } from '../../rpc/downloads';
import type { Asked } from './answer';
import type { FileRecord } from './chunks';

/** Larger than any model that a browser could run. */
const MOST_BYTES = 64e9;

const HASH = /^[0-9a-f]{64}$/;

/** The chunks a request needs. Throws InvalidError('invalid-input') for anything that cannot be meant. */
export function checkRequest(request: FileRequest): number[] {
  const { repo, revision, path, bytes, sha256, chunkSha256, ranges } = request;
  checkRepo(repo);
  checkCommit(revision);
  checkPath(path);
  if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes > MOST_BYTES)
    throw new InvalidError('invalid-input', `A file of ${bytes} bytes cannot be downloaded.`);
  if (sha256 !== undefined && !HASH.test(sha256))
    throw new InvalidError('invalid-input', 'A SHA-256 has 64 hex digits in lower case.');
  if (
    chunkSha256 &&
    (chunkSha256.length !== chunkCount(bytes) || !chunkSha256.every((one) => HASH.test(one)))
  )
    throw new InvalidError('invalid-input', `${path} needs ${chunkCount(bytes)} hashes of chunks.`);
  return chunksFor(bytes, ranges);
}

/** Origins that answers may come from: the source's own, the Hub's where it is the Hub, and those named. */
export function originsOf({ endpoint = HUB, mirror, hosts = [] }: DownloadSource): string[] {
  const { origin } = new URL(base(mirror ?? endpoint));
  return [origin, ...(origin === HUB ? HUB_HOSTS : []), ...hosts];
}

/**
 * The headers that name an account. They are sent to the source itself; when it sends the download on to another
 * host, the browser takes them off (https://fetch.spec.whatwg.org/#http-redirect-fetch; Chromium since 119).
 */
export function accountHeaders({ token, mirror }: DownloadSource): Record<string, string> {
  if (token === undefined || token === '') return {};
  if (mirror !== undefined)
    throw new InvalidError('invalid-input', 'A token is for the Hub; a mirror does not get it.');
  if (!/^[\x21-\x7e]{1,512}$/.test(token))
    throw new InvalidError('invalid-input', 'This is not a token: it has spaces or other characters in it.');
  return { Authorization: `Bearer ${token}` };
}

/** Where a pinned file is, and what may answer. Throws InvalidError('invalid-input'). */
export function askedFor(file: PinnedFile, source: DownloadSource): Asked {
  const { endpoint = HUB, mirror, token } = source;
  return {
    address: mirror === undefined ? resolveAddress(endpoint, file) : mirrorAddress(mirror, file.path),
    what: `${file.repo}/${file.path}`,
    origins: originsOf(source),
    token: token !== undefined && token !== '',
  };
}

/** Whether what is kept can be part of what is asked for. */
export function agrees(record: FileRecord, { bytes, sha256: expected }: FileRequest): boolean {
  return (
    record.bytes === bytes &&
    (expected === undefined || record.sha256 === undefined || record.sha256 === expected) &&
    // Complete without a hash is not enough for somebody who has one.
    !(expected !== undefined && record.sha256 === undefined && record.state !== 'partial')
  );
}
