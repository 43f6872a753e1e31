/** What goes wrong on the way to a file of a model, worded for the person who waits for it. */
import { FailedError, InvalidError, type WinnowError } from '../errors';

const KEPT = 'What has arrived is kept.';

/** Where something came from, for the message: a host, never a whole address, which may carry a signature. */
export const hostOf = (address: string): string => {
  try {
    return new URL(address).host;
  } catch {
    return 'the server';
  }
};

/** N19. `started`: some of the file is here already. */
export function offline(host: string, started: boolean, cause?: unknown): WinnowError {
  const rest = started ? `${KEPT} Resume when you are online.` : 'The model is not downloaded yet.';
  return new FailedError('offline', `You are offline, so ${host} cannot be reached. ${rest}`, {}, { cause });
}

/** N01, N02, N03, N18 after the last try: also what a server without CORS headers looks like. */
export function unreachable(host: string, started: boolean, cause?: unknown): WinnowError {
  const rest = started ? `${KEPT} Try again later to resume.` : 'Check the connection and try again.';
  return new FailedError(
    'offline',
    `The connection to ${host} failed, or it does not let this page read its files. ${rest}`,
    { host },
    { cause },
  );
}

/** N04. */
export function wrongSize(path: string, expected: number, found?: number): WinnowError {
  const instead = found === undefined ? '' : ` ${count(found)} instead of ${count(expected)} bytes.`;
  return new InvalidError(
    'wrong-size',
    `The server sent the wrong size for ${path}.${instead} Nothing of it is used.`,
    { expected, ...(found !== undefined && { found }) },
  );
}

/** N06, N07. */
export function damagedAtSource(path: string): WinnowError {
  return new InvalidError(
    'source-damaged',
    `${path} is damaged at the source: it arrived twice with contents that do not match its SHA-256. Tell whoever publishes it, or use another source.`,
  );
}

/** N09 after the last try. */
export function wrongPart(path: string): WinnowError {
  return new InvalidError(
    'source-damaged',
    `The server keeps sending other parts of ${path} than were asked for. Use another source, or the files themselves.`,
  );
}

/** A file of the Hub's storage is a short text in the repository itself. */
export function pointerInstead(path: string): WinnowError {
  return new InvalidError(
    'source-damaged',
    `The server sent a pointer to ${path}, not the file itself. The copy there was made without Git LFS; use another source.`,
  );
}

/** N11, N20. `was` and `is`: what was known of the file, and what the source says. */
export function changedAtSource(path: string, was = 'another version', is = 'unknown'): WinnowError {
  return new InvalidError(
    'source-changed',
    `The model changed at the source: ${path} is not what it was. Nothing was mixed. Accept the change to take what the source has now, or keep to another source.`,
    { file: path, was, is },
  );
}

/** The source has another file than the card of the model pins; nobody can accept that. */
export function notPinned(path: string, was: string, is: string): WinnowError {
  return new InvalidError(
    'source-damaged',
    `The source has another ${path} than the one that the model’s card names. Nothing of it is used. Use another source, or the file itself.`,
    { file: path, was, is },
  );
}

/** A file that is published on another site than the one that is asked. */
export function elsewhere(path: string, url: string): WinnowError {
  return new InvalidError(
    'invalid-input',
    `${path} is not on the Hub. Get it from ${url}, and give it together with this source; or use a mirror that has all of the files.`,
    { file: path, url },
  );
}

/** N15, N16. */
export function webPage(host: string): WinnowError {
  return new InvalidError(
    'web-page',
    `Your network returned a web page, not the model. Sign in to the network, or check that ${host} has the file, then try again.`,
    { host },
  );
}

/** N17. `host` is where the download was sent on to, where the browser tells. */
export function blockedHost(host: string): WinnowError {
  return new InvalidError(
    'host-blocked',
    `The download was blocked: ${host} is not one of the hosts that this page may take models from, or sends them on to one that is not.`,
    { host },
  );
}

/** N12 after the last try, or with a wait too long to sit through. `seconds`: as the server asks. */
export function rateLimited(host: string, seconds?: number): WinnowError {
  const wait = seconds === undefined ? 'in a few minutes' : `in ${Math.ceil(seconds / 60)} minutes`;
  return new FailedError('rate-limited', `${host} asks to wait. ${KEPT} Try again ${wait}.`, {
    host,
    ...(seconds !== undefined && { seconds }),
  });
}

/** N13 after the last try. */
export function serverFailed(host: string, status: number): WinnowError {
  return new FailedError('server-failed', `${host} answered ${status}. ${KEPT} Try again later.`, {
    host,
    status,
  });
}

/** N14. `reason` is the Hub's `x-error-code`, where it can be read. */
export function refused(host: string, what: string, answer: Refusal): WinnowError {
  const { status, reason, token } = answer;
  const data = { host, status, ...(reason !== undefined && { reason }) };
  if (reason === 'RepoNotFound')
    return new FailedError('not-found', `${host} has no ${what}, or it is private.`, data);
  if (status === 401 || status === 403) return new FailedError('gated', gatedWords(host, what, answer), data);
  if (status === 410) return new FailedError('not-found', `${what} was removed from ${host}.`, data);
  if (reason === 'RevisionNotFound')
    return new FailedError('not-found', `${host} does not have this version of ${what}.`, data);
  if (status === 404)
    return new FailedError('not-found', `${host} has no ${what}${token ? '' : ', or it is private'}.`, data);
  return new FailedError('server-failed', `${host} answered ${status} for ${what}.`, data);
}

export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  /** Whether a token was sent. */
  readonly token: boolean;
}

function gatedWords(host: string, what: string, { reason, status, token }: Refusal): string {
  if (reason === 'DisabledRepo') return `${what} was disabled on ${host}.`;
  if (!token)
    return `${what} is not open to everybody: its authors ask for an agreement. Accept it on ${host}, then give a token of your account that may read it. Or install from a mirror that you may use, or from the files themselves.`;
  return status === 401
    ? `${host} does not accept this token for ${what}. Check that it is complete and has not expired.`
    : `This token’s account may not read ${what}. Accept the authors’ conditions on ${host}, and check what the token may read.`;
}

const count = (bytes: number): string => bytes.toLocaleString('en');
