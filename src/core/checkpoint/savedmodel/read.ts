/**
 * Reader of a TensorFlow SavedModel's variables: `variables.index`, and the numbers in `variables.data-00000-of-00001`
 * and its like (https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/tensor_bundle.proto).
 * The model's graph is not read.
 */
import { InvalidError, UnsupportedError } from '../../errors';
import { DTYPE_BYTES, type DType, elements } from '../../tensor';
import { TENSOR_LIMIT } from '../safetensors';
import type { ByteSource } from '../source';
import type { Checkpoint, StoredTensor } from '../stored';
import { shown } from '../strict-json';
import { verified } from './shard';
import { isTable, readTable } from './table';
import { type Fields, numberOf, readFields } from './wire';

const RANK_LIMIT = 8;
const SHARD_LIMIT = 1000;

/** TensorFlow's numbers of its types: tensorflow/core/framework/types.proto. */
const DTYPES: ReadonlyMap<number, DType> = new Map([
  ...([
    [1, 'F32'],
    [2, 'F64'],
    [3, 'I32'],
    [4, 'U8'],
    [5, 'I16'],
    [6, 'I8'],
    [9, 'I64'],
    [10, 'BOOL'],
  ] as const),
  ...([
    [14, 'BF16'],
    [17, 'U16'],
    [19, 'F16'],
    [22, 'U32'],
    [23, 'U64'],
  ] as const),
]);
const STRING = 7;

interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly shard: number;
  readonly start: number;
  readonly end: number;
  readonly checksum: number;
}

/**
 * Reads the index of a SavedModel's variables. `files` are the model's files by their path in it, in which
 * `variables.index` is found by its content and its shards by their names beside it.
 *
 * Names are the index's own, such as `layer_with_weights-2/kernel/.ATTRIBUTES/VARIABLE_VALUE`. Strings, such as the
 * description of the objects that were saved, are left out. A tensor's checksum is checked when it is read whole.
 *
 * Throws `invalid-model` when the index or a shard is missing, damaged or contradicts another, and
 * `unsupported-model` for tensors in slices or of types Winnow does not read.
 */
export async function readSavedModel(
  files: ReadonlyMap<string, ByteSource>,
  signal?: AbortSignal,
): Promise<Checkpoint> {
  const [path, index] = await findIndex(files, signal);
  const [header, ...rest] = await readTable(index, signal);
  if (!header || header.key.byteLength > 0) throw broken(index.name, 'has no header');
  const shards = findShards(files, path, readHeader(header.value, index.name));
  if (rest.length > TENSOR_LIMIT)
    throw broken(index.name, `lists ${rest.length} tensors; the limit is ${TENSOR_LIMIT}`);
  const entries = rest.flatMap(({ key, value }) => readEntry(text(key, index.name), value, index.name) ?? []);
  const sources = shards.map((shard, number) => {
    const own = entries.filter((entry) => entry.shard === number);
    checkShard(own, shard);
    return verified(shard, own);
  });
  return new Map(entries.map((entry) => [entry.name, stored(entry, sources, index.name)]));
}

async function findIndex(
  files: ReadonlyMap<string, ByteSource>,
  signal?: AbortSignal,
): Promise<[string, ByteSource]> {
  const found: [string, ByteSource][] = [];
  for (const [path, source] of files) if (await isTable(source, signal)) found.push([path, source]);
  const [first, second] = found;
  if (first && second)
    throw new InvalidError(
      'invalid-model',
      `${first[0]} and ${second[0]} are both an index of variables. Choose the files of one model.`,
    );
  if (!first)
    throw new InvalidError('invalid-model', 'The model has no variables.index. Choose its whole folder.');
  return first;
}

/** Number of shards. Throws unless the bytes are in the order this machine and every GPU uses. */
function readHeader(bytes: Uint8Array, name: string): number {
  const header = readFields(bytes, name);
  if (numberOf(header, 2) !== 0)
    throw new UnsupportedError(
      'unsupported-model',
      `${name} belongs to a model saved in big-endian byte order.`,
    );
  const shards = numberOf(header, 1);
  if (shards < 1 || shards > SHARD_LIMIT) throw broken(name, `says that it has ${shards} shards`);
  return shards;
}

/** `variables.data-00000-of-00002` for `variables.index`. */
function findShards(
  files: ReadonlyMap<string, ByteSource>,
  index: string,
  count: number,
): readonly ByteSource[] {
  const digits = (number: number) => String(number).padStart(5, '0');
  return Array.from({ length: count }, (_, number) => {
    const path = `${index.replace(/\.index$/, '')}.data-${digits(number)}-of-${digits(count)}`;
    const shard = files.get(path);
    if (!shard)
      throw new InvalidError(
        'invalid-model',
        `${path} is missing. Choose the model’s whole folder, or its zip.`,
      );
    return shard;
  });
}

/** One tensor of the index; undefined for strings. */
function readEntry(name: string, bytes: Uint8Array, index: string): Entry | undefined {
  const fields = readFields(bytes, `${shown(name)} in ${index}`);
  const type = numberOf(fields, 1);
  if (type === STRING) return undefined;
  const dtype = DTYPES.get(type);
  if (!dtype || fields.pieces.has(7))
    throw new UnsupportedError(
      'unsupported-model',
      dtype
        ? `${shown(name)} is stored in slices.`
        : `${shown(name)} has the type ${type} of TensorFlow, which Winnow does not read.`,
    );
  const shape = readShape(fields, name, index);
  const [start, size] = [numberOf(fields, 4), numberOf(fields, 5)];
  if (size !== elements(shape) * DTYPE_BYTES[dtype])
    throw broken(index, `says that ${shown(name)}, ${dtype} [${shape}], has ${size} bytes`);
  return {
    name,
    dtype,
    shape,
    shard: numberOf(fields, 3),
    start,
    end: start + size,
    checksum: numberOf(fields, 6),
  };
}

function readShape(entry: Fields, name: string, index: string): number[] {
  const what = `The shape of ${shown(name)} in ${index}`;
  const shape = readFields(entry.pieces.get(2)?.at(-1) ?? new Uint8Array(), what);
  const sizes = shape.pieces.get(2) ?? [];
  if (sizes.length > RANK_LIMIT || numberOf(shape, 3) !== 0)
    throw broken(index, `gives ${shown(name)} no shape of at most ${RANK_LIMIT} dimensions`);
  return sizes.map((size) => numberOf(readFields(size, what), 1));
}

/** Tensors of a shard lie within it and apart from each other. */
function checkShard(entries: readonly Entry[], shard: ByteSource): void {
  let end = 0;
  for (const entry of entries.filter((one) => one.end > one.start).sort((a, b) => a.start - b.start)) {
    if (entry.start < end)
      throw broken(shard.name, `would hold ${shown(entry.name)} where another tensor lies`);
    end = entry.end;
  }
  for (const entry of entries)
    if (entry.end > shard.size)
      throw broken(shard.name, `has ${shard.size} bytes and ends before ${shown(entry.name)} does`);
}

function stored(entry: Entry, shards: readonly ByteSource[], index: string): StoredTensor {
  const { dtype, shape, start, end } = entry;
  const source = shards[entry.shard];
  if (!source)
    throw broken(index, `puts ${shown(entry.name)} into shard ${entry.shard}, which does not exist`);
  return { dtype, shape, source, start, end };
}

function text(bytes: Uint8Array, index: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidError('invalid-model', `${index} has a name that is not UTF-8 text.`, {}, { cause });
  }
}

function broken(name: string, why: string): InvalidError {
  return new InvalidError('invalid-model', `${name} ${why}. Get it again.`);
}
