/** What can be brought into triage, and what it becomes. */
import type { SerializedError } from '../core/errors';
import type { TableColumn, TableLook } from '../core/tables/types';
import type { KeptHandle, SkippedCount } from '../rpc/reading';
import type { Seized } from './input-sources';

export type { KeptHandle, SkippedCount, TableColumn, TableLook };

/**
 * A drop, a choice (`<input type="file">`, with or without `webkitdirectory`), or files and handles. Read a drop's while its
 * event is being handled: afterwards the browser shows nothing of it any more.
 */
export type GatherInput = DataTransfer | Iterable<Blob | KeptHandle> | Seized;

/** Places in `TableLook.columns`; `header` where the guess was wrong. */
export interface TableColumns {
  readonly text: number;
  readonly id?: number;
  readonly header?: boolean;
}

export interface GatherOptions {
  readonly signal?: AbortSignal;
  /**
   * Which columns of a table are the prompts and their names. Default: the guess. Nothing, or no guess: the table is one item,
   * refused.
   */
  readonly columns?: (
    look: TableLook,
    name: string,
  ) => TableColumns | undefined | Promise<TableColumns | undefined>;
  /** After every few hundred items, and at the end. */
  readonly onProgress?: (progress: GatherProgress) => void;
}

export interface GatherProgress {
  /** Items so far; those of them that cannot be scored. */
  readonly found: number;
  readonly refused: number;
  /** Files that are no items: what systems leave behind, programs, notes about other files. */
  readonly skipped: readonly SkippedCount[];
  readonly done: boolean;
}

/** Where an item comes from. */
export type ItemSource =
  | { readonly kind: 'file' }
  | { readonly kind: 'zip'; readonly archive: string }
  /** `row` from 1, without the header; `line` of the file, from 1; `id` as the table has it. */
  | {
      readonly kind: 'table';
      readonly table: string;
      readonly row: number;
      readonly line: number;
      readonly id?: string;
    };

/** One picture or prompt. Listed, not opened: what it is, is known when it is read. */
export interface GatheredItem {
  /** From 0, in the order in which they came. */
  readonly ordinal: number;
  /** Expected, from its name; a text that is a picture opens as one. */
  readonly kind: 'image' | 'text';
  /** As strangers gave it: show it with `displayName`. */
  readonly name: string;
  /** With the folders it lay in; of a zip or a table, their own path first. */
  readonly path: string;
  /** Unpacked, as far as the archive says the truth; of a row, of its UTF-8. */
  readonly bytes: number;
  /** Milliseconds since 1970; 0 where nobody says. */
  readonly modified: number;
  readonly from: ItemSource;
  /**
   * A picture's bytes, or a text. Rejects with a WinnowError that says what to do: it was refused, it changed since, or an archive
   * lied about it.
   */
  open(signal?: AbortSignal): Promise<Blob | string>;
  /** It cannot be scored, and why. */
  readonly refused?: SerializedError;
}

/** Items, a few hundred at a time, as they are found. Whoever stops iterating stops the reading. */
export interface Gathering extends AsyncIterable<readonly GatheredItem[]> {
  /** What can be kept to find the same items after a restart; none where the browser has no such handles. */
  readonly handles: Promise<readonly KeptHandle[]>;
}

/** A folder or file that a run came from, found again. */
export interface KeptInput {
  readonly handle: KeptHandle;
  readonly name: string;
  readonly kind: 'directory' | 'file';
  /** `prompt`: ask for it, from a click. */
  readonly permission: PermissionState;
  /** Asks whoever sits there, and says whether it may be read now. Call it from a click. */
  ask(): Promise<boolean>;
}

/** Bringing pictures and prompts into triage, and finding them again. */
export interface Inputs {
  /**
   * Lists what was dropped or chosen: files, folders, the entries of archives, the rows of tables. Nothing is copied. Iterating
   * rejects with CancelledError only; whatever cannot be read is an item with `refused`.
   */
  gather(input: GatherInput, options?: GatherOptions): Gathering;
  /** Keeps handles under a run's name. Rejects with FailedError('storage-full' | 'storage-unavailable'). */
  keepInputs(run: string, handles: readonly KeptHandle[]): Promise<void>;
  /** What was kept under a run's name; none where nothing was, or nothing can be kept. */
  keptInputs(run: string): Promise<readonly KeptInput[]>;
  forgetInputs(run: string): Promise<void>;
}
