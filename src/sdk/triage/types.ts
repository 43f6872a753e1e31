/** Runs of triage: kept in this browser, decided by people, exported with their chain. */
import type { SerializedError } from '../../core/errors';
import type { TableKind } from '../../core/triage/export-table';
import type { Journal } from '../../core/triage/journal';
import type { Snapshot } from '../../core/triage/snapshot';
import type {
  DecisionRecord,
  Draft,
  Item,
  ItemScores,
  KeptScores,
  RunHeader,
  RunInfo,
  RunNow,
  Tail,
} from '../../core/triage/types';
import type { Appended, Conflict } from '../../rpc/journal';

export type { Appended, Conflict };

export type NewRun = Pick<RunHeader, 'name' | 'models' | 'thresholds' | 'settings'>;
/** `run` can be imported again and checked with `npm run verify-export`. */
export type ExportKind = 'run' | TableKind;

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Of 1. */
  readonly onProgress?: (done: number) => void;
}

/** `here`: it was this tab. `other-version`: a tab of another version of Winnow is open; it should be loaded again (T11). */
export type RunsChange =
  | { readonly what: 'list' | 'items' | 'now' | 'records'; readonly run: string; readonly here?: true }
  | { readonly what: 'other-version' };

export interface Runs {
  /** Newest first; none where the browser keeps nothing. */
  list(): Promise<readonly RunInfo[]>;
  /** Begins a run. Where the browser keeps nothing it works all the same, in memory: see `Run.kept`. */
  create(run: NewRun): Promise<Run>;
  /** Rejects with InvalidError('invalid-input') for a run that is not here. */
  open(id: string, options?: RunOptions): Promise<Run>;
  remove(id: string): Promise<void>;
  /**
   * Takes in a run file: all of it or nothing. Rejects with InvalidError('damaged-file') with `data.line` or `data.seq`,
   * ('invalid-input') when it is no run or the run is here with other decisions, UnsupportedError('unsupported-format')
   * for another version, ('too-large') over 256 MB, or CancelledError.
   */
  import(file: Blob, options?: RunOptions): Promise<RunInfo>;
  /** Calls back on changes in this tab and others; returns the unsubscriber. */
  onChange(listener: (change: RunsChange) => void): () => void;
}

/** What somebody decides: what else a record holds is taken from the item, its scores and the thresholds as they are. */
export type Deciding = Omit<Draft, 'rev' | 'sha256'> & Partial<Pick<Draft, 'rev' | 'sha256'>>;

/**
 * `saved`: everything is on disk. `slow`: for more than two seconds now. `failed`: not saved, see `error`; it can be tried
 * again. `memory`: the browser keeps nothing (any more), so what is decided is in this tab alone.
 */
export interface Saving {
  readonly state: 'saved' | 'saving' | 'slow' | 'failed' | 'memory';
  /** Calls that are not on disk yet. */
  readonly waiting: number;
  readonly error?: SerializedError;
}

/** A run that is open in this tab. Its lists grow in place; what is in them does not change. */
export interface Run {
  readonly header: RunHeader;
  readonly now: RunNow;
  readonly tail: Tail;
  /** False while it is in memory only. */
  readonly kept: boolean;
  /** By ordinal. */
  readonly items: readonly Item[];
  item(id: string): Item | undefined;
  scores(item: string): readonly KeptScores[];
  readonly journal: Journal;
  /** Adds items, or says more of ones that are there. Kept within a second; names only where the run keeps them. */
  put(items: readonly Item[], scores?: readonly ItemScores[]): void;
  /** The same for what is known already but for names that the run does not keep: in memory only. */
  recall(items: readonly Item[]): void;
  /** Resolves when what was put is kept. Rejects with FailedError ('storage-full', 'timeout'); it can be tried again. */
  flush(): Promise<void>;
  /** Changes name, models, thresholds, settings or the place. */
  change(now: Partial<RunNow>): Promise<void>;
  /** Adds to the place, which is kept when there is time for it; other tabs are not told, nor is a failure. */
  keepPlace(place: NonNullable<RunNow['place']>): Promise<void>;
  /**
   * Writes decisions down, all of them or none, and resolves when they are on disk; two and more are one group, undone
   * together. Resolves with `conflicts` when another tab was first: nothing was written, and giving their `rev` replaces
   * what is there. Rejects with FailedError('storage-full' | 'timeout'): not saved.
   */
  decide(deciding: readonly Deciding[]): Promise<Appended>;
  /** Takes back what was done last, in any tab; `of` is what was undone. Undefined when there is nothing to undo. */
  undo(): Promise<Turned | undefined>;
  redo(): Promise<Turned | undefined>;
  /** A record in full, with what the machine said. */
  record(seq: number): DecisionRecord | undefined;
  /** Works without storage too (A14). `pending`: decisions that could not be saved, which it has at its end (S02). */
  export(kind: ExportKind, options?: RunOptions & { readonly pending?: readonly Deciding[] }): Promise<Blob>;
  /** All of it, for `reportOf`. */
  snapshot(): Promise<Snapshot>;
  /** Calls back with items that have changed, be it by scores, decisions here or in another tab; returns the unsubscriber. */
  onItems(listener: (items: readonly string[]) => void): () => void;
  onSaving(listener: (saving: Saving) => void): () => void;
  /** Reads what other tabs did while this page stood still, and whether the run is still kept. Never rejects. */
  refresh(): Promise<void>;
  /** Keeps what is left and stops listening. */
  close(): Promise<void>;
}

export type Turned = Appended & { readonly of: readonly DecisionRecord[] };
