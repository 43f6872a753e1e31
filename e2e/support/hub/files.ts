/** What the stand-in for the Hub serves: folders, each a repository at one commit. */
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface RepoOptions {
  readonly folder: string;
  /** Token that may read it; absent for everybody. */
  readonly gated?: string;
  /** Default: made from the repository's name. */
  readonly commit?: string;
}

export interface Repo extends RepoOptions {
  readonly name: string;
  readonly commit: string;
  readonly paths: readonly string[];
}

export function openRepo(name: string, options: RepoOptions): Repo {
  const commit = options.commit ?? createHash('sha1').update(name).digest('hex');
  const paths = readdirSync(options.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'READY')
    .map((entry) => join(entry.parentPath, entry.name).slice(options.folder.length + 1))
    .sort();
  return { ...options, name, commit, paths };
}

export const fileOf = (repo: Repo, path: string): string => join(repo.folder, path);
export const sizeOf = (repo: Repo, path: string): number => statSync(fileOf(repo, path)).size;

/** As the Hub's own `.gitattributes` for new repositories: by kind, and whatever is over 10 MB. */
export const isLarge = (repo: Repo, path: string): boolean =>
  /\.(safetensors|onnx|bin|npy|npz|zip|h5|pt|pth|pb|model)$/.test(path) || sizeOf(repo, path) > 10e6;

const digests = new Map<string, Promise<string>>();

/** Of the contents, hex; read once per file and size. */
export function sha256Of(file: string): Promise<string> {
  const { size, mtimeMs } = statSync(file);
  const key = `${file} ${size} ${mtimeMs}`;
  const found = digests.get(key) ?? digestOf(file);
  digests.set(key, found);
  return found;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(part);
  return hash.digest('hex');
}

/** What Git keeps of a large file. https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
export async function pointerOf(repo: Repo, path: string): Promise<string> {
  const oid = await sha256Of(fileOf(repo, path));
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${sizeOf(repo, path)}\n`;
}

/** Git's name of a small file's contents, which the Hub gives as its ETag. */
export function blobId(file: string): string {
  const bytes = readFileSync(file);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
