import { describe } from 'vitest';
import type { Broken } from '../../../scripts/soak/attempt';
import { refuses } from '../../../scripts/soak/refuses';
import { readShards } from './shards';
import { type CountedSource, plainSafetensors, source, utf8 } from './testing';

const INDEX = 'model.safetensors.index.json';
const a = source('model-00001-of-00002.safetensors', plainSafetensors({ a: [2] }));
const b = source('model-00002-of-00002.safetensors', plainSafetensors({ b: [2] }));
const map = (places: Readonly<Record<string, string>>) =>
  JSON.stringify({ metadata: {}, weight_map: places });
const both = map({ a: a.name, b: b.name });

function sharded(title: string, index: string, files: readonly CountedSource[], message: RegExp): Broken {
  const file = source(INDEX, utf8(index));
  const header = file.size + files.reduce((sum, one) => sum + one.size, 0);
  return {
    title,
    files: [file, ...files],
    run: () => readShards(file, files),
    message,
    code: 'invalid-model',
    header,
  };
}

const SHARDS: readonly Broken[] = [
  sharded('a shard that is missing', both, [a], /model-00002-of-00002.safetensors” is missing/),
  sharded('a shard twice', both, [a, b, a], /hold the same tensors/),
  sharded('a tensor in another shard', map({ a: b.name, b: b.name }), [b, a], /hold the same|lacks/),
  sharded(
    'a shard that holds another’s tensor',
    map({ a: a.name, b: a.name }),
    [a, b],
    /belongs into|hold the same/,
  ),
  sharded(
    'two shards that swapped names',
    both,
    [source(a.name, plainSafetensors({ b: [2] })), b],
    /“b”, which belongs into/,
  ),
  sharded('a tensor that is not there', map({ a: a.name, b: b.name, c: b.name }), [a, b], /lacks “c”/),
  sharded('a tensor that is not listed', map({ a: a.name }), [a, b], /“b”, which .* does not list/),
  sharded('M09 a shard in another folder', map({ a: `../${a.name}` }), [a], /names the shard/),
  sharded(
    'M09 a shard on the network',
    map({ a: 'https://example.org/a.safetensors' }),
    [a],
    /names the shard/,
  ),
  sharded('M09 a shard at an absolute path', map({ a: `C:\\${a.name}` }), [a], /names the shard/),
  sharded('a pickle as a shard', map({ a: 'pytorch_model.bin' }), [a], /names the shard/),
  sharded('a tensor listed twice', `{"weight_map":{"a":"${a.name}","a":"${a.name}"}}`, [a], /“a” twice/),
  sharded('no tensors', map({}), [a], /lists no tensors/),
  sharded('no map', '{"metadata":{}}', [a], /weight_map/),
  sharded('an index that is not JSON', '{"weight_map"', [a], /valid JSON/),
  sharded('a map of numbers', '{"weight_map":{"a":1}}', [a], /string/),
];

describe('malformed shards', () => refuses(SHARDS));
