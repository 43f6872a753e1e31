/** What crosses to the worker that keeps runs and decisions. It has no network. */
import type {
  DecisionRecord,
  Draft,
  Item,
  ItemScores,
  RunHeader,
  RunInfo,
  RunNow,
} from '../core/triage/types';

/** Who decides, and when. Together with item and decision it names an act: one that comes twice is kept once. */
export interface Writing {
  readonly at: string;
  readonly by?: string;
  /** Newest record that the tab knows: what came after it, of the same items, it was not decided on top of. */
  readonly seen: number;
}

/** Another tab was first (T03): nothing of what was asked for has been written. */
export interface Conflict {
  readonly item: string;
  /** The newest record about it: what `rev` has to be to replace it. */
  readonly rev: number;
  readonly current: DecisionRecord;
}

export type Appended =
  | { readonly saved: readonly DecisionRecord[] }
  | { readonly conflicts: readonly Conflict[] };

/** Records as JSON, which crosses threads several times faster than the objects. */
export type Written = { readonly saved: readonly string[] } | { readonly conflicts: readonly Conflict[] };
export interface Records {
  readonly records: readonly string[];
  /** There may be more after these. */
  readonly more: boolean;
}

/** Of what came in together; JSON of a `Page`. */
export interface Pages {
  readonly pages: readonly string[];
  /** Where the next ones begin; absent after the last. */
  readonly next?: number;
}
export interface Page {
  readonly items: readonly Item[];
  readonly scores: readonly ItemScores[];
}

/** Bytes read of bytes there are, twice: once to check, once to keep. */
export type OnImport = (done: number, total: number) => void;

/**
 * All reject with FailedError: 'storage-full', 'storage-unavailable' (with `data.lost` when a run was there and is not
 * any more), 'timeout' when the browser's database does not answer; with InvalidError('invalid-input') for a run that
 * is not there.
 */
export interface JournalContract {
  list(): Promise<readonly RunInfo[]>;
  create(header: RunHeader): Promise<RunInfo>;
  info(run: string): Promise<RunInfo>;
  pages(run: string, from: number): Promise<Pages>;
  /** From a `seq` on, which has to be the first of those that were written together. */
  records(run: string, from: number): Promise<Records>;
  /** Items and scores: handed to the system when this resolves; they could be made again. */
  put(run: string, page: Page): Promise<void>;
  change(run: string, now: RunNow): Promise<void>;
  /** All of them or none; on disk when this resolves. */
  append(run: string, drafts: readonly Draft[], writing: Writing): Promise<Written>;
  remove(run: string): Promise<void>;
  /** Checks a run file, then keeps it: all of it or nothing. Throws as `RunFileCheck` does, and CancelledError. */
  import(file: Blob, onImport?: OnImport, signal?: AbortSignal): Promise<RunInfo>;
  ping(): Promise<'pong'>;
}

/** Name of the BroadcastChannel between tabs. */
export const RUNS_CHANNEL = 'winnow-runs';

/** What tabs tell each other. A tab of another version may say anything (T11). */
export interface RunNews {
  readonly v: 1;
  /** `records`, `now` and `items`: of that run; `list`: one was made, imported or deleted. */
  readonly what: 'records' | 'items' | 'now' | 'list';
  readonly run: string;
}
