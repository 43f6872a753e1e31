/**
 * Bytes of a table as text, piece by piece. Bytes that are no text do not become U+FFFD, which a table may hold as well, but
 * half characters (U+DC80 and on, as Python's surrogateescape has them): no proper text holds those, so that the line they
 * are in can be found and refused by itself (A15).
 */

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Bytes that `detectEncoding` looks at. */
export const ENCODING_BYTES = 512;
const ESCAPED = 0xdc00;

/** By the byte-order mark; without one UTF-8, unless every other byte is zero, as in UTF-16 of most languages' digits and commas. */
export function detectEncoding(head: Uint8Array): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const bytes = head.subarray(0, ENCODING_BYTES);
  const zeros = [0, 0];
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === 0) zeros[at % 2]!++;
  const [even = 0, odd = 0] = zeros;
  if (Math.max(even, odd) <= bytes.length / 5) return 'utf-8';
  return odd >= even ? 'utf-16le' : 'utf-16be';
}

/** Whether every byte was text; false as well for halves of UTF-16 pairs without the other. */
export const isWhole = (text: string): boolean => text.isWellFormed();

export interface Decoder {
  /** Text of these bytes and of what the last ones left over. `last`: no more will come. A leading mark is left out. */
  push(bytes: Uint8Array, last?: boolean): string;
}

export function decoder(encoding: Encoding): Decoder {
  const decode = encoding === 'utf-8' ? utf8() : utf16(encoding === 'utf-16be');
  let first = true;
  return {
    push(bytes, last = false) {
      const text = decode(bytes, last);
      if (!first || text === '') return text;
      first = false;
      return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    },
  };
}

type Decode = (bytes: Uint8Array, last: boolean) => string;

function utf8(): Decode {
  const proper = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let left = new Uint8Array();
  return (bytes, last) => {
    const all = left.length === 0 ? bytes : joined(left, bytes);
    const end = last ? all.length : all.length - unfinished(all);
    left = all.slice(end);
    const ready = all.subarray(0, end);
    try {
      return proper.decode(ready);
    } catch {
      return escaped(ready, proper);
    }
  };
}

/** Bytes at the end that may be the beginning of a character: at most three. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) return lengthOf(byte) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

const lengthOf = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1);

/** Decoded as far as it goes; each byte that is none becomes a half character, and decoding goes on behind it. */
function escaped(bytes: Uint8Array, proper: TextDecoder): string {
  const out: string[] = [];
  let from = 0;
  const flush = (to: number) => {
    if (to > from) out.push(proper.decode(bytes.subarray(from, to)));
  };
  for (let at = 0; at < bytes.length; ) {
    const length = properLength(bytes, at);
    if (length === 0) {
      flush(at);
      out.push(String.fromCharCode(ESCAPED + bytes[at]!));
      from = at + 1;
    }
    at += length || 1;
  }
  flush(bytes.length);
  return out.join('');
}

/** Length of the character that begins at `at`; 0 where none does (Unicode 17, table 3-7). */
function properLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  const length = lengthOf(lead);
  if (length === 1 || lead > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

function utf16(big: boolean): Decode {
  let left = new Uint8Array();
  return (bytes, last) => {
    const all = left.length === 0 ? bytes : joined(left, bytes);
    const pairs = all.length >> 1;
    left = all.slice(2 * pairs);
    const units = new Uint16Array(pairs);
    for (let i = 0, at = big ? 0 : 1; i < pairs; i++, at += 2)
      units[i] = (all[at]! << 8) | all[big ? at + 1 : at - 1]!;
    let text = '';
    // As many arguments as every engine takes.
    for (let i = 0; i < pairs; i += 8192) text += String.fromCharCode(...units.subarray(i, i + 8192));
    return last && left.length > 0 ? text + String.fromCharCode(ESCAPED + 0x80) : text;
  };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
