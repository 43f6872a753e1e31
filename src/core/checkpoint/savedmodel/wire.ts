/**
 * The pieces TensorFlow's bundle files are made of, read from bytes in memory: varints, fixed numbers and the fields
 * of a protocol-buffer message (https://protobuf.dev/programming-guides/encoding).
 */
import { InvalidError } from '../../errors';

const CONTINUED = 0x80;

/** Reads forward through bytes. Every method throws `invalid-model` where they end too soon. */
export class Cursor {
  at = 0;
  constructor(
    readonly bytes: Uint8Array,
    private readonly what: string,
  ) {}

  get left(): number {
    return this.bytes.byteLength - this.at;
  }

  /** An unsigned base-128 number of at most 2^53 − 1; a negative one takes ten bytes and is refused with the rest. */
  varint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.take(1)[0]!;
      value += (byte & 0x7f) * scale;
      if (byte < CONTINUED)
        return Number.isSafeInteger(value) ? value : this.fail('has a number beyond 2^53');
    }
    return this.fail('has a number beyond 2^53');
  }

  fixed32(): number {
    const bytes = this.take(4);
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  }

  /** The next `length` bytes, as a view. */
  take(length: number): Uint8Array {
    if (length > this.left) this.fail('ends before its contents do');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  fail(why: string): never {
    throw new InvalidError('invalid-model', `${this.what} ${why}. Get it again.`);
  }
}

/** Fields of a message by number. Repeated ones stand in order; of a single one the last counts. */
export interface Fields {
  /** Whole numbers: varints and 4-byte ones. */
  readonly numbers: ReadonlyMap<number, readonly number[]>;
  /** Strings, bytes and messages, as views. */
  readonly pieces: ReadonlyMap<number, readonly Uint8Array[]>;
}

/** Throws `invalid-model` where the bytes are no message. 8-byte fields are passed over; groups do not occur. */
export function readFields(bytes: Uint8Array, what: string): Fields {
  const cursor = new Cursor(bytes, what);
  const numbers = new Map<number, number[]>();
  const pieces = new Map<number, Uint8Array[]>();
  while (cursor.left > 0) {
    const tag = cursor.varint();
    const field = Math.floor(tag / 8);
    if (field === 0) cursor.fail('has a field without a number');
    if (tag % 8 === 0) push(numbers, field, cursor.varint());
    else if (tag % 8 === 5) push(numbers, field, cursor.fixed32());
    else if (tag % 8 === 2) push(pieces, field, cursor.take(cursor.varint()));
    else if (tag % 8 === 1) cursor.take(8);
    else cursor.fail(`has a field of the unknown kind ${tag % 8}`);
  }
  return { numbers, pieces };
}

/** The number in `field`; 0 where the message leaves it out, as protocol buffers mean it. */
export function numberOf(fields: Fields, field: number): number {
  return fields.numbers.get(field)?.at(-1) ?? 0;
}

function push<T>(map: Map<number, T[]>, field: number, value: T): void {
  const list = map.get(field);
  if (list) list.push(value);
  else map.set(field, [value]);
}
