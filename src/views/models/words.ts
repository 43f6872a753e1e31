/** The sentences of the Models screen. */
import type { CardFile, ModelCard } from '../../catalog/card';
import type { ErrorCode, SerializedError } from '../../core/errors';
import type { Precision } from '../../core/policy/types';
import type { InstallJob } from '../../state/installs';
import type { BenchModel } from '../../state/models';
import { headOnly } from '../../state/picking';
import type { Elsewhere } from '../../state/tabs';
import { stateWords } from '../../state/words';
import type { IconName } from '../../ui';
import { bytes, count, runsWords } from '../bench/words';

/** What a row says of its model: a bold fact and the rest. */
export interface RowState {
  readonly tone: 'ok' | 'warn' | 'bad' | 'plain';
  readonly icon: IconName;
  readonly fact: string;
  readonly rest: string;
  readonly code?: string;
}

/** What this browser kept of it is not whole: it has to come again from where it came. */
export function isDamaged({ activity, error }: Pick<BenchModel, 'activity' | 'error'>): boolean {
  const code = error?.code ?? (activity?.state === 'failed' ? activity.error?.code : undefined);
  return code === 'asset-corrupt' || code === 'asset-missing';
}

export function readyState(model: BenchModel): RowState {
  const { card, activity, error, installed, runs: { demoted } = {} } = model;
  const failure = error ?? (activity?.state === 'failed' ? activity.error : undefined);
  if (failure)
    return {
      tone: 'bad',
      icon: 'warn',
      fact: isDamaged(model) ? 'Damaged.' : 'Could not be opened.',
      rest: failure.message,
      code: failure.code,
    };
  const opened = activity?.opened;
  if (headOnly(model))
    return {
      tone: 'plain',
      icon: 'info',
      fact: 'Head only.',
      rest:
        card.input.kind === 'embedding'
          ? 'Scores ready-made embeddings, on its card'
          : 'Scores ready-made embeddings. Install it again with its weights to score pictures',
    };
  if (activity?.state === 'opening' || activity?.state === 'restarting')
    return { tone: 'plain', icon: 'clock', fact: 'Opening.', rest: 'Its check runs now.' };
  if (!opened)
    return {
      tone: 'plain',
      icon: 'clock',
      fact: 'Not open.',
      rest: installed
        ? `Checked when it was installed, ${day(installed.at)}. Opens when it is needed.`
        : 'Opens when it is needed.',
    };
  const runs = runsWords(opened);
  const { selfTestDistance: distance } = opened;
  if (demoted !== undefined)
    return {
      tone: 'warn',
      icon: 'warn',
      fact: `Runs on ${runs} instead.`,
      rest: demoted,
    };
  if (distance === undefined)
    return {
      tone: 'warn',
      icon: 'info',
      fact: 'Runs, unchecked.',
      rest: `${runs}. It brings no reference answers`,
    };
  return {
    tone: 'ok',
    icon: 'clear',
    fact: 'Check passed.',
    rest: `${runs}, within ${small(distance)} of ${referenceWords(model)}`,
  };
}

function referenceWords({ card, installed }: BenchModel): string {
  if (!installed || card.selfTest) return 'the reference';
  return installed.reference === 'exact'
    ? 'its answers in full precision'
    : 'its answers when it was installed';
}

export interface Around {
  readonly job: InstallJob | undefined;
  /** Files that were given and wait for others. */
  readonly picked: number;
  readonly online: boolean;
}

export function availableState(model: BenchModel, { job, picked, online }: Around): RowState {
  const { card, interrupted, prepared } = model;
  if (job?.state === 'failed' && job.error) return failedState(job.error, job, model);
  if (picked > 0)
    return {
      tone: 'warn',
      icon: 'file',
      fact: `${count(picked)} ${picked === 1 ? 'file' : 'files'} picked.`,
      rest: 'Others are still missing',
    };
  if (interrupted)
    return {
      tone: 'warn',
      icon: 'clock',
      fact: `Interrupted at ${bytes(interrupted.bytes)} of ${bytes(interrupted.of)}.`,
      rest: online ? '' : 'You are offline',
    };
  if (!online && !prepared)
    return {
      tone: 'plain',
      icon: 'offline',
      fact: 'Not downloaded yet.',
      rest: 'You are offline',
    };
  if (prepared)
    return {
      tone: 'plain',
      icon: 'info',
      fact: 'Not installed.',
      rest: `This site has it prepared, ${bytes(prepared.bytes)} to fetch`,
    };
  if (card.install?.gated)
    return {
      tone: 'plain',
      icon: 'lock',
      fact: 'Needs access.',
      rest: 'Agree on its page, then give a token, a mirror or files',
    };
  return { tone: 'plain', icon: 'info', fact: 'Not installed.', rest: needs(card) };
}

/** What went wrong, in a row or on a card: bold fact, reason, what is kept. */
export function failedState(
  { code, message }: SerializedError,
  { doing, from, goesOn }: Pick<InstallJob, 'doing' | 'from' | 'goesOn'>,
  { interrupted }: Pick<BenchModel, 'interrupted'>,
): RowState {
  const fact =
    doing === 'install' ? (FACTS[code] ?? (interrupted ? 'Interrupted.' : 'Not installed.')) : NOT[doing];
  const kept = /\bkept\b/.test(message)
    ? ''
    : interrupted
      ? ` ${bytes(interrupted.bytes)} of ${bytes(interrupted.of)} are kept.`
      : doing === 'install' && (from ?? 'files') === 'files'
        ? ' Nothing was kept.'
        : '';
  const next = goesOn ? ' When this device is online again, it goes on by itself.' : '';
  return { tone: 'bad', icon: 'warn', fact, rest: `${message}${kept}${next}`, code };
}

const FACTS: Partial<Record<ErrorCode, string>> = {
  gated: 'Needs access.',
  'storage-full': 'No room.',
  'source-changed': 'Changed at the source.',
};
const NOT = { repair: 'Not repaired.', remove: 'Not deleted.', discard: 'Not discarded.' } as const;

function needs(card: ModelCard): string {
  const files = card.install?.files ?? [];
  const needed = files.filter(({ optional }) => !optional).length;
  const words = needed === 1 ? 'one file' : `${count(needed)} files`;
  return files.some(({ role, optional }) => optional && role === 'weights')
    ? `Needs ${words} for embeddings, ${count(files.length)} for pictures`
    : `Needs ${words} from its publisher`;
}

/** "118.4 of 173.2 MB · 61 MB a second · about 9 s left" */
export function progressWords(job: InstallJob): string {
  const { progress, secondsLeft, rate, state, doing } = job;
  if (doing === 'remove' || doing === 'discard') return 'Deleting.';
  const downloads = progress?.phase === 'download';
  if (state === 'cancelling') return downloads ? 'Cancelling. What has arrived is kept.' : 'Cancelling.';
  if (!progress || progress.total === 0) return beginning(job);
  const { phase, done, total } = progress;
  if (phase === 'check' && done >= total) return 'Read back whole. Running it on known inputs.';
  const inBytes = isBytes(total);
  const of = inBytes ? `${bytes(done)} of ${bytes(total)}` : `${count(done)} of ${count(total)}`;
  // While nothing comes there is no rate, and a guess of the time left would be worth nothing.
  if (progress.state) return `${of} · ${stateWords(progress.state)}`;
  return [
    of,
    inBytes && rate !== undefined ? `${bytes(Math.round(rate))} a second` : undefined,
    secondsLeft === undefined ? undefined : `about ${timeLeft(secondsLeft)} left`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function beginning({ progress, from = 'hub' }: InstallJob): string {
  if (progress?.state) return `${stateWords(progress.state)}.`;
  return from === 'files' || progress?.phase === 'prepare' ? 'Reading the files.' : 'Asking the source.';
}

/** "Downloading in another tab · 40 MB of 173 MB" */
export function elsewhereWords({ progress }: Elsewhere): string {
  if (!progress || progress.total === 0) return 'In another tab';
  const { done, total, phase, state } = progress;
  const of = isBytes(total) ? `${bytes(done)} of ${bytes(total)}` : `${count(done)} of ${count(total)}`;
  const held = phase === 'download' && state && state.kind !== 'shared' ? ` · ${stateWords(state)}` : '';
  return `${of} · in another tab${held}`;
}

/** No model is checked on as many inputs as a file has bytes. */
export function isBytes(total: number): boolean {
  return total > 10_000;
}

export function timeLeft(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** Words for a flavour, and what it takes. */
export function variant(precision: Precision): { readonly name: string; readonly note: string } {
  switch (precision) {
    case 'exact':
      return {
        name: 'exact',
        note: 'Any browser. Arithmetic in float32: the reference’s own numbers, the slowest.',
      };
    case 'int8':
      return { name: 'int8', note: 'Any browser. Weights of 8 bits, rounded here.' };
    case 'int8-blocks':
      return {
        name: '8-bit blocks',
        note: 'For WebGPU; slower on WASM. Weights of 8 bits, arithmetic in float32.',
      };
    case 'half':
      return { name: 'fp16', note: 'For WebGPU with 16-bit shaders; on WASM it runs as float32.' };
  }
}

const ROLES: Readonly<Record<CardFile['role'], string>> = {
  weights: 'Weights',
  config: 'Configuration',
  head: 'Head',
  network: 'Network',
  tokenizer: 'Tokenizer',
  'tokenizer-config': 'Tokenizer settings',
  preprocessor: 'Picture settings',
};

export function role(file: CardFile): string {
  return ROLES[file.role];
}

/** "0.0004": two digits, never an exponent. */
export function small(value: number): string {
  if (value === 0) return '0';
  if (value < 0.000001) return '0.000001';
  return String(
    Number(value.toPrecision(1)).toFixed(value < 0.1 ? Math.min(6, Math.ceil(-Math.log10(value))) : 1),
  );
}

/** "20 November 2026" */
export function day(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? 'at an unknown time'
    : date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
}

/** "6a3c…e1" */
export function shortHash(hash: string): string {
  return hash.length > 14 ? `${hash.slice(0, 8)}…${hash.slice(-4)}` : hash;
}
