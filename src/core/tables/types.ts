/** Tables of prompts: what is known of one before a column is chosen, and its rows. */
import type { SerializedError } from '../errors';
import type { Encoding } from './encoding';

export type TableFormat = 'delimited' | 'jsonl';

export interface TableColumn {
  /** Of the header, or `Column 3`; a key of a JSON object; empty for lines that are a JSON string each. */
  readonly name: string;
  /** Beginnings of its first values, 200 characters each at most. Content: shown, never kept. */
  readonly samples: readonly string[];
}

/** The head of a table. */
export interface TableLook {
  readonly format: TableFormat;
  readonly encoding: Encoding;
  /** Of a delimited one: `,`, `;`, a tab or `|`. */
  readonly delimiter?: string;
  /** Whether the first line names the columns; of a delimited one. */
  readonly header: boolean;
  readonly columns: readonly TableColumn[];
  /** Which columns look like the prompts and their names: places in `columns`. Absent: nobody could tell. */
  readonly text?: number;
  readonly id?: number;
}

/** What somebody, or the guess, chose. */
export interface TableChoice {
  readonly format: TableFormat;
  readonly encoding: Encoding;
  readonly delimiter?: string;
  readonly header: boolean;
  /** How many columns a row has; of a delimited one. */
  readonly width: number;
  /** Column of the prompts, by place and by name. JSON objects are read by name. */
  readonly text: { readonly at: number; readonly name: string };
  readonly id?: { readonly at: number; readonly name: string };
}

/** A row, or the line that should have been one. Exactly one of `text` and `refused` is there. */
export interface TableRow {
  /** From 1, without the header. */
  readonly row: number;
  /** Where it begins in the file, from 1. */
  readonly line: number;
  readonly id?: string;
  readonly text?: string;
  readonly refused?: SerializedError;
}
