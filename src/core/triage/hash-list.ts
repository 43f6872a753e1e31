/**
 * A list of SHA-256 hashes that somebody brings along, such as one of known material. Nobody may learn what is on it: it lies in
 * memory, answers whether a hash is on it, and gives nothing out (C04).
 */
import { InvalidError, UnsupportedError } from '../errors';

const BYTES = 32;
/** Of one list: 64 MB in memory. */
export const MOST_HASHES = 2_000_000;
/** Nothing on a line that is longer is a hash. */
const LONGEST = 4_096;
/** At the beginning of a line; `sha256sum` writes a name behind it, which is not looked at. */
const LINE = /^([0-9a-f]{64})(?![0-9a-z])/i;

export class HashList {
  #bytes = new Uint8Array(1024 * BYTES);
  /** Places of hashes plus 1, found by their first bytes: these are as good as chance. */
  #slots = new Uint32Array(4096);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** `hex`: 64 hex digits. Throws UnsupportedError('too-large') when the list is full. */
  add(hex: string): void {
    const bytes = bytesOf(hex);
    if (this.#find(bytes) >= 0) return;
    if (this.#size === MOST_HASHES)
      throw new UnsupportedError('too-large', 'The list has more than 2,000,000 hashes. Split it.');
    if ((this.#size + 1) * BYTES > this.#bytes.length) this.#grow();
    this.#bytes.set(bytes, this.#size * BYTES);
    this.#place(this.#size);
    this.#size += 1;
  }

  /** False for what is no SHA-256, such as the empty hash of an item that was not read. */
  has(hex: string): boolean {
    return hex.length === 2 * BYTES && this.#size > 0 && this.#find(bytesOf(hex)) >= 0;
  }

  #find(bytes: Uint8Array): number {
    for (let slot = this.#slot(bytes, 0); ; slot = (slot + 1) % this.#slots.length) {
      const at = this.#slots[slot]! - 1;
      if (at < 0) return -1;
      if (bytes.every((byte, place) => byte === this.#bytes[at * BYTES + place])) return at;
    }
  }

  #place(at: number): void {
    let slot = this.#slot(this.#bytes, at * BYTES);
    while (this.#slots[slot] !== 0) slot = (slot + 1) % this.#slots.length;
    this.#slots[slot] = at + 1;
  }

  #slot(bytes: Uint8Array, from: number): number {
    const first =
      (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
    return (first >>> 0) % this.#slots.length;
  }

  #grow(): void {
    const bytes = new Uint8Array(this.#bytes.length * 2);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#slots = new Uint32Array((bytes.length / BYTES) * 4);
    for (let at = 0; at < this.#size; at++) this.#place(at);
  }
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: BYTES }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

/** Takes a text file piece by piece: a hash per line. Blank lines and those that begin with # are passed over. */
export class HashListReader {
  readonly #list = new HashList();
  #rest = '';
  #skipped = 0;

  take(text: string): void {
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop()!.slice(0, LONGEST);
    for (const line of lines) this.#line(line);
  }

  /** Throws InvalidError('invalid-input') when no line was a hash. `skipped`: lines that were none. */
  end(): { readonly list: HashList; readonly skipped: number } {
    this.#line(this.#rest);
    if (this.#list.size === 0)
      throw new InvalidError(
        'invalid-input',
        'No line of this file is a SHA-256. Choose a text file with one hash per line.',
      );
    return { list: this.#list, skipped: this.#skipped };
  }

  #line(line: string): void {
    const text = line.replace(/^\uFEFF/, '').trim();
    if (text === '' || text.startsWith('#')) return;
    const found = LINE.exec(text);
    if (found) this.#list.add(found[1]!);
    else this.#skipped += 1;
  }
}
