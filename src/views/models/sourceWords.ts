/** Where a model comes from, and what is known of its files before they come. */
import type { CardFile, ModelCard } from '../../catalog/card';
import type { SerializedError } from '../../core/errors';
import type { SourceFile, SourceInfo, StorageState } from '../../sdk/types';
import type { InstallJob } from '../../state/installs';
import type { BenchModel } from '../../state/models';
import type { SourceKind } from '../../state/sources';
import { bytes, PRECISIONS } from '../bench/words';

export interface Way {
  readonly name: string;
  readonly note: string;
}

export function wayWords(kind: SourceKind, { card, prepared }: Pick<BenchModel, 'card' | 'prepared'>): Way {
  switch (kind) {
    case 'bundle':
      return {
        name: 'This site',
        note: `Prepared ahead as ${prepared ? PRECISIONS[prepared.precision] : 'stored'}, ${bytes(prepared?.bytes ?? 0)}. No other host is asked.`,
      };
    case 'hub':
      return { name: 'Hugging Face Hub', note: `${repositories(card)}, from huggingface.co.` };
    case 'mirror':
      return { name: 'A mirror', note: 'A folder on a server that has the same files.' };
    case 'files':
      return { name: 'Files on this machine', note: 'Downloaded before. They do not leave it.' };
  }
}

function repositories({ source, install }: ModelCard): string {
  // A file may be published on another site; looking says which.
  const onHub = install?.files.filter(({ from }) => !from || from.url.startsWith('https://huggingface.co/'));
  const names = new Set(onHub?.map(({ from }) => from?.name ?? source.name));
  return [...names].join(' and ') || source.name;
}

/** What can be said of a file's contents before it is here. */
const KNOWN: Readonly<Record<SourceFile['known'], { readonly one: string; readonly all: string }>> = {
  card: {
    one: 'SHA-256 pinned by the card',
    all: 'The card pins the SHA-256 of every file. Anything else is refused.',
  },
  kept: {
    one: 'SHA-256 known from before',
    all: 'The SHA-256 of every file is known from an earlier time. Anything else is refused.',
  },
  source: {
    one: 'SHA-256 as the source says now',
    all: 'The card pins no SHA-256, so the source was asked. It is remembered: a later change is refused until you accept it.',
  },
  size: {
    one: 'size only, contents not verified',
    all: 'Nobody says what the contents should be: only sizes are compared. What arrives cannot be called verified.',
  },
};

export function knownOne({ known, partial, chunked }: SourceFile): string {
  if (!partial) return KNOWN[known].one;
  return chunked
    ? 'comes in part, SHA-256 of each piece pinned by the card'
    : 'comes in part, contents not verified';
}

/** One sentence where it is the same for all files, and all of each comes. */
export function knownAll({ files }: SourceInfo): string | undefined {
  if (files.some(({ partial }) => partial)) return undefined;
  const kinds = new Set(files.map(({ known }) => known));
  return kinds.size === 1 ? KNOWN[[...kinds][0]!].all : undefined;
}

/** Of a file that comes in part, a SHA-256 is of what does not come. */
export function partWords({ files }: SourceInfo): string | undefined {
  const [part] = files.filter(({ partial, chunked }) => partial && !chunked);
  if (!part) return undefined;
  return `Of ${part.path} only the part that the model needs is fetched. Its SHA-256 is of the whole file and cannot be compared with a part: its length is, and the model is checked when it runs, but what arrives cannot be called verified.`;
}

/** "173 MB to fetch", "133 MB to fetch, 40 MB are here already" */
export function amount({ bytes: all, here }: SourceInfo): string {
  if (here >= all) return 'Everything is here already.';
  const rest = here > 0 ? `, ${bytes(here)} are here already` : '';
  return `${bytes(all - here)} to fetch${rest}.`;
}

/** S03: what the browser says it has beside what this takes; both are estimates, so it may be tried all the same. */
export function tightWords(
  { bytes: all, here }: SourceInfo,
  kept: number,
  room: Pick<StorageState, 'quota' | 'usage'> | undefined,
): string | undefined {
  const free = room && room.quota > 0 ? Math.max(0, room.quota - room.usage) : Number.POSITIVE_INFINITY;
  const needed = all - here + kept;
  if (free >= needed) return undefined;
  return `The browser reports about ${bytes(free)} of room. This takes about ${bytes(needed)} for a while: what is fetched, and what is made of it, at once. Both are estimates; where it does not fit, nothing else is deleted.`;
}

/** The button that starts it, with what it costs. */
export function startWords({ bytes: all, here }: SourceInfo): string {
  return here >= all ? 'Install' : here > 0 ? `Resume, ${bytes(all - here)} to go` : `Download ${bytes(all)}`;
}

/** What helps after a failure. */
export type NextStep = 'again' | 'source' | 'accept' | 'room' | 'files';

export function nextStep(
  { code }: SerializedError,
  { from = 'files' }: Pick<InstallJob, 'from'>,
  { interrupted }: Pick<BenchModel, 'interrupted'> = {},
): { readonly step: NextStep; readonly label: string } {
  if (code === 'storage-full') return { step: 'room', label: 'Make room' };
  if (from === 'files') return { step: 'files', label: 'Try other files' };
  // Some of its files were given beside the source, and are asked for again.
  if (code === 'invalid-input') return { step: 'files', label: 'Choose files' };
  switch (code) {
    case 'gated':
      return { step: 'source', label: 'Give access' };
    case 'source-changed':
      return { step: 'accept', label: 'Accept the change' };
    case 'offline':
    case 'rate-limited':
    case 'server-failed':
    case 'web-page':
    case 'timeout':
    case 'worker-died':
    case 'out-of-memory':
    case 'storage-unavailable':
      return { step: 'again', label: interrupted ? 'Resume' : 'Try again' };
    default:
      return { step: 'source', label: 'Choose another source' };
  }
}

/** A change at the source, both sides; `undefined` where the error does not say. */
export function changeOf({ data }: SerializedError): { file: string; was: string; is: string } | undefined {
  const { file, was, is } = data;
  return typeof file === 'string' && typeof was === 'string' && typeof is === 'string'
    ? { file, was, is }
    : undefined;
}

/** What became of a file that a model was made from. */
export function verifiedWords({
  verification,
  partial,
}: NonNullable<BenchModel['installed']>['files'][number]): string {
  if (verification === undefined) return '';
  if (partial)
    return verification === 'verified'
      ? 'the part that was fetched verified'
      : 'not verified, a part of it was fetched and only the SHA-256 of the whole is known';
  return verification === 'verified' ? 'verified' : 'not verified, only its size was known';
}

export function fileSize({ bytes: known }: CardFile): string {
  return known === undefined ? '' : bytes(known);
}
