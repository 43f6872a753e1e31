/**
 * Records of a delimited table (RFC 4180; other delimiters, any line ends), out of text that comes in pieces of any size. A
 * record that is broken is reported by itself: what follows its first line is read as if it had not been there, so that one
 * stray quote does not swallow a thousand rows.
 */
import { InvalidError } from '../errors';

/** Characters of a record, its quotes and delimiters included: a prompt of a megabyte is none. */
export const RECORD_LIMIT = 2 ** 20;
/** Read twice because of quotes that were open, in all, before the table is given up. */
const REREAD_LIMIT = 32 * RECORD_LIMIT;
/** Cells of a record. */
const CELL_LIMIT = 4096;

export type RecordProblem = 'open-quote' | 'stray-quote' | 'too-long' | 'too-many-cells';

export interface DelimitedRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  /** Empty where there is a problem. */
  readonly cells: readonly string[];
  readonly problem?: RecordProblem;
}

const [QUOTE, RETURN, FEED] = [0x22, 0x0d, 0x0a];

export class DelimitedReader {
  /** Text that is not a whole record yet, and where in it the reading stands. */
  #text = '';
  #line = 1;
  /** Inside a line that is too long: it ends at the next line end. */
  #skipping = false;
  #reread = 0;
  /** The text so far is known not to hold a whole record until it is this long. */
  #again = 0;
  readonly #delimiter: number;

  /** `delimiter` is one character, or none: then every line is a cell. */
  constructor(
    delimiter: string,
    private readonly limit = RECORD_LIMIT,
  ) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** Records that are whole now; lines of nothing are none. `last`: no more will come. Throws `damaged-file`. */
  push(text: string, last = false): DelimitedRecord[] {
    this.#text += text;
    // A record of many pieces is looked at whenever it has doubled, not with every piece.
    if (!last && this.#text.length < this.#again) return [];
    const out: DelimitedRecord[] = [];
    let at = 0;
    for (let next: number | undefined = 0; next !== undefined; ) {
      at = next;
      if (this.#skipping) at = this.#skip(at, last);
      next = this.#skipping || at >= this.#text.length ? undefined : this.#record(at, last, out);
    }
    this.#text = this.#text.slice(at);
    this.#again = this.#skipping ? 0 : Math.min(2 * this.#text.length, this.limit + 1);
    return out;
  }

  /** Reads one record; where to go on, or undefined when this one needs more text. */
  #record(from: number, last: boolean, out: DelimitedRecord[]): number | undefined {
    const line = this.#line;
    const found = readRecord(this.#text, from, this.#delimiter, { last, limit: this.limit });
    if (found === undefined) return undefined;
    const { cells, end, problem } = found;
    if (problem === undefined) {
      this.#line += lines(this.#text, from, end);
      const first = this.#text.charCodeAt(from);
      if (first !== RETURN && first !== FEED) out.push({ line, cells });
      return end;
    }
    out.push({ line, cells: [], problem });
    this.#reread += end - Math.min(end, lineEnd(this.#text, from, last) ?? end);
    if (this.#reread > REREAD_LIMIT)
      throw new InvalidError(
        'damaged-file',
        'Its quotes do not match, line after line, so that its rows cannot be told apart. Save it again as a table.',
      );
    this.#skipping = true;
    return from;
  }

  /** To behind the end of this line, or of the text while that is not there: nothing of it is needed. */
  #skip(from: number, last: boolean): number {
    const end = lineEnd(this.#text, from, last);
    const { length } = this.#text;
    // A return that ends the piece may be half of a line end.
    if (end === undefined && !last)
      return Math.max(from, this.#text.charCodeAt(length - 1) === RETURN ? length - 1 : length);
    this.#skipping = false;
    this.#line += 1;
    return end ?? length;
  }
}

interface Found {
  readonly cells: readonly string[];
  /** Behind the record's line end; of a broken one, how far was read. */
  readonly end: number;
  readonly problem?: RecordProblem;
}

function readRecord(
  text: string,
  from: number,
  delimiter: number,
  { last, limit }: { last: boolean; limit: number },
): Found | undefined {
  const cells: string[] = [];
  // Not known to end, and too long already.
  const unended = (at: number): Found | undefined =>
    at - from > limit ? { cells: [], end: at, problem: 'too-long' } : undefined;
  for (let at = from; ; ) {
    const quoted = text.charCodeAt(at) === QUOTE;
    const end = quoted ? quoteEnd(text, at + 1, last) : plainEnd(text, at, delimiter);
    if (end === undefined) {
      if (!last)
        return text.length - from > limit
          ? { cells: [], end: text.length, problem: 'open-quote' }
          : undefined;
      return { cells: [], end: text.length, problem: 'open-quote' };
    }
    if (end - from > limit) return { cells: [], end, problem: 'too-long' };
    const next = text.charCodeAt(end);
    if (end >= text.length && !last) return unended(end);
    cells.push(quoted ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end));
    if (cells.length > CELL_LIMIT) return { cells: [], end, problem: 'too-many-cells' };
    if (next === delimiter) {
      at = end + 1;
      continue;
    }
    if (end >= text.length) return { cells, end };
    if (next !== RETURN && next !== FEED) return { cells: [], end, problem: 'stray-quote' };
    const behind = lineEnd(text, end, last);
    return behind === undefined ? undefined : { cells, end: behind };
  }
}

/** Behind the quote that closes; undefined when it is not there, or may be half of a double one. */
function quoteEnd(text: string, from: number, last: boolean): number | undefined {
  for (let at = from; ; at += 2) {
    at = text.indexOf('"', at);
    if (at < 0 || (at + 1 >= text.length && !last)) return undefined;
    if (text.charCodeAt(at + 1) !== QUOTE) return at + 1;
  }
}

function plainEnd(text: string, from: number, delimiter: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === delimiter || code === FEED || code === RETURN) break;
  }
  return at;
}

/** Behind the next line end from `from` on: LF, CR LF or CR. */
function lineEnd(text: string, from: number, last: boolean): number | undefined {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === FEED) return at + 1;
    if (code !== RETURN) continue;
    if (at + 1 < text.length) return text.charCodeAt(at + 1) === FEED ? at + 2 : at + 1;
    return last ? at + 1 : undefined;
  }
  return undefined;
}

/** Line ends within a record. */
function lines(text: string, from: number, end: number): number {
  let count = 0;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === FEED || (code === RETURN && text.charCodeAt(at + 1) !== FEED)) count++;
  }
  return count;
}
