/**
 * Reader of safetensors files (https://huggingface.co/docs/safetensors/index#format): the length of the header in
 * 8 bytes, a JSON header, the tensors' bytes. Only the header is read; tensors are ranges of the file.
 *
 * Stricter than the format where a stricter file costs nobody anything: a header of 10 MiB rather than 100,
 * 10,000 tensors, and no two empty tensors at one offset.
 */
import { InvalidError, UnsupportedError } from '../errors';
import { DTYPE_BYTES, type DType, elements } from '../tensor';
import { asArray, asObject, asWhole, type JsonObject, own } from './json';
import { type ByteSource, readRange } from './source';
import type { Checkpoint, StoredTensor } from './stored';
import { parseStrictJson, shown } from './strict-json';

/** In bytes. CLIP ViT-L/14, both towers, has 77 KB. */
export const HEADER_LIMIT = 10 * 2 ** 20;
export const TENSOR_LIMIT = 10_000;
export const RANK_LIMIT = 8;
const NAME_LIMIT = 1024;
const METADATA = '__metadata__';
const LENGTH_BYTES = 8;

/** Types the format knows and Winnow does not read. */
const OTHER_TYPES = /^(?:F8_|F6_|F4|C64|C128|U4|I4)/;

export interface Safetensors {
  readonly tensors: Checkpoint;
  /** `__metadata__`: whatever its author wrote. */
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads the header of a safetensors file.
 *
 * Throws `invalid-model` when the file breaks the format, naming the tensor where there is one, and
 * `unsupported-model` for element types that Winnow does not read.
 */
export async function readSafetensors(source: ByteSource, signal?: AbortSignal): Promise<Safetensors> {
  const length = await headerLength(source, signal);
  const start = LENGTH_BYTES + length;
  const header = parseHeader(source, await readRange(source, LENGTH_BYTES, start, signal));
  const tensors = new Map<string, StoredTensor>();
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) metadata = readMetadata(source, value);
    else tensors.set(checkedName(source, name), readEntry(source, name, value, start));
  }
  checkLayout(source, tensors, start);
  return { tensors, metadata };
}

async function headerLength(source: ByteSource, signal?: AbortSignal): Promise<number> {
  if (source.size < LENGTH_BYTES) throw broken(source, `it has ${source.size} bytes`);
  const bytes = await readRange(source, 0, LENGTH_BYTES, signal);
  // A BigInt: as a double, 2^63 would round, and a sum with it could pass for a small one.
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(HEADER_LIMIT))
    throw broken(source, `its header would have ${length} bytes, and the limit is ${HEADER_LIMIT}`);
  if (length < 2n) throw broken(source, 'its header is empty');
  if (length > BigInt(source.size - LENGTH_BYTES)) throw broken(source, 'it ends within its header');
  return Number(length);
}

function parseHeader(source: ByteSource, bytes: Uint8Array): JsonObject {
  const what = `The header of ${source.name}`;
  if (bytes[0] !== 0x7b) throw broken(source, 'its header does not begin with {');
  const rules = { depth: 3, entries: TENSOR_LIMIT, free: METADATA, list: RANK_LIMIT, whole: true };
  return asObject(parseStrictJson(bytes, rules, what), what);
}

function readMetadata(source: ByteSource, value: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(asObject(value, `The metadata of ${source.name}`));
  return new Map(
    entries.map(([key, text]) => {
      if (typeof text !== 'string') throw broken(source, `its metadata ${shown(key)} is not text`);
      return [key, text];
    }),
  );
}

function checkedName(source: ByteSource, name: string): string {
  if (name === '' || name.length > NAME_LIMIT || !name.isWellFormed())
    throw broken(source, `a tensor’s name should be 1 to ${NAME_LIMIT} characters`);
  return name;
}

/** One tensor of the header, whose bytes count from `start` in the file. */
function readEntry(source: ByteSource, name: string, value: unknown, start: number): StoredTensor {
  const entry = asObject(value, shown(name));
  const extra = Object.keys(entry).find((key) => !['dtype', 'shape', 'data_offsets'].includes(key));
  if (extra !== undefined)
    throw new UnsupportedError(
      'unsupported-model',
      `${shown(name)} in ${source.name} has the setting ${shown(extra)}, which Winnow does not know.`,
    );
  const dtype = readDtype(source, name, own(entry, 'dtype'));
  const shape = asArray(own(entry, 'shape'), `The shape of ${shown(name)}`, RANK_LIMIT).map((size) =>
    asWhole(size, `A dimension of ${shown(name)}`, 0),
  );
  const offsets = asArray(own(entry, 'data_offsets'), `The offsets of ${shown(name)}`);
  if (offsets.length !== 2) throw broken(source, `${shown(name)} has ${offsets.length} offsets, not two`);
  const [from, to] = offsets.map((offset) => asWhole(offset, `An offset of ${shown(name)}`, 0));
  if (to! < from!) throw broken(source, `${shown(name)} ends before it begins`);
  if (to! > source.size - start) throw broken(source, `${shown(name)} reaches past the end of the file`);
  const bytes = elements(shape) * DTYPE_BYTES[dtype];
  if (to! - from! !== bytes)
    throw broken(source, `${shown(name)} has ${to! - from!} bytes; ${dtype} [${shape}] takes ${bytes}`);
  return { dtype, shape, source, start: start + from!, end: start + to! };
}

function readDtype(source: ByteSource, name: string, value: unknown): DType {
  if (typeof value === 'string' && Object.hasOwn(DTYPE_BYTES, value)) return value as DType;
  if (typeof value === 'string' && OTHER_TYPES.test(value))
    throw new UnsupportedError(
      'unsupported-model',
      `${shown(name)} in ${source.name} has the type ${shown(value)}, which Winnow does not read. Choose a file of float32, float16 or bfloat16 weights.`,
    );
  throw broken(source, `${shown(name)} has an unknown data type`);
}

/** Tensors fill the file from `start` to its end, each beginning where another ends: nothing hides in between. */
function checkLayout(source: ByteSource, tensors: Checkpoint, start: number): void {
  const ranges = [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let end = start;
  let empty = -1;
  for (const [name, tensor] of ranges) {
    if (tensor.start < end) throw broken(source, `${shown(name)} overlaps another tensor`);
    if (tensor.start > end) throw broken(source, `nothing explains the bytes before ${shown(name)}`);
    if (tensor.start === tensor.end) {
      if (empty === tensor.start) throw broken(source, `${shown(name)} shares its place with another tensor`);
      empty = tensor.start;
    }
    end = tensor.end;
  }
  if (end !== source.size) throw broken(source, `its last ${source.size - end} bytes belong to no tensor`);
}

function broken(source: ByteSource, why: string): InvalidError {
  return new InvalidError(
    'invalid-model',
    `${source.name} is not a valid safetensors file: ${why}. Get it again.`,
  );
}
