/** A model of one's own from the Hub: what its repository has, and which of it makes the model. */
import type { CardFile } from '../catalog/card';
import type { Repository } from '../sdk/types';
import { roleOf } from './own-card';
import type { PickedFile } from './picking';

/** A repository that was looked into, and the network that was chosen in it. */
export interface HubPick {
  readonly found: Repository;
  /** Path of the network. */
  readonly network: string;
}

/** What is asked for: `owner/name`, and a branch, tag or commit. */
export interface RepoName {
  readonly repo: string;
  readonly revision?: string;
}

const NAME = /^[\w.-]{1,96}(\/[\w.-]{1,96})?$/;

/** `owner/name`, or the address of its page; `undefined` for anything else. */
export function parseRepo(text: string): RepoName | undefined {
  const plain = text.trim().replace(/^https:\/\/huggingface\.co\//, '');
  const [repo = '', rest] = plain.split(/\/(?:tree|blob|resolve)\//);
  const name = repo.replace(/\/+$/, '');
  if (!NAME.test(name) || name.includes('..')) return undefined;
  const revision = rest?.split('/')[0];
  return { repo: name, ...(revision && { revision }) };
}

/** The network that most are looking for: the smallest ONNX file whose arithmetic this backend has; else the first. */
export function usualNetwork({ networks }: Pick<Repository, 'networks'>): string {
  const graphs = networks.filter(({ path }) => /\.onnx$/i.test(path));
  const plain = graphs.find(({ path }) => /(^|\/)model\.onnx$/i.test(path));
  const weights = networks.find(({ path }) => /(^|\/)model\.safetensors$/i.test(path));
  return (plain ?? weights ?? graphs[0] ?? networks[0])?.path ?? '';
}

/** What a card is made of: the small files, the network, and what lies beside it. */
export function hubFiles({ found, network }: HubPick): readonly CardFile[] {
  const chosen = found.networks.find(({ path }) => path === network);
  if (!chosen) return [];
  const { path, bytes, sha256, beside = [] } = chosen;
  return [
    ...found.small.map(({ name, size }) => ({ role: roleOf(name), path: name, bytes: size })),
    { role: roleOf(path), path, bytes, ...(sha256 !== undefined && { sha256 }) },
    ...beside.map((each) => ({ role: 'weights' as const, path: each })),
  ];
}

/** The small files, as if they had been picked: they fill the card in. */
export function smallFiles({ found: { repo, small } }: HubPick): readonly PickedFile[] {
  const folder = repo.slice(repo.lastIndexOf('/') + 1);
  return small.map((file) => ({ path: `${folder}/${file.name}`, file }));
}
