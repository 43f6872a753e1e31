/** Lines out of text that comes in pieces, for tables of one JSON value a line. */
import { RECORD_LIMIT } from './delimited';

export interface Line {
  /** From 1. */
  readonly line: number;
  /** Without its end; absent where it is longer than the limit. */
  readonly text?: string;
}

export class LineReader {
  #parts: string[] = [];
  #length = 0;
  #line = 1;
  /** The last piece ended in a return, and a feed that follows belongs to it. */
  #returned = false;

  constructor(private readonly limit = RECORD_LIMIT) {}

  /** Lines that are whole now. `last`: no more will come. Of a line beyond the limit nothing is held. */
  push(text: string, last = false): Line[] {
    const out: Line[] = [];
    let from = this.#returned && text.startsWith('\n') ? 1 : 0;
    if (text !== '') this.#returned = false;
    const ends = /\r\n?|\n/g;
    ends.lastIndex = from;
    for (let match = ends.exec(text); match; match = ends.exec(text)) {
      this.#hold(text.slice(from, match.index));
      out.push(this.#take());
      from = ends.lastIndex;
      this.#returned = match[0] === '\r' && from === text.length;
    }
    this.#hold(text.slice(from));
    if (last && this.#length > 0) out.push(this.#take());
    return out;
  }

  #hold(part: string): void {
    this.#length += part.length;
    if (this.#length > this.limit) this.#parts = [];
    else if (part !== '') this.#parts.push(part);
  }

  #take(): Line {
    const line = this.#line++;
    const whole = this.#length <= this.limit;
    const text = this.#parts.join('');
    this.#parts = [];
    this.#length = 0;
    return whole ? { line, text } : { line };
  }
}
