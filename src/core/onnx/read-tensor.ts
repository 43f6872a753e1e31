/** TensorProto: small tensors are read, large ones stay where they lie, in the file or in one given with it. */
import type { ByteSource } from '../checkpoint/source';
import type { StoredTensor } from '../checkpoint/stored';
import { InvalidError, UnsupportedError } from '../errors';
import { bytesOf, DTYPE_BYTES, type DType, elements, type Tensor } from '../tensor';
import { type Field, LENGTH_DELIMITED, type ProtoReader, signed, unpack, VARINT } from './proto-read';
import { ELEMENT_TYPE } from './write';

/** Tensors up to this many bytes are read with the graph: constants, axes, scales of a column. */
const INLINE = 16_384;
/** Tensors spelt number by number (int32_data and so on) are decoded in memory, so they have a limit. */
const MOST_SPELT = 1 << 20;
const MOST_DIMENSIONS = 16;
export const NAME_BYTES = 1024;

export interface NamedTensor {
  readonly name: string;
  readonly value: Tensor | StoredTensor;
}

export interface TensorFiles {
  /** The ONNX file itself. */
  readonly source: ByteSource;
  /** Files that external data may lie in, by flat name. */
  readonly files: ReadonlyMap<string, ByteSource>;
}

const DTYPE_OF = new Map(Object.entries(ELEMENT_TYPE).map(([dtype, code]) => [code, dtype as DType]));

interface Parts {
  dims: bigint[];
  type: number;
  name: string;
  location: number;
  external: Map<string, string>;
  raw?: Field;
  /** The packed fields that spell the numbers, and unpacked ones. */
  spelt: Field[];
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A short text. Throws `invalid-model` when it is longer than `limit` bytes or not UTF-8. */
export async function text(reader: ProtoReader, field: Field, limit = NAME_BYTES): Promise<string> {
  const bytes = await reader.bytes(field, limit);
  try {
    return utf8.decode(bytes);
  } catch {
    throw reader.damaged('a name that is not UTF-8');
  }
}

/** Throws `invalid-model` for a damaged tensor and `unsupported-model` for an element type outside `DType`. */
export async function readTensorProto(
  reader: ProtoReader,
  field: Field,
  files: TensorFiles,
): Promise<NamedTensor> {
  const parts = await collect(reader, field);
  const what = parts.name || 'a constant';
  const dtype = DTYPE_OF.get(parts.type);
  if (!dtype)
    throw new UnsupportedError(
      'unsupported-model',
      `${what} has the element type ${parts.type} of ONNX, which Winnow does not read.`,
    );
  const shape = parts.dims.map((size) => {
    if (size < 0n || size > BigInt(Number.MAX_SAFE_INTEGER)) throw reader.damaged(`a dimension of ${size}`);
    return Number(size);
  });
  const length = elements(shape) * DTYPE_BYTES[dtype];
  if (!Number.isSafeInteger(length)) throw reader.damaged('a tensor too large to address');
  if (parts.location === 1) return { name: parts.name, value: external(parts, dtype, shape, length, files) };
  if (parts.location !== 0) throw reader.damaged(`the data location ${parts.location}`);
  if (parts.raw && parts.spelt.length > 0) throw reader.damaged(`two sets of values for ${what}`);
  if (parts.raw) {
    const { start, end } = parts.raw;
    if (end - start !== length)
      throw reader.damaged(`${end - start} bytes for ${what}, which needs ${length}`);
    if (length > INLINE)
      return { name: parts.name, value: { dtype, shape, source: files.source, start, end } };
    return {
      name: parts.name,
      value: { dtype, shape, bytes: new Uint8Array(await reader.bytes(parts.raw, INLINE)) },
    };
  }
  return {
    name: parts.name,
    value: { dtype, shape, bytes: await spelt(reader, parts, dtype, elements(shape), what) },
  };
}

async function collect(reader: ProtoReader, field: Field): Promise<Parts> {
  const parts: Parts = { dims: [], type: 0, name: '', location: 0, external: new Map(), spelt: [] };
  for (const one of await reader.fields(field, MOST_SPELT)) {
    switch (one.number) {
      case 1: // dims
        if (one.wire === VARINT) parts.dims.push(signed(one));
        else parts.dims.push(...unpack(await reader.bytes(one, 256), MOST_DIMENSIONS));
        if (parts.dims.length > MOST_DIMENSIONS) throw reader.damaged('a tensor of more than 16 dimensions');
        break;
      case 2: // data_type
        parts.type = Number(one.integer);
        break;
      case 3: // segment
        throw reader.damaged('a tensor in segments');
      case 4: // float_data
      case 5: // int32_data
      case 7: // int64_data
      case 10: // double_data
      case 11: // uint64_data
        parts.spelt.push(one);
        break;
      case 6: // string_data
        throw new UnsupportedError(
          'unsupported-model',
          'The network holds text, which Winnow does not read.',
        );
      case 8:
        parts.name = await text(reader, one);
        break;
      case 9: // raw_data
        if (one.wire !== LENGTH_DELIMITED || parts.raw)
          throw reader.damaged('raw data twice, or not as bytes');
        parts.raw = one;
        break;
      case 13: // external_data
        await externalEntry(reader, one, parts.external);
        break;
      case 14: // data_location
        parts.location = Number(one.integer);
        break;
    }
  }
  return parts;
}

async function externalEntry(reader: ProtoReader, field: Field, into: Map<string, string>): Promise<void> {
  const entry = await reader.fields(field, 16);
  const part = async (number: number) => {
    const found = entry.find((one) => one.number === number);
    return found ? text(reader, found) : '';
  };
  const key = await part(1);
  if (into.has(key)) throw reader.damaged(`external data with two entries “${key}”`);
  // ONNX's own reader once let entries overwrite its object's attributes (CVE-2026-34445): names are a list here.
  if (!['location', 'offset', 'length', 'checksum', 'basepath'].includes(key))
    throw reader.damaged(`external data with an entry “${key.slice(0, 40)}”`);
  into.set(key, await part(2));
}

/** M09: a flat name among the files given, and a range that lies in it. */
function external(
  parts: Parts,
  dtype: DType,
  shape: readonly number[],
  length: number,
  { files }: TensorFiles,
): StoredTensor {
  const location = parts.external.get('location') ?? '';
  if (!/^\w[\w .()+-]*$/.test(location))
    throw new InvalidError(
      'invalid-model',
      `Weights must lie in a file beside the network, not in “${location.slice(0, 80)}”.`,
    );
  const source = files.get(location);
  if (!source)
    throw new InvalidError(
      'invalid-model',
      `The network keeps weights in ${location}. Choose that file too.`,
      { missing: location },
    );
  const start = wholeOf(parts.external.get('offset') ?? '0');
  const stated = parts.external.get('length');
  if (stated !== undefined && wholeOf(stated) !== length)
    throw new InvalidError(
      'invalid-model',
      `${parts.name} has ${stated} bytes in ${location}, but needs ${length}.`,
    );
  if (!Number.isSafeInteger(start + length) || start + length > source.size)
    throw new InvalidError('invalid-model', `${location} ends before ${parts.name} does. Get it again.`);
  return { dtype, shape, source, start, end: start + length };
}

function wholeOf(digits: string): number {
  const value = /^\d{1,16}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!Number.isSafeInteger(value))
    throw new InvalidError(
      'invalid-model',
      `External weights have the offset or length “${digits.slice(0, 40)}”.`,
    );
  return value;
}

/** Which field of TensorProto spells the numbers of a type, by onnx.proto's comments. */
const SPELT_IN: Readonly<Record<DType, number>> = {
  F32: 4,
  ...{ I32: 5, I16: 5, I8: 5, U16: 5, U8: 5, BOOL: 5, F16: 5, BF16: 5 },
  ...{ I64: 7, F64: 10, U32: 11, U64: 11 },
};

async function spelt(
  reader: ProtoReader,
  parts: Parts,
  dtype: DType,
  count: number,
  what: string,
): Promise<Uint8Array> {
  if (count > MOST_SPELT)
    throw new InvalidError(
      'invalid-model',
      `${what} spells ${count} numbers one by one; the limit is ${MOST_SPELT}.`,
    );
  const size = DTYPE_BYTES[dtype];
  if (parts.spelt.some(({ number }) => number !== SPELT_IN[dtype]))
    throw reader.damaged(`values of another type for ${what}`);
  const out = new Uint8Array(count * size);
  let filled = 0;
  const put = (bytes: Uint8Array) => {
    if (filled + bytes.length > out.length) throw reader.damaged(`too many values for ${what}`);
    out.set(bytes, filled);
    filled += bytes.length;
  };
  for (const one of parts.spelt) {
    const fixed = dtype === 'F32' || dtype === 'F64';
    if (one.wire === VARINT ? fixed : one.wire !== LENGTH_DELIMITED && !fixed)
      throw reader.damaged(`values of another kind for ${what}`);
    if (one.wire === VARINT) put(narrowed([signed(one)], size));
    else if (one.wire !== LENGTH_DELIMITED) put(one.bytes ?? new Uint8Array(0));
    else if (fixed) put(await reader.bytes(one, out.length));
    else put(narrowed(unpack(await reader.bytes(one, 10 * count), count), size));
  }
  if (filled !== out.length)
    throw reader.damaged(`${filled / size} values for ${what}, which needs ${count}`);
  return out;
}

/** The low `size` bytes of each number: how protobuf's wider field holds a narrower type. */
function narrowed(values: readonly bigint[], size: number): Uint8Array {
  const wide = bytesOf(BigInt64Array.from(values));
  const out = new Uint8Array(values.length * size);
  for (let i = 0; i < values.length; i++) out.set(wide.subarray(8 * i, 8 * i + size), i * size);
  return out;
}
