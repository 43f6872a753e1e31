/** Items as they are found, and those that are only reasons why there is none. */
import {
  deserializeError,
  InvalidError,
  type SerializedError,
  UnsupportedError,
  type WinnowError,
} from '../core/errors';
import { lastPart } from '../core/inputs/files';
import type { TableRow } from '../core/tables/types';
import type { GatheredItem } from './input-types';

/** An item that has not been counted yet. */
export type Found = Omit<GatheredItem, 'ordinal'>;

export function placed(path: string, file: Blob): Pick<Found, 'name' | 'path' | 'bytes' | 'modified'> {
  const modified = file instanceof File ? file.lastModified : 0;
  return { name: lastPart(path), path, bytes: file.size, modified };
}

/** Refused from the start: opening it says the same. */
export function refusing(refused: SerializedError): Pick<Found, 'refused' | 'open'> {
  return { refused, open: () => Promise.reject(deserializeError(refused)) };
}

/** In place of a file that cannot be read, or of what is in it. */
export function refusedItem(path: string, refused: SerializedError): Found {
  const kind = { kind: 'image', from: { kind: 'file' } } as const;
  return { ...kind, name: lastPart(path), path, bytes: 0, modified: 0, ...refusing(refused) };
}

export function rowItem(path: string, file: Blob, { row, line, id, text, refused }: TableRow): Found {
  const from = { kind: 'table', table: path, row, line, ...(id !== undefined && { id }) } as const;
  const item = { ...placed(path, file), kind: 'text', from, name: id ?? `row ${row}` } as const;
  if (text === undefined) return { ...item, bytes: 0, ...refusing(refused ?? empty()) };
  return { ...item, bytes: utf8.encode(text).length, open: async () => text };
}

const utf8 = new TextEncoder();

const said = (error: WinnowError): SerializedError => error.serialize();

export const empty = (): SerializedError =>
  said(new InvalidError('empty-file', 'The file is empty: there is nothing to score.'));

export const gone = (): SerializedError =>
  said(
    new InvalidError(
      'unreadable-file',
      'It was moved or deleted, or may not be read. Choose its folder again.',
    ),
  );

export const noColumn = (): WinnowError =>
  new InvalidError(
    'invalid-input',
    'Nobody has said which column of this table holds the texts. Add it again and choose one.',
  );

export const tooMany = (what: 'files' | 'rows'): SerializedError =>
  said(
    new UnsupportedError(
      'too-large',
      what === 'files'
        ? 'It holds more than 100,000 files. The first 100,000 are listed; unpack it and choose the others’ folders.'
        : 'It has more than a million rows. The first million are listed; split it and add the rest by itself.',
    ),
  );
