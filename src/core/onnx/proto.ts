/**
 * Protocol-buffer wire format, writing side: https://protobuf.dev/programming-guides/encoding.
 * Pieces are kept as a list and joined once, so weights are copied a single time.
 */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const utf8 = new TextEncoder();

export class ProtoWriter {
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  /** A whole number, as int32, int64 or an enum; |value| ≤ 2^53 − 1. */
  integer(field: number, value: number): this {
    return this.#tag(field, VARINT).#push(varint(value));
  }

  float(field: number, value: number): this {
    return this.#tag(field, FIXED32).#push(float32(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, LENGTH_DELIMITED).#push(varint(value.byteLength)).#push(value);
  }

  string(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  message(field: number, value: ProtoWriter): this {
    this.#tag(field, LENGTH_DELIMITED).#push(varint(value.#size));
    for (const piece of value.#pieces) this.#push(piece);
    return this;
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.#size);
    let offset = 0;
    for (const piece of this.#pieces) {
      out.set(piece, offset);
      offset += piece.byteLength;
    }
    return out;
  }

  #tag(field: number, wireType: number): this {
    return this.#push(varint(field * 8 + wireType));
  }

  #push(piece: Uint8Array): this {
    this.#pieces.push(piece);
    this.#size += piece.byteLength;
    return this;
  }
}

/** Base-128, low group first. Negative numbers are ten bytes: two's complement in 64 bits. */
function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 128n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
}

function float32(value: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setFloat32(0, value, true);
  return out;
}
