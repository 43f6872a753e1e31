/** Unpacking of raw Snappy: https://github.com/google/snappy/blob/main/format_description.txt. */
import { Cursor } from './wire';

/**
 * The unpacked bytes. Throws `invalid-model`, naming `what`, when they would be more than `limit`, or when the input
 * ends too soon, refers to bytes before its beginning, or unpacks to another length than it says.
 */
export function unsnappy(packed: Uint8Array, limit: number, what: string): Uint8Array {
  const input = new Cursor(packed, what);
  const length = input.varint();
  // A copy of three bytes gives 64 at most: what claims more need not be given memory.
  if (length > limit || length > packed.byteLength * 22) input.fail('unpacks to too many bytes');
  const out = new Uint8Array(length);
  let filled = 0;
  while (input.left > 0) {
    const tag = input.take(1)[0]!;
    if (tag % 4 === 0) {
      const literal = input.take(literalLength(input, tag >> 2));
      if (literal.byteLength > length - filled) input.fail('unpacks to more bytes than it says');
      out.set(literal, filled);
      filled += literal.byteLength;
    } else {
      const { offset, count } = readCopy(input, tag);
      if (offset === 0 || offset > filled) input.fail('refers to bytes before its beginning');
      if (count > length - filled) input.fail('unpacks to more bytes than it says');
      // Byte by byte: a copy may overlap what it writes.
      for (const end = filled + count; filled < end; filled++) out[filled] = out[filled - offset]!;
    }
  }
  if (filled !== length) input.fail('unpacks to fewer bytes than it says');
  return out;
}

/** Up to 60 in the tag; beyond that the tag says how many bytes the length takes. */
function literalLength(input: Cursor, code: number): number {
  return (code < 60 ? code : littleEndian(input.take(code - 59))) + 1;
}

function readCopy(input: Cursor, tag: number): { offset: number; count: number } {
  if (tag % 4 === 1) return { count: ((tag >> 2) & 7) + 4, offset: (tag >> 5) * 256 + input.take(1)[0]! };
  return { count: (tag >> 2) + 1, offset: littleEndian(input.take(tag % 4 === 2 ? 2 : 4)) };
}

const littleEndian = (bytes: Uint8Array) => bytes.reduce((sum, byte, at) => sum + byte * 256 ** at, 0);
