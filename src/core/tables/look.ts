/** The head of a table: what it is, its columns, and which of them look like the prompts. A guess, for somebody to confirm. */
import { InvalidError } from '../errors';
import { extensionOf } from '../inputs/files';
import { DelimitedReader } from './delimited';
import type { Encoding } from './encoding';
import { LineReader } from './lines';
import { fieldOf, parsedLine } from './rows';
import type { TableColumn, TableLook } from './types';

/** Bytes of a table that are looked at, and rows of those. */
export const LOOK_BYTES = 256 * 1024;
const LOOK_ROWS = 50;
const SAMPLES = 5;
const SAMPLE_LENGTH = 200;
const MOST_COLUMNS = 200;

const DELIMITERS = [',', '\t', ';', '|'] as const;
/** Of rows that must have as many cells as most have, for a separator to be one. */
const AGREED = 0.8;

/** Names that tables in the wild give to what people wrote, the surest first. */
const TEXT_NAMES =
  'prompt text message comment content body input query question caption post tweet sentence utterance instruction description'.split(
    ' ',
  );
const ID_NAME = /^(#|id|ids|uid|uuid|guid|key|index|idx|row|no|nr|number)$|[ _-]id$/i;

/**
 * What `head`, the beginning of a file as text, says of it; `whole` when it is all of it. Throws
 * InvalidError('invalid-input' | 'empty-file') where it is no table.
 */
export function lookAtHead(
  head: string,
  whole: boolean,
  { name, encoding }: { name: string; encoding: Encoding },
): TableLook {
  if (head.trim() === '')
    throw new InvalidError('empty-file', 'The table is empty: there is nothing to score.');
  if (head.includes('\0'))
    throw new InvalidError(
      'invalid-input',
      'It is no table of text, whatever its name says. Look at it yourself.',
    );
  const extension = extensionOf(name);
  const named = extension === 'jsonl' || extension === 'ndjson';
  const list = /^\s*\[\s*[[{"]/.test(head);
  if (named || list || /^\s*\{/.test(head)) {
    const look = list ? undefined : lookAtLines(head, whole, encoding);
    if (look) return look;
    if (named || list)
      throw new InvalidError(
        'invalid-input',
        'No line of it is a JSON object. A table in JSON has one object a line, such as {"prompt": "…"}: save it as that.',
      );
  }
  return lookAtCells(head, whole, extension, encoding);
}

function lookAtLines(head: string, whole: boolean, encoding: Encoding): TableLook | undefined {
  const names = new Map<string, string[]>();
  for (const { line, text } of new LineReader().push(head, whole).slice(0, LOOK_ROWS)) {
    if (text === undefined || text.trim() === '') continue;
    const value = quietly(() => parsedLine(text, line));
    const keys = typeof value === 'string' ? [''] : isObject(value) ? Object.keys(value) : [];
    for (const key of keys.slice(0, MOST_COLUMNS)) {
      const field = key === '' && typeof value === 'string' ? value : fieldOf(value, key);
      const samples = names.get(key) ?? [];
      if (names.size < MOST_COLUMNS || names.has(key)) names.set(key, samples);
      if (typeof field === 'string' || typeof field === 'number') samples.push(String(field));
    }
  }
  if (names.size === 0) return undefined;
  const columns = [...names].map(([name, samples]) => column(name, samples));
  return { format: 'jsonl', encoding, header: false, columns, ...guessed(columns) };
}

function lookAtCells(head: string, whole: boolean, extension: string, encoding: Encoding): TableLook {
  const tabs = extension === 'tsv' || extension === 'tab';
  const order = tabs ? (['\t', ',', ';', '|'] as const) : DELIMITERS;
  const readings = order.map((delimiter) => readingOf(head, whole, delimiter));
  const best = readings.reduce((a, b) => (b.score > a.score ? b : a));
  const { delimiter, rows } = best.score > 0 ? best : readingOf(head, whole, '');
  if (rows.length === 0)
    throw new InvalidError('invalid-input', 'No row of it can be read. Save it again as a table.');
  const header = hasHeader(rows);
  const [first = []] = rows;
  const body = header ? rows.slice(1) : rows;
  const columns = first.map((cell, at) =>
    column(
      header ? cell.trim() : `Column ${at + 1}`,
      body.map((row) => row[at] ?? ''),
    ),
  );
  return { format: 'delimited', encoding, delimiter, header, columns, ...guessed(columns) };
}

function readingOf(head: string, whole: boolean, delimiter: string) {
  const records = new DelimitedReader(delimiter).push(head, whole).slice(0, LOOK_ROWS);
  const rows = records.filter(({ problem }) => !problem).map(({ cells }) => cells);
  const width = rows[0]?.length ?? 0;
  const agreed = rows.filter(({ length }) => length === width).length / Math.max(1, records.length);
  // A first row with a known name in it is a header, whatever has become of the rows.
  const named =
    rows[0]?.some((cell) => cell.length <= 64 && textRank(cell) >= 0 && !/\s\S+\s/.test(cell)) ?? false;
  return { delimiter, rows, score: width > 1 && (agreed >= AGREED || named) ? agreed : 0 };
}

/** Whether the first row names the columns. In doubt it does not: a header that is scored harms nobody, a row left out does. */
function hasHeader([first = [], ...rest]: readonly (readonly string[])[]): boolean {
  const names = first.map((cell) => cell.trim());
  const plausible = names.every((name) => name !== '' && name.length <= 64 && !isNumber(name));
  if (!plausible || new Set(names).size < names.length) return false;
  if (names.some((name) => textRank(name) >= 0 || ID_NAME.test(name))) return true;
  return rest.length > 0 && names.some((_, at) => rest.every((row) => isNumber(row[at] ?? '')));
}

function guessed(columns: readonly TableColumn[]): { text?: number; id?: number } {
  const id = columns.findIndex(({ name }) => ID_NAME.test(name));
  const named = columns
    .map(({ name }, at) => ({ at, rank: textRank(name) }))
    .filter(({ rank }) => rank >= 0)
    .toSorted((a, b) => a.rank - b.rank)[0];
  const text = named?.at ?? longest(columns);
  return { ...(text !== undefined && { text }), ...(id >= 0 && id !== text && { id }) };
}

/** A place in the list of names, whole names before parts of names; −1 for others. */
function textRank(name: string): number {
  const words = name
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  const ranks = words.map((word) => TEXT_NAMES.findIndex((known) => word === known || word === `${known}s`));
  const best = Math.min(...ranks.filter((rank) => rank >= 0));
  return Number.isFinite(best) ? best + (words.length > 1 ? TEXT_NAMES.length : 0) : -1;
}

/** The only column, or the one whose values are words and twice as long as any other's. */
function longest(columns: readonly TableColumn[]): number | undefined {
  if (columns.length === 1) return 0;
  const lengths = columns.map(({ samples }) => {
    const words = samples.filter((sample) => /\p{L}\s+\p{L}/u.test(sample));
    return words.length < samples.length / 2
      ? 0
      : samples.reduce((sum, { length }) => sum + length, 0) / samples.length;
  });
  const [first = 0, second = 0] = lengths.toSorted((a, b) => b - a);
  return first > 0 && first >= 2 * second ? lengths.indexOf(first) : undefined;
}

const column = (name: string, values: readonly string[]): TableColumn => ({
  name: name.toWellFormed(),
  samples: values.slice(0, SAMPLES).map((value) => value.slice(0, SAMPLE_LENGTH).toWellFormed()),
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
