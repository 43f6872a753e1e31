/** What comes into triage, as it crosses from the page to the worker that reads archives, tables and folders. */
import type { SerializedError } from '../core/errors';
import type { Skipped } from '../core/inputs/files';
import type { TableChoice, TableLook, TableRow } from '../core/tables/types';

/** Where an entry lies in its archive and what is said of it: all that opening it takes. */
export interface ZipEntryRef {
  /** As the archive has it: text to show, never a path to write to. */
  readonly path: string;
  /** Of its local header. */
  readonly offset: number;
  readonly method: number;
  /** Bytes, packed and unpacked, as the archive says. */
  readonly packed: number;
  readonly bytes: number;
  readonly crc32: number;
  /** Length of its name in bytes, and their CRC-32. */
  readonly nameBytes: number;
  readonly nameCrc32: number;
  /** Milliseconds since 1970; 0 where the archive does not say. */
  readonly modified: number;
}

/** An entry of an archive. `refused`: it will not be opened, and why. */
export interface ZipFound {
  readonly ref: ZipEntryRef;
  readonly refused?: SerializedError;
}

/** A file of a folder; without a file where the browser would not give it. */
export interface FolderFound {
  /** From the folder's own name on. */
  readonly path: string;
  readonly file?: File;
  readonly refused?: SerializedError;
}

/** How many files were left out, by why; of the others by extension. */
export interface SkippedCount {
  readonly why: Skipped;
  readonly extension: string;
  readonly count: number;
}

/** A text, or word that it is a picture whatever its name says: exactly one of them. */
export interface TextRead {
  readonly text?: string;
  readonly picture?: true;
}
/** A table's head, or that word. */
export interface TableRead {
  readonly look?: TableLook;
  readonly picture?: true;
}

/** A folder or a file that may be asked for again after a restart. */
export type KeptHandle = FileSystemDirectoryHandle | FileSystemFileHandle;

/** Called with a few hundred at a time; the next come when it has answered. */
export type Each<T> = (found: readonly T[]) => void | Promise<void>;

export interface ReadingContract {
  /** Rejects as `listZip` does. Resolves with whether there were more files than are listed. */
  listZip(archive: Blob, each: Each<ZipFound>, signal?: AbortSignal): Promise<{ more: boolean }>;
  /** Rejects with InvalidError or UnsupportedError; the bytes are those that the archive promised. */
  openZipEntry(archive: Blob, ref: ZipEntryRef, signal?: AbortSignal): Promise<Blob>;
  /** A file of text as one prompt; the word when it is a picture after all. Rejects with InvalidError, UnsupportedError. */
  readText(file: Blob): Promise<TextRead>;
  /** The head of a table, for choosing its columns. Rejects with InvalidError where it is none. */
  lookAtTable(file: Blob, name: string, signal?: AbortSignal): Promise<TableRead>;
  /** Every row, in order. Resolves with whether there were more than are read. */
  readTable(
    file: Blob,
    choice: TableChoice,
    each: Each<TableRow>,
    signal?: AbortSignal,
  ): Promise<{ more: boolean }>;
  /** The folder's files with those of its folders; none is opened. Resolves with what was left out. */
  listFolder(
    folder: FileSystemDirectoryHandle,
    each: Each<FolderFound>,
    signal?: AbortSignal,
  ): Promise<readonly SkippedCount[]>;
  /** Keeps handles under a run's name, in place of what was kept under it. */
  keepHandles(run: string, handles: readonly KeptHandle[]): Promise<void>;
  keptHandles(run: string): Promise<readonly KeptHandle[]>;
  forgetHandles(run: string): Promise<void>;
  ping(): Promise<'pong'>;
}
