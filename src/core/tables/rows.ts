/** Rows of prompts out of a table's text. A row that cannot be read is a row with its reason: none is left out. */
import { parseStrictText } from '../checkpoint/strict-json';
import { InvalidError, UnsupportedError, type WinnowError } from '../errors';
import { DelimitedReader, type DelimitedRecord, type RecordProblem } from './delimited';
import { isWhole } from './encoding';
import { type Line, LineReader } from './lines';
import type { TableChoice, TableRow } from './types';

/** What a line of JSON may be: an object with some texts in it, not a program's whole state. */
export const LINE_RULES = { depth: 32, entries: 10_000, list: 100_000 } as const;
/** Characters of a row's own id. */
const ID_LIMIT = 200;

export class RowReader {
  readonly #delimited: DelimitedReader | undefined;
  readonly #lines = new LineReader();
  #row = 0;
  #headerSeen: boolean;

  constructor(private readonly choice: TableChoice) {
    this.#delimited =
      choice.format === 'delimited' ? new DelimitedReader(choice.delimiter ?? ',') : undefined;
    this.#headerSeen = !choice.header;
  }

  /** Rows that are whole now. `last`: no more text will come. Throws `damaged-file` where no rows can be told apart. */
  push(text: string, last = false): TableRow[] {
    if (!this.#delimited)
      return this.#lines
        .push(text, last)
        .filter((line) => line.text?.trim() !== '')
        .map((line) => this.#rowOf(line.line, () => this.#fromJson(line)));
    const records = this.#delimited.push(text, last);
    const from = !this.#headerSeen && records.length > 0 ? 1 : 0;
    this.#headerSeen ||= records.length > 0;
    return records.slice(from).map((record) => this.#rowOf(record.line, () => this.#fromCells(record)));
  }

  #rowOf(line: number, read: () => { text: string; id?: string }): TableRow {
    const row = ++this.#row;
    try {
      return { row, line, ...read() };
    } catch (thrown) {
      return { row, line, refused: (thrown as WinnowError).serialize() };
    }
  }

  #fromCells({ line, cells, problem }: DelimitedRecord): { text: string; id?: string } {
    if (problem) throw broken(problem, line);
    const { width, text, id } = this.choice;
    // A comma too many in a text that was not quoted would cut it, and the rest would never be looked at.
    if (cells.length < width || cells.slice(width).some((cell) => cell !== ''))
      throw new InvalidError(
        'invalid-input',
        `Line ${line} has ${cells.length} columns where the table has ${width}. Correct it, or look at it yourself.`,
        { line },
      );
    return { text: checked(cells[text.at]!, line), ...(id && idOf(cells[id.at])) };
  }

  #fromJson({ line, text: json }: Line): { text: string; id?: string } {
    if (json === undefined) throw broken('too-long', line);
    const value = parsedLine(json, line);
    const { text, id } = this.choice;
    if (typeof value === 'string' && text.name === '') return { text: checked(value, line) };
    const found = fieldOf(value, text.name);
    if (typeof found !== 'string')
      throw new InvalidError(
        'invalid-input',
        `Line ${line} has no text under the name that was chosen. Correct it, or look at it yourself.`,
        { line },
      );
    const name = id && fieldOf(value, id.name);
    return {
      text: checked(found, line),
      ...((typeof name === 'string' || typeof name === 'number') && idOf(String(name))),
    };
  }
}

/** A line of a JSONL file. Throws InvalidError('invalid-input') for what is not JSON, or says two things at once. */
export function parsedLine(json: string, line: number): unknown {
  // Before parsing: JSON lets half characters through.
  if (!isWhole(json)) throw notText(line);
  try {
    // A string by itself has no names to stand twice; the strict reader is for headers, and refuses one.
    return /^\s*"/.test(json) ? JSON.parse(json) : parseStrictText(json, LINE_RULES, `Line ${line}`);
  } catch (cause) {
    throw new InvalidError(
      'invalid-input',
      `Line ${line} is not JSON, or has one name twice. Correct it, or look at it yourself.`,
      { line },
      { cause },
    );
  }
}

/** A property of its own: `__proto__` is a name like any other. */
export const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

function checked(text: string, line: number): string {
  if (!isWhole(text)) throw notText(line);
  if (text.trim() === '')
    throw new InvalidError('empty-file', `Line ${line} has no text: there is nothing to score.`, { line });
  return text;
}

const idOf = (id: string | undefined): { id?: string } =>
  id === undefined || id === '' ? {} : { id: id.slice(0, ID_LIMIT).toWellFormed() };

const notText = (line: number) =>
  new InvalidError(
    'damaged-file',
    `Line ${line} holds bytes that are no text. Save the table as UTF-8, or look at the line yourself.`,
    { line },
  );

const PROBLEMS: Readonly<Record<RecordProblem, string>> = {
  'open-quote': 'opens a quote that is never closed',
  'stray-quote': 'has text behind a closing quote',
  'too-long': 'is longer than a million characters',
  'too-many-cells': 'has more than 4,096 columns',
};

function broken(problem: RecordProblem, line: number): WinnowError {
  const message = `Line ${line} ${PROBLEMS[problem]}. Correct it, or look at it yourself.`;
  return problem === 'too-long'
    ? new UnsupportedError('too-large', message, { line })
    : new InvalidError('invalid-input', message, { line });
}
