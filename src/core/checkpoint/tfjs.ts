/**
 * Reader of TF.js layers models: model.json and its weight shards, as described by
 * https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts (WeightsManifestConfig).
 * Sizes are settled from model.json alone before any weight is touched.
 */
import { InvalidError, UnsupportedError } from '../errors';
import { bytesOf, DTYPE_BYTES, type DType, elements } from '../tensor';
import { asArray, asFinite, asObject, asString, asWhole, type JsonObject, own, parseJson } from './json';
import { type KerasModel, readKeras } from './keras';
import type { Weight } from './weight';

/** Largest model.json read. MobileNetV2's has 0.1 MB. */
const JSON_LIMIT = 16 * 2 ** 20;
const TENSOR_LIMIT = 10_000;
const RANK_LIMIT = 8;
const SHARD_LIMIT = 4096;

export interface TfjsModel {
  readonly keras: KerasModel;
  /** By the names of the manifest, such as `Conv1/kernel`. */
  readonly weights: ReadonlyMap<string, Weight>;
}

/** One tensor of the manifest: what it is, and how many bytes of the shards it takes. */
interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly affine?: { readonly scale: number; readonly min: number };
  readonly length: number;
}

/**
 * Reads a layers model. `shards` holds the files that the manifest names, whole. Weights are views into
 * them where a tensor lies in one shard.
 *
 * Throws `invalid-model` when anything contradicts anything else, naming it; `unsupported-model` for
 * graph models and for layers that are not a plain functional model.
 */
export function readTfjs(modelJson: Uint8Array, shards: ReadonlyMap<string, Uint8Array>): TfjsModel {
  const json = asObject(parseJson(modelJson, JSON_LIMIT, 'model.json'), 'model.json');
  const format = own(json, 'format');
  if (format !== undefined && format !== 'layers-model')
    throw new UnsupportedError('unsupported-model', 'Only TF.js layers models can be read.');
  const keras = readKeras(own(json, 'modelTopology'));
  const weights = new Map<string, Weight>();
  for (const group of asArray(own(json, 'weightsManifest'), 'weightsManifest', SHARD_LIMIT)) {
    for (const [name, weight] of readGroup(asObject(group, 'A weight group'), shards)) {
      if (weights.has(name)) throw new InvalidError('invalid-model', `${name} is listed twice.`);
      if (weights.size === TENSOR_LIMIT)
        throw new InvalidError('invalid-model', `More than ${TENSOR_LIMIT} tensors are listed.`);
      weights.set(name, weight);
    }
  }
  return { keras, weights };
}

/** A group's shards are one run of bytes; its tensors follow each other in it without gaps. */
function readGroup(group: JsonObject, shards: ReadonlyMap<string, Uint8Array>): [string, Weight][] {
  const pieces = asArray(own(group, 'paths'), 'paths', SHARD_LIMIT).map((path) => {
    const shard = shards.get(asString(path, 'A shard’s path'));
    if (!shard) throw new InvalidError('invalid-model', `The shard ${path} is missing.`);
    // Node's Buffer is a Uint8Array whose `slice` does not copy: tensors are to be plain ones.
    return bytesOf(shard);
  });
  const entries = asArray(own(group, 'weights'), 'weights', TENSOR_LIMIT).map(readEntry);
  const listed = total(entries.map((entry) => entry.length));
  const present = total(pieces.map((piece) => piece.byteLength));
  if (listed !== present)
    throw new InvalidError(
      'invalid-model',
      `The shards have ${present} bytes; the manifest lists ${listed}.`,
    );
  let offset = 0;
  return entries.map((entry) => {
    const bytes = slice(pieces, offset, entry.length);
    offset += entry.length;
    return [entry.name, toWeight(entry, bytes)];
  });
}

function readEntry(value: unknown): Entry {
  const entry = asObject(value, 'A tensor');
  const name = asString(own(entry, 'name'), 'A tensor’s name');
  const shape = asArray(own(entry, 'shape'), `The shape of ${name}`, RANK_LIMIT).map((size) =>
    asWhole(size, `A dimension of ${name}`, 0),
  );
  const { dtype, affine } = readEncoding(entry, name);
  const length = elements(shape) * DTYPE_BYTES[dtype];
  return { name, dtype, shape, length, ...(affine && { affine }) };
}

function readEncoding(entry: JsonObject, name: string): Pick<Entry, 'dtype' | 'affine'> {
  const dtype = own(entry, 'dtype');
  const quantization = own(entry, 'quantization');
  if (quantization === undefined) {
    if (dtype === 'float32') return { dtype: 'F32' };
    if (dtype === 'int32') return { dtype: 'I32' };
    if (dtype === 'bool') return { dtype: 'BOOL' };
    throw new InvalidError('invalid-model', `${name} has an unknown data type.`);
  }
  const { dtype: code, scale, min } = plainCopy(asObject(quantization, `The quantisation of ${name}`));
  if (dtype !== 'float32' || (code !== 'uint8' && code !== 'uint16' && code !== 'float16'))
    throw new InvalidError('invalid-model', `${name} is quantised in an unknown way.`);
  if (code === 'float16') return { dtype: 'F16' };
  return {
    dtype: code === 'uint8' ? 'U8' : 'U16',
    affine: { scale: asFinite(scale, `The scale of ${name}`), min: asFinite(min, `The minimum of ${name}`) },
  };
}

function plainCopy(object: JsonObject): Record<'dtype' | 'scale' | 'min', unknown> {
  return { dtype: own(object, 'dtype'), scale: own(object, 'scale'), min: own(object, 'min') };
}

function toWeight({ dtype, shape, affine }: Entry, bytes: Uint8Array): Weight {
  const tensor = { dtype, shape, bytes };
  return affine ? { kind: 'affine', codes: tensor, ...affine } : { kind: 'plain', tensor };
}

/** `length` bytes at `offset` of the pieces laid end to end; a copy only where they cross a boundary. */
function slice(pieces: readonly Uint8Array[], offset: number, length: number): Uint8Array {
  let start = offset;
  let index = 0;
  while (index < pieces.length - 1 && start >= pieces[index]!.byteLength)
    start -= pieces[index++]!.byteLength;
  const first = pieces[index] ?? new Uint8Array();
  if (start + length <= first.byteLength) return first.subarray(start, start + length);
  const out = new Uint8Array(length);
  for (let done = 0; done < length; index++, start = 0) {
    const part = pieces[index]!.subarray(start, start + length - done);
    out.set(part, done);
    done += part.byteLength;
  }
  return out;
}

/** Sum of byte counts. Throws `invalid-model` when it exceeds 2^53. */
function total(lengths: readonly number[]): number {
  const sum = lengths.reduce((a, b) => a + b, 0);
  if (!Number.isSafeInteger(sum))
    throw new InvalidError('invalid-model', 'The tensors are too large to address.');
  return sum;
}
