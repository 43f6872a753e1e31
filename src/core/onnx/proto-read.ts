/**
 * Protocol-buffer wire format, reading side: https://protobuf.dev/programming-guides/encoding. A message is listed
 * as its fields with the byte range of each; long ones stay in the file, so a gigabyte of weights is stepped over.
 */
import { type ByteSource, readRange } from '../checkpoint/source';
import { InvalidError } from '../errors';

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

/** Fields up to this many bytes are read with the message they stand in; longer ones are left where they lie. */
const NEAR = 1 << 18;
/** Read at once while walking. */
const AHEAD = 1 << 16;
/** Read after a step over weights, which another may follow; what is read at once grows again from there. */
const STEP = 1 << 10;
/** A tag or length of at most ten bytes each. */
const HEAD = 20;

export interface Field {
  readonly number: number;
  readonly wire: number;
  /** Of a VARINT, as the 64-bit two's complement that protobuf writes. */
  readonly integer: bigint;
  /** Byte range of the value in the file; of the contents where it is LENGTH_DELIMITED. */
  readonly start: number;
  readonly end: number;
  /** The value's bytes, unless they were left in the file. */
  readonly bytes?: Uint8Array;
}

/** Reads messages of one file. `budget` bounds the bytes of messages listed, whatever is nested in them. */
export class ProtoReader {
  readonly #source: ByteSource;
  readonly #signal: AbortSignal | undefined;
  readonly #what: string;
  readonly #budget: number;
  #spent = 0;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;

  constructor(source: ByteSource, budget: number, signal?: AbortSignal) {
    this.#source = source;
    this.#budget = budget;
    this.#signal = signal;
    this.#what = source.name;
  }

  /** The fields of a message in the file from `start` up to `end`, one at a time, in their order. */
  async *walk(start: number, end: number): AsyncGenerator<Field> {
    for (let at = start; at < end; ) {
      const head = await this.#at(at, Math.min(at + HEAD, end));
      const field = this.#field(head, 0, at, end);
      this.#spend(field.start - at);
      at = field.end;
      if (field.wire !== LENGTH_DELIMITED || field.end - field.start > NEAR) yield field;
      else yield { ...field, bytes: await this.#near(field.start, field.end) };
    }
  }

  /** Tells `visit` the numbers of a message's fields, in their order, without looking into any: a quick first look. */
  async tally(start: number, end: number, visit: (number: number) => void): Promise<void> {
    for (let at = start; at < end; ) {
      await this.#at(at, Math.min(at + HEAD, end));
      const known = this.#windowStart + this.#window.length;
      // Every field whose head is in the window, without waiting in between.
      for (; at < end && Math.min(at + HEAD, end) <= known; ) {
        const field = this.#field(this.#window, at - this.#windowStart, this.#windowStart, end);
        visit(field.number);
        at = field.end;
      }
    }
  }

  /** The fields of a field that is a message. Throws `invalid-model` when it is not one. */
  async fields(field: Field, limit: number): Promise<Field[]> {
    if (field.wire !== LENGTH_DELIMITED) throw this.damaged('a number where a message belongs');
    const found: Field[] = [];
    const push = (one: Field) => {
      if (found.length >= limit)
        throw new InvalidError('invalid-model', `${this.#what} has a message of over ${limit} fields.`);
      found.push(one);
    };
    if (!field.bytes) for await (const one of this.walk(field.start, field.end)) push(one);
    else for (const one of this.#within(field.bytes, field.start)) push(one);
    return found;
  }

  /** All bytes of a field, at most `limit` of them. */
  async bytes(field: Field, limit: number): Promise<Uint8Array> {
    if (field.wire !== LENGTH_DELIMITED) throw this.damaged('a number where text or bytes belong');
    const length = field.end - field.start;
    if (length > limit)
      throw new InvalidError(
        'invalid-model',
        `${this.#what} has a text of ${length} bytes; the limit is ${limit}.`,
      );
    if (field.bytes) return field.bytes;
    this.#spend(length);
    return readRange(this.#source, field.start, field.end, this.#signal);
  }

  damaged(what: string): InvalidError {
    return new InvalidError('invalid-model', `${this.#what} is not a valid ONNX file: it has ${what}.`);
  }

  *#within(bytes: Uint8Array, base: number): Generator<Field> {
    for (let at = 0; at < bytes.length; ) {
      const field = this.#field(bytes, at, base, base + bytes.length);
      at = field.end - base;
      if (field.wire === VARINT) yield field;
      else yield { ...field, bytes: bytes.subarray(field.start - base, at) };
    }
  }

  /** The field whose tag is at `bytes[at]`; `bytes[0]` lies at `base` in the file, its message ends at `end`. */
  #field(bytes: Uint8Array, at: number, base: number, end: number): Field {
    const tag = this.#varint(bytes, at);
    const number = Number(tag.value >> 3n);
    const wire = Number(tag.value & 7n);
    if (number < 1 || number > 0x1fff_ffff) throw this.damaged(`the field number ${number}`);
    let start = base + tag.next;
    let length: number;
    let integer = 0n;
    if (wire === VARINT) {
      const read = this.#varint(bytes, tag.next);
      integer = read.value;
      length = read.next - tag.next;
    } else if (wire === LENGTH_DELIMITED) {
      const read = this.#varint(bytes, tag.next);
      start = base + read.next;
      length = Number(read.value);
    } else if (wire === FIXED32 || wire === FIXED64) length = wire === FIXED32 ? 4 : 8;
    else throw this.damaged(`the wire type ${wire}`);
    if (length > end - start) throw this.damaged('a length beyond its end');
    return { number, wire, integer, start, end: start + length };
  }

  #varint(bytes: Uint8Array, at: number): { value: bigint; next: number } {
    let low = 0;
    for (let i = 0; i < 10; i++) {
      const byte = bytes[at + i];
      if (byte === undefined) throw this.damaged('a number that is cut off');
      // Four groups of seven bits fit a small integer; the rare longer ones start again as a BigInt.
      if (i < 4) {
        low |= (byte & 127) << (7 * i);
        if (byte < 128) return { value: BigInt(low), next: at + i + 1 };
      } else if (byte < 128) return { value: longVarint(bytes, at, i + 1), next: at + i + 1 };
    }
    throw this.damaged('a number of more than ten bytes');
  }

  /** Bytes of the window, which moves when they are not all in it. */
  async #at(start: number, end: number): Promise<Uint8Array> {
    const from = start - this.#windowStart;
    const length = this.#window.length;
    if (from >= 0 && end <= this.#windowStart + length)
      return this.#window.subarray(from, from + end - start);
    const goesOn = from >= 0 && from <= length;
    const ahead = length === 0 ? AHEAD : goesOn ? Math.min(AHEAD, Math.max(STEP, 2 * length)) : STEP;
    const stop = Math.max(end, Math.min(start + ahead, this.#source.size));
    this.#window = await readRange(this.#source, start, stop, this.#signal);
    this.#windowStart = start;
    return this.#window.subarray(0, end - start);
  }

  async #near(start: number, end: number): Promise<Uint8Array> {
    this.#spend(end - start);
    return this.#at(start, end);
  }

  #spend(bytes: number): void {
    this.#spent += bytes;
    if (this.#spent > this.#budget)
      throw new InvalidError(
        'invalid-model',
        `${this.#what} describes its network in more than ${this.#budget} bytes, which Winnow does not read.`,
      );
  }
}

function longVarint(bytes: Uint8Array, at: number, length: number): bigint {
  let value = 0n;
  for (let i = 0; i < length; i++) value |= BigInt(bytes[at + i]! & 127) << BigInt(7 * i);
  return BigInt.asUintN(64, value);
}

/** A VARINT as ONNX's int64. */
export const signed = (field: Field): bigint => BigInt.asIntN(64, field.integer);

/** The varints of a packed field. Throws `invalid-model` for more than `limit`, or one cut off. */
export function unpack(bytes: Uint8Array, limit: number): bigint[] {
  const found: bigint[] = [];
  for (let at = 0; at < bytes.length; ) {
    let length = 1;
    while ((bytes[at + length - 1] ?? 0) >= 128) length++;
    if (at + length > bytes.length || length > 10 || found.length >= limit)
      throw new InvalidError('invalid-model', 'A list of numbers in the ONNX file is damaged or too long.');
    found.push(BigInt.asIntN(64, longVarint(bytes, at, length)));
    at += length;
  }
  return found;
}
