/** A text as one of its readings, with the way back to the text as given. */

export interface Reading {
  readonly name: 'raw' | 'normalised' | 'skeleton';
  readonly text: string;
  /** For each UTF-16 unit of `text`, plus one past the end: the offset of its source in the raw text. Never decreases. */
  readonly offsets: Uint32Array;
  /** `text` differs from the raw text. */
  readonly changed: boolean;
}

/** The text itself. */
export function rawReading(text: string): Reading {
  return { name: 'raw', text, offsets: identity(text.length), changed: false };
}

/** The part of a reading from unit `start` up to `end`, such as a window; its offsets still lead to the raw text. */
export function sliceReading(reading: Reading, start: number, end: number): Reading {
  return {
    ...reading,
    text: reading.text.slice(start, end),
    offsets: reading.offsets.subarray(start, end + 1),
  };
}

export function identity(length: number): Uint32Array {
  const offsets = new Uint32Array(length + 1);
  for (let index = 0; index <= length; index++) offsets[index] = index;
  return offsets;
}

/** Collects the units of a reading and where each came from; grows by doubling. */
export class ReadingBuilder {
  #units: Uint16Array;
  #offsets: Uint32Array;
  length = 0;

  constructor(capacity: number) {
    this.#units = new Uint16Array(capacity + 16);
    this.#offsets = new Uint32Array(capacity + 16);
  }

  push(unit: number, offset: number): void {
    if (this.length === this.#units.length) this.#grow();
    this.#units[this.length] = unit;
    this.#offsets[this.length] = offset;
    this.length += 1;
  }

  /** Every unit of `piece`, all from the same place. */
  pushAll(piece: string, offset: number): void {
    for (let index = 0; index < piece.length; index++) this.push(piece.charCodeAt(index), offset);
  }

  /** The last unit, or -1. */
  last(): number {
    return this.length === 0 ? -1 : this.#units[this.length - 1]!;
  }

  /** `end` is the length of the raw text. */
  finish(end: number): { text: string; offsets: Uint32Array } {
    const offsets = this.#offsets.slice(0, this.length + 1);
    const complete = offsets.length > this.length ? offsets : new Uint32Array(this.length + 1);
    if (complete !== offsets) complete.set(offsets);
    complete[this.length] = end;
    return { text: decode(this.#units.subarray(0, this.length)), offsets: complete };
  }

  #grow(): void {
    const units = new Uint16Array(this.#units.length * 2);
    const offsets = new Uint32Array(this.#offsets.length * 2);
    units.set(this.#units);
    offsets.set(this.#offsets);
    this.#units = units;
    this.#offsets = offsets;
  }
}

/** In pieces, because an argument list has a limit of about 65,000. */
function decode(units: Uint16Array): string {
  let text = '';
  for (let start = 0; start < units.length; start += 8192)
    text += String.fromCharCode(...units.subarray(start, start + 8192));
  return text;
}
