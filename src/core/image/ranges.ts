/**
 * Parsers that ask for the bytes they need. A parser is a generator that yields ranges and is handed
 * their bytes; one driver answers from memory, the other from a file, so that a header behind 10 MB of
 * EXIF is found without reading the 10 MB, and each format has one parser.
 */
import { InvalidError, throwIfAborted } from '../errors';

/** Bytes `start` to `end` (exclusive) of the file. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export type Parse<T> = Generator<Range, T, DataView>;

/** Bytes `start` to `end` (exclusive) of a file; may return fewer only at the end of the file. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

/** The file ended where `what` should be. */
export function cutShort(what: string): InvalidError {
  return new InvalidError(
    'damaged-file',
    `Damaged: the file ends inside its ${what}. Look at it yourself, or get a complete copy.`,
  );
}

/** The file contradicts itself or its format's rules. */
export function damaged(what: string): InvalidError {
  return new InvalidError('damaged-file', `Damaged: ${what}. Look at it yourself, or get another copy.`);
}

/** Exactly `length` bytes at `start` of a file of `size` bytes; `damaged-file` where the file is shorter. */
export function* need(size: number, start: number, length: number, what: string): Parse<DataView> {
  if (start + length > size) throw cutShort(what);
  return yield { start, end: start + length };
}

/** Four characters at `offset`, as chunk and box types are written. */
export function tag(view: DataView, offset: number): string {
  return String.fromCharCode(
    view.getUint8(offset),
    view.getUint8(offset + 1),
    view.getUint8(offset + 2),
    view.getUint8(offset + 3),
  );
}

/**
 * Runs a parser over bytes in memory that start at the file's first byte. Throws `invalid-input` when it
 * needs bytes of the file that were not given.
 */
export function parseBytes<T>(parse: Parse<T>, bytes: Uint8Array): T {
  let step = parse.next();
  while (!step.done) {
    const { start, end } = step.value;
    if (end > bytes.length)
      throw new InvalidError('invalid-input', 'The header continues past the bytes given.');
    step = parse.next(new DataView(bytes.buffer, bytes.byteOffset + start, end - start));
  }
  return step.value;
}

/**
 * Runs a parser over a file. `window` bytes are read at a time and kept until the parser leaves them:
 * small for a parser that jumps, large for one that walks.
 */
export async function parseFile<T>(
  parse: Parse<T>,
  read: ReadRange,
  size: number,
  window: number,
  signal?: AbortSignal,
): Promise<T> {
  let bytes = new Uint8Array(0);
  let first = 0;
  let step = parse.next();
  while (!step.done) {
    const { start, end } = step.value;
    if (start < first || end > first + bytes.length) {
      throwIfAborted(signal);
      const wanted = Math.min(size, Math.max(end, start + window));
      bytes = (await read(start, wanted)) as Uint8Array<ArrayBuffer>;
      first = start;
      if (bytes.length < end - start) throw cutShort('data');
    }
    step = parse.next(new DataView(bytes.buffer, bytes.byteOffset + start - first, end - start));
  }
  return step.value;
}
