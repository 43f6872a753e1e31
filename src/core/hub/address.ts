/** Addresses of a Hub: https://huggingface.co/docs/hub/api and the paths its own clients use. */
import { InvalidError } from '../errors';

/** A file at one commit: what is downloaded never changes under this name. */
export interface PinnedFile {
  /** `owner/name`, or a bare `name` for the oldest ones. */
  readonly repo: string;
  /** A commit: 40 hex digits, lower case. */
  readonly revision: string;
  /** Within the repository, `/` between folders. */
  readonly path: string;
}

/** A part of a repository's name. The Hub's own rule: 96 characters, no `--` or `..`, no `-` or `.` at the ends. */
const NAME = /^(?!.*(--|\.\.))[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?$/;

const COMMIT = /^[0-9a-f]{40}$/;

export const isCommit = (revision: string): boolean => COMMIT.test(revision);

export function isRepo(repo: string): boolean {
  const parts = repo.split('/');
  return parts.length <= 2 && parts.every((part) => NAME.test(part));
}

/** Throws InvalidError('invalid-input') for anything but `name` or `owner/name`. */
export function checkRepo(repo: string): string {
  if (!isRepo(repo))
    throw new InvalidError('invalid-input', `“${repo.slice(0, 120)}” is not the name of a repository.`);
  return repo;
}

/** Throws InvalidError('invalid-input') unless it is a relative path that stays where it is. */
export function checkPath(path: string): string {
  const parts = path.split('/');
  const bad = (part: string) => part === '' || part === '.' || part === '..';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (path.length > 512 || parts.some(bad) || /[\\\u0000-\u001f\u007f]/.test(path) || !path.isWellFormed())
    throw new InvalidError('invalid-input', `“${path.slice(0, 120)}” is not the path of a file.`);
  return path;
}

/** Throws InvalidError('invalid-input') for a branch or tag: only a commit stays the same. */
export function checkCommit(revision: string): string {
  if (!isCommit(revision))
    throw new InvalidError('invalid-input', 'A download needs a commit of 40 digits, not a branch or tag.');
  return revision;
}

/** A branch, tag or commit, as the API takes it. Throws InvalidError('invalid-input'). */
export function checkRevision(revision: string): string {
  if (!/^[A-Za-z0-9_](?:[A-Za-z0-9._/-]{0,254}[A-Za-z0-9_])?$/.test(revision) || revision.includes('..'))
    throw new InvalidError('invalid-input', `“${revision.slice(0, 120)}” is not a version of a repository.`);
  return revision;
}

/** What the repository has at a revision: JSON with `sha` and `siblings`. */
export function infoAddress(endpoint: string, repo: string, revision: string): string {
  // A branch may have a slash in its name, which must not become a part of the path.
  return `${base(endpoint)}/api/models/${encoded(checkRepo(repo))}/revision/${encodeURIComponent(checkRevision(revision))}`;
}

/** The file as Git has it: a pointer for large files, the contents for small ones. */
export const rawAddress = (endpoint: string, file: PinnedFile): string => fileAddress(endpoint, 'raw', file);

/** The file itself; large ones are sent on to another host with an address that expires. */
export const resolveAddress = (endpoint: string, file: PinnedFile): string =>
  fileAddress(endpoint, 'resolve', file);

function fileAddress(
  endpoint: string,
  kind: 'raw' | 'resolve',
  { repo, revision, path }: PinnedFile,
): string {
  return `${base(endpoint)}/${encoded(checkRepo(repo))}/${kind}/${checkCommit(revision)}/${encoded(checkPath(path))}`;
}

/** A file below the address of a mirror's folder. Throws InvalidError('invalid-input'). */
export function mirrorAddress(folder: string, path: string): string {
  return `${base(folder)}/${encoded(checkPath(path))}`;
}

/**
 * An address a model may come from, without a slash at its end: https, or plain http on this machine. Throws
 * InvalidError('invalid-input') for others, and for one with a name and password or a query in it.
 */
export function base(address: string): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new InvalidError('invalid-input', `“${address.slice(0, 120)}” is not an address.`);
  }
  const local = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local))
    throw new InvalidError('invalid-input', 'Models are taken from addresses that begin with https:// only.');
  if (url.username || url.password || url.search || url.hash)
    throw new InvalidError(
      'invalid-input',
      'Give the address of a folder: no password, and nothing after ? or #.',
    );
  return url.href.replace(/\/+$/, '');
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** Names a file wherever it is kept. */
export const fileKey = ({ repo, revision, path }: PinnedFile): string => `${repo}@${revision}/${path}`;
