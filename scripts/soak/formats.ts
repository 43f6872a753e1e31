/** Formats that are soaked: a whole file or two, how chance damages them, and who reads what is left. */
import { deflateRawSync } from 'node:zlib';
import type { Random } from '../../e2e/hostile/random';
import { readNpy } from '../../src/core/checkpoint/npy';
import { openCheckpoint } from '../../src/core/checkpoint/open';
import { readSafetensors } from '../../src/core/checkpoint/safetensors';
import { readSavedModel } from '../../src/core/checkpoint/savedmodel/read';
import {
  bundleEntry,
  bundleHeader,
  plainBundle,
  tableFile,
  varint,
} from '../../src/core/checkpoint/savedmodel/testing';
import { readShards } from '../../src/core/checkpoint/shards';
import { type ByteSource, readRange } from '../../src/core/checkpoint/source';
import { joined, npyFile, plainSafetensors, safetensorsFile, utf8 } from '../../src/core/checkpoint/testing';
import { zipFile } from '../../src/core/checkpoint/testing-zip';
import { readTfjs } from '../../src/core/checkpoint/tfjs';
import { weightShape, weightValues } from '../../src/core/checkpoint/weight';
import { elements } from '../../src/core/tensor';
import { unpackZip } from '../../src/runtime/unpack';
import { anyOf, type Format, readAll, SLACK } from './format';
import { mutate } from './mutations';
import { guard, onnx, onnxParts } from './onnx';

const SHAPES = { 'blocks.0.weight': [4, 3], 'blocks.0.bias': [4], scale: [], none: [0, 2] };

/** The header alone, whose length is then put right: otherwise most damage ends at the length. */
function damagedHeader(file: Uint8Array, random: Random): { bytes: Uint8Array; what: string } {
  const end = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
  const { bytes, what } = mutate(file.subarray(8, end), random);
  return { bytes: safetensorsFile(bytes, file.subarray(end)), what: `header: ${what}` };
}

const safetensors: Format = {
  whole: () => ({ 'model.safetensors': plainSafetensors(SHAPES) }),
  damaged: (random) => {
    if (random.below(2) === 0) return anyOf(safetensors.whole(), random);
    const { bytes, what } = damagedHeader(safetensors.whole()['model.safetensors']!, random);
    return { files: { 'model.safetensors': bytes }, what };
  },
  read: async ([source]) => readAll((await readSafetensors(source!)).tensors),
};

const SHARD_INDEX = 'model.safetensors.index.json';
const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;

const shards: Format = {
  whole: () => {
    const [first, second] = SHARDS;
    const places = { 'a.weight': first, 'a.bias': first, 'b.weight': second };
    return {
      [SHARD_INDEX]: utf8(JSON.stringify({ metadata: { total_size: 52 }, weight_map: places })),
      [first]: plainSafetensors({ 'a.weight': [2, 3], 'a.bias': [3] }),
      [second]: plainSafetensors({ 'b.weight': [2, 2] }),
    };
  },
  damaged: (random) => {
    const files = shards.whole();
    // A shard that is not there, or there under the other's name.
    const [first, second] = SHARDS;
    switch (random.below(8)) {
      case 0:
        return {
          files: { [SHARD_INDEX]: files[SHARD_INDEX]!, [first]: files[first]! },
          what: 'a shard less',
        };
      case 1:
        return { files: { ...files, [first]: files[second]! }, what: 'a shard twice' };
      case 2:
      case 3: {
        const { bytes, what } = damagedHeader(files[second]!, random);
        return { files: { ...files, [second]: bytes }, what };
      }
      default:
        return anyOf(files, random);
    }
  },
  read: async (sources) => {
    const index = sources.find(({ name }) => name === SHARD_INDEX)!;
    await readAll(
      await readShards(
        index,
        sources.filter((one) => one !== index),
      ),
    );
  },
};

const INDEX = 'variables.index';
const SHARD = 'variables.data-00000-of-00001';
const VALUES = Object.fromEntries(
  ['a/kernel', 'a/kernel_moment', 'b/bias', 'c'].map((name, i) => [name, [i, 1.5]]),
);

const savedmodel: Format = {
  whole: () => {
    const { index, data } = plainBundle(VALUES, { blockBytes: 40 });
    return { [INDEX]: index, [SHARD]: data };
  },
  damaged: (random) => {
    const { index, data } = plainBundle(VALUES);
    const kind = random.below(4);
    if (kind === 0) return anyOf({ [INDEX]: index, [SHARD]: data }, random);
    let what = '';
    const damage = (bytes: Uint8Array) => {
      const done = mutate(bytes, random);
      what = done.what;
      return done.bytes;
    };
    // Damage below the checksums, which are then put right: in an entry, in a block, in a packed block.
    const entry = bundleEntry({ name: 'a', shape: [2], offset: 0, size: 8 });
    const packed = (block: Uint8Array) =>
      joined(varint(block.length), [(60 << 2) % 256, block.length - 1], block);
    const table =
      kind === 1
        ? tableFile([bundleHeader(), [entry[0], damage(entry[1])]])
        : kind === 2
          ? plainBundle(VALUES, { compress: damage }).index
          : tableFile([bundleHeader(), entry], {
              compression: 1,
              compress: (block) => damage(packed(block)),
            });
    return {
      files: { [INDEX]: table, [SHARD]: data },
      what: `${['', 'entry', 'block', 'packed block'][kind]}: ${what}`,
    };
  },
  read: async (sources) =>
    readAll(await readSavedModel(new Map(sources.map((source) => [source.name, source])))),
};

const npy: Format = {
  whole: () => ({ 'x.npy': npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24) }),
  damaged: (random) => anyOf(npy.whole(), random),
  read: async ([source]) => readAll(new Map([['x', await readNpy(source!)]])),
};

const TOPOLOGY = {
  class_name: 'Model',
  config: {
    layers: [
      { name: 'in', class_name: 'InputLayer', config: { batch_input_shape: [null, 1] }, inbound_nodes: [] },
      { name: 'out', class_name: 'Flatten', config: {}, inbound_nodes: [[['in', 0, 0, {}]]] },
    ],
    output_layers: [['out', 0, 0]],
  },
};
const WEIGHTS = [
  { name: 'kernel', shape: [2, 3], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.1, min: -1 } },
  { name: 'bias', shape: [3], dtype: 'float32' },
];

const tfjs: Format = {
  whole: () => ({
    'model.json': utf8(
      JSON.stringify({ modelTopology: TOPOLOGY, weightsManifest: [{ paths: ['1', '2'], weights: WEIGHTS }] }),
    ),
    '1': new Uint8Array(8),
    '2': new Uint8Array(10),
  }),
  damaged: (random) => anyOf(tfjs.whole(), random),
  read: async (sources) => {
    const files = new Map<string, Uint8Array>();
    for (const source of sources) files.set(source.name, await readRange(source, 0, source.size));
    for (const weight of readTfjs(files.get('model.json')!, files).weights.values())
      if (weightValues(weight).length !== elements(weightShape(weight)))
        throw new Error('A weight is cut short.');
  },
};

const zip: Format = {
  slack: SLACK,
  whole: () => {
    const data = utf8('0123456789'.repeat(20));
    return {
      'a.zip': zipFile([
        { name: 'v/a', data, packed: deflateRawSync(data) },
        { name: 'b', data: data.slice(0, 30) },
      ]),
    };
  },
  damaged: (random) => anyOf(zip.whole(), random),
  read: async ([source]) => {
    for (const file of await unpackZip(source!)) await readRange(file, 0, file.size);
  },
};

/** A pile of all of them, one damaged: what is recognised is read, what is not is left alone. */
const pile: Format = {
  slack: SLACK,
  whole: () => ({
    ...{ ...safetensors.whole(), ...savedmodel.whole(), ...npy.whole(), ...onnx.whole(), ...zip.whole() },
    'config.json': utf8(JSON.stringify({ model_type: 'vit', id2label: { 0: 'a', 1: 'b' }, hidden_size: 8 })),
  }),
  damaged: (random) => anyOf(pile.whole(), random),
  read: async (sources) => {
    const unpack = (archive: ByteSource) => unpackZip(archive);
    const { weights, head } = await openCheckpoint(sources, { unpack });
    if (weights) await readAll(weights);
    if (head) await readAll(head);
  },
};

export const FORMATS: Readonly<Record<string, Format>> = {
  safetensors,
  shards,
  savedmodel,
  npy,
  onnx,
  'onnx-parts': onnxParts,
  guard,
  tfjs,
  zip,
  pile,
};
