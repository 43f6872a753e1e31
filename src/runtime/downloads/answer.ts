/** Whether an answer is what was asked for, before any of it is used. */
import { InvalidError } from '../../core/errors';
import { LONGEST_WAIT_SECONDS } from '../../core/hub/backoff';
import type { ByteRange } from '../../core/hub/chunks';
import {
  blockedHost,
  changedAtSource,
  hostOf,
  rateLimited,
  refused,
  serverFailed,
  webPage,
  wrongPart,
  wrongSize,
} from '../../core/hub/errors';
import { parseContentRange, parseRetryAfter, strongEtag } from '../../core/hub/headers';
import { allowed } from '../../core/hub/hosts';
import { isWebPage } from '../../core/hub/page';
import type { FileRecord } from './chunks';
import type { Means } from './means';
import { Setback } from './retry';

/** What was asked of whom. */
export interface Asked {
  /** Before any redirect. */
  readonly address: string;
  /** For messages: `repo/path`. */
  readonly what: string;
  readonly origins: readonly string[];
  readonly token: boolean;
}

/**
 * Throws the WinnowError an answer stands for, or a Setback when asking again may help. After it returns, status is
 * 200, 206 or 416, and the answer came from an allowed host and is no web page by its type.
 */
export function checkAnswer(response: Response, asked: Asked, means: Means): void {
  const { status } = response;
  // Redirects are followed before anybody is asked; the policy of the worker is what keeps a request from leaving.
  const address = response.url || asked.address;
  if (!allowed(address, asked.origins)) throw blockedHost(hostOf(address));
  const host = hostOf(address);
  if (status === 429 || status === 503 || status === 408) throw askedToWait(response, host, means);
  if (status >= 500) throw new Setback(serverFailed(host, status), { kind: 'again' });
  // Where large files really lie refuses with an error of its own once an address has expired: asking the Hub again
  // gives another one.
  const elsewhere = host !== hostOf(asked.address);
  if (elsewhere && status >= 400 && status !== 416)
    throw new Setback(serverFailed(host, status), { kind: 'again' });
  if (status !== 200 && status !== 206 && status !== 416) {
    const reason = response.headers.get('x-error-code');
    throw refused(host, asked.what, {
      status,
      token: asked.token,
      ...(reason !== null && { reason: reason.slice(0, 64) }),
    });
  }
  if (isWebPage(response.headers.get('content-type'), new Uint8Array())) throw webPage(host);
}

function askedToWait(response: Response, host: string, means: Means): Error {
  // Only readable where the server exposes it to other origins.
  const seconds = parseRetryAfter(response.headers.get('retry-after'), means.now());
  const error = response.status === 429 ? rateLimited(host, seconds) : serverFailed(host, response.status);
  if (seconds !== undefined && seconds > LONGEST_WAIT_SECONDS) return error;
  if (response.status !== 429 && seconds === undefined) return new Setback(error, { kind: 'again' });
  return new Setback(error, { kind: 'wait', ...(seconds !== undefined && { seconds }) });
}

/**
 * Where in the file the answer's first byte lies: `range.start` for a part, 0 when the server sends the whole all the
 * same (N08). Throws `wrong-size` (N04), `source-changed` (N11), or a Setback for another part (N09).
 */
export function placeOf(response: Response, range: ByteRange, record: FileRecord): number {
  const { path, bytes } = record;
  const etag = etagOf(response);
  if (etag && record.etag?.host === etag.host && record.etag.value !== etag.value)
    throw changedAtSource(path);
  if (response.status === 200) {
    const length = response.headers.get('content-length');
    const encoded = response.headers.get('content-encoding') !== null;
    // Of a compressed answer it is the compressed length, and other origins hide that it is one: only too long is sure.
    if (length !== null && !encoded && Number(length) > bytes) throw wrongSize(path, bytes, Number(length));
    return 0;
  }
  const found = parseContentRange(response.headers.get('content-range'));
  // Hidden by a server that does not expose it: then the length and the hashes decide.
  if (!found && !response.headers.has('content-range')) return range.start;
  if (found?.total !== undefined && found.total !== bytes) throw wrongSize(path, bytes, found.total);
  if (found?.start !== range.start || found.end !== range.end)
    throw new Setback(wrongPart(path), { kind: 'again' });
  return range.start;
}

/** The answer's strong ETag and the host it is of. */
export function etagOf(response: Response): FileRecord['etag'] {
  const value = strongEtag(response.headers.get('etag'));
  return value === undefined ? undefined : { host: hostOf(response.url), value };
}

/** A range that the server says it does not have (N10): `wrong-size` when it says why. */
export function checkUnsatisfied(response: Response, record: FileRecord): void {
  const total = parseContentRange(response.headers.get('content-range'))?.total;
  if (total !== undefined && total !== record.bytes) throw wrongSize(record.path, record.bytes, total);
}

/** Errors that stay the same however often one asks. */
export const isFinal = (thrown: unknown): boolean => thrown instanceof InvalidError;
