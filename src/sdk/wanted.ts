/** A card's files: which of them somebody gave, which a source can be asked for, and which lie elsewhere. */
import type { CardFile, ModelCard } from '../catalog/card';
import { InvalidError } from '../core/errors';
import { isCommit, isRepo } from '../core/hub/address';
import type { WantedFile } from '../rpc/downloads';
import type { InstallSource, SourceInfo } from './types';

/** Sources that are asked over the network for files as they were published. */
export type FetchedSource = Extract<InstallSource, { kind: 'hub' | 'mirror' }>;

export interface Wanted {
  readonly files: readonly WantedFile[];
  readonly elsewhere: SourceInfo['elsewhere'];
}

const HUB_SITE = /^https:\/\/(www\.)?(huggingface\.co|hf\.co)\//;
/** Bytes of a part, where a card does not say: known once the file's header was read. */
const SOME_PART = 1;

/** What is to be fetched for a card beside the files that somebody gave. */
export function wantedFiles(card: ModelCard, source: FetchedSource, given: readonly Blob[] = []): Wanted {
  const files: WantedFile[] = [];
  const elsewhere: SourceInfo['elsewhere'][number][] = [];
  for (const file of card.install?.files ?? []) {
    if (given.some((blob) => isThat(file, blob))) continue;
    const { from, optional = false } = file;
    // A mirror has all of a model's files, wherever they were published.
    if (source.kind === 'hub' && from && !HUB_SITE.test(from.url))
      elsewhere.push({ path: file.path, url: from.url, optional });
    else files.push(wantedFile(card, file, source));
  }
  return { files, elsewhere };
}

function wantedFile(card: ModelCard, file: CardFile, source: FetchedSource): WantedFile {
  const { path, optional, bytes, sha256, chunkSha256, partial, partBytes } = file;
  const { name, revision } = file.from ?? card.source;
  if (![name, revision, path].every((text) => typeof text === 'string'))
    throw new InvalidError('invalid-input', `The card of ${card.name} does not say where its files are.`, {
      model: card.id,
    });
  return {
    // A mirror is asked by path only: any name will do that tells models apart.
    repo: source.kind === 'mirror' && !isRepo(name) ? card.id : name,
    revision: source.kind === 'mirror' && !isCommit(revision) ? 'main' : revision,
    path,
    ...(optional && { optional }),
    ...(bytes !== undefined && { bytes }),
    ...(sha256 !== undefined && { sha256 }),
    ...(chunkSha256 && { chunkSha256 }),
    ...(partial && { part: partBytes ?? SOME_PART }),
  };
}

const lastOf = (path: string): string => path.split('/').at(-1) ?? path;

/** By its name; or by its size, where the card knows it. */
const isThat = (file: CardFile, blob: Blob): boolean =>
  (blob instanceof File && lastOf(blob.name) === lastOf(file.path)) || blob.size === file.bytes;
