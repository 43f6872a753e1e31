/**
 * Checkpoints in several safetensors files: `model.safetensors.index.json` says which file holds which tensor
 * (https://huggingface.co/docs/transformers/big_models#sharded-checkpoints).
 */
import { InvalidError } from '../errors';
import { asObject, asString, own } from './json';
import { readSafetensors, TENSOR_LIMIT } from './safetensors';
import { type ByteSource, readRange } from './source';
import type { Checkpoint, StoredTensor } from './stored';
import { parseStrictJson, shown } from './strict-json';

/** In bytes. An index of 10,000 tensors has about 1 MB. */
export const INDEX_LIMIT = 4 * 2 ** 20;

/**
 * Reads the headers of all shards and joins them. `files` are the shards, in any order; a shard is known by the
 * tensors in it, so it may have been renamed.
 *
 * Throws `invalid-model` naming the shard that is missing or there twice, or the tensor that is missing, unlisted or
 * in another shard than the index says; otherwise as `readSafetensors`.
 */
export async function readShards(
  index: ByteSource,
  files: readonly ByteSource[],
  signal?: AbortSignal,
): Promise<Checkpoint> {
  const places = await readIndex(index, signal);
  const shards = new Set(places.values());
  const found = new Map<string, ByteSource>();
  const tensors = new Map<string, StoredTensor>();
  for (const file of files) {
    const { tensors: held } = await readSafetensors(file, signal);
    const shard = shardOf(file, held, places, shards, index);
    const other = found.get(shard);
    if (other) throw broken(`${file.name} and ${other.name} hold the same tensors, those of ${shown(shard)}`);
    found.set(shard, file);
    for (const [name, tensor] of held) tensors.set(name, tensor);
  }
  for (const [name, shard] of places) {
    const file = found.get(shard);
    if (!file) throw broken(`${shown(shard)} is missing, which ${index.name} names`);
    if (!tensors.has(name)) throw broken(`${file.name} lacks ${shown(name)}, which ${index.name} puts there`);
  }
  return tensors;
}

/** The shard of each tensor. */
async function readIndex(index: ByteSource, signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
  if (index.size > INDEX_LIMIT)
    throw broken(`${index.name} has ${index.size} bytes; the limit is ${INDEX_LIMIT}`);
  const bytes = await readRange(index, 0, index.size, signal);
  const json = asObject(
    parseStrictJson(bytes, { depth: 4, entries: TENSOR_LIMIT, list: 1000 }, index.name),
    index.name,
  );
  const entries = Object.entries(asObject(own(json, 'weight_map'), `The weight_map of ${index.name}`));
  if (entries.length === 0) throw broken(`${index.name} lists no tensors`);
  return new Map(
    entries.map(([name, shard]) => [name, flatName(asString(shard, `The shard of ${shown(name)}`), index)]),
  );
}

/** M09: a shard lies beside its index, wherever that is. */
function flatName(shard: string, index: ByteSource): string {
  if (!/^[\w-][\w.-]*\.safetensors$/.test(shard))
    throw broken(`${index.name} names the shard ${shown(shard)}`);
  return shard;
}

/** Which shard of the index a file is: by its name where that is one, and by its tensors in every case. */
function shardOf(
  file: ByteSource,
  held: Checkpoint,
  places: ReadonlyMap<string, string>,
  shards: ReadonlySet<string>,
  index: ByteSource,
): string {
  const named = file.name.split('/').at(-1) ?? '';
  let shard = shards.has(named) ? named : undefined;
  for (const name of held.keys()) {
    const place = places.get(name);
    if (place === undefined)
      throw broken(`${file.name} holds ${shown(name)}, which ${index.name} does not list`);
    shard ??= place;
    if (place !== shard)
      throw broken(`${file.name} holds ${shown(name)}, which belongs into ${shown(place)}`);
  }
  if (shard === undefined) throw broken(`${file.name} holds no tensors`);
  return shard;
}

function broken(why: string): InvalidError {
  return new InvalidError('invalid-model', `${why}. Choose the index and all shards of one model.`);
}
