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
import { type ByteSource, readRange } from '../../src/core/checkpoint/source';
import { type Checkpoint, readTensor } from '../../src/core/checkpoint/stored';
import { joined, npyFile, plainSafetensors, safetensorsFile, utf8 } from '../../src/core/checkpoint/testing';
import { zipFile } from '../../src/core/checkpoint/testing-zip';
import { readTfjs } from '../../src/core/checkpoint/tfjs';
import { weightShape, weightValues } from '../../src/core/checkpoint/weight';
import { GraphBuilder } from '../../src/core/onnx/graph';
import { readOnnx } from '../../src/core/onnx/read';
import { writeModel } from '../../src/core/onnx/write';
import { elements, float32Tensor } from '../../src/core/tensor';
import { unpackZip } from '../../src/runtime/unpack';
import { mutate } from './mutations';

/** Files by name. */
export type Files = Readonly<Record<string, Uint8Array>>;

export interface Format {
  /** Whole files: they must be read without an error. */
  readonly whole: () => Files;
  /** Damaged ones, and what was done to them. */
  readonly damaged: (random: Random) => { files: Files; what: string };
  /** Reads everything there is. Throws as the reader does; Error where something lies out of bounds. */
  readonly read: (sources: readonly ByteSource[]) => Promise<void>;
}

const SHAPES = { 'blocks.0.weight': [4, 3], 'blocks.0.bias': [4], scale: [], none: [0, 2] };

/** One of the files mutated. */
function anyOf(files: Files, random: Random): { files: Files; what: string } {
  const names = Object.keys(files);
  const name = names[random.below(names.length)]!;
  const { bytes, what } = mutate(files[name]!, random);
  return { files: { ...files, [name]: bytes }, what: `${name}: ${what}` };
}

async function readAll(tensors: Checkpoint): Promise<void> {
  for (const [name, tensor] of tensors) {
    const { start, end, source } = tensor;
    if (!(Number.isInteger(start) && 0 <= start && start <= end && end <= source.size))
      throw new Error(`${name} lies from ${start} to ${end} of ${source.size}`);
    await readTensor(tensor);
  }
}

const safetensors: Format = {
  whole: () => ({ 'model.safetensors': plainSafetensors(SHAPES) }),
  damaged: (random) => {
    const file = safetensors.whole()['model.safetensors']!;
    if (random.below(2) === 0) return anyOf({ 'model.safetensors': file }, random);
    // The header alone, whose length is then put right: otherwise most damage ends at the length.
    const end = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
    const { bytes, what } = mutate(file.subarray(8, end), random);
    return {
      files: { 'model.safetensors': safetensorsFile(bytes, file.subarray(end)) },
      what: `header: ${what}`,
    };
  },
  read: async ([source]) => readAll((await readSafetensors(source!)).tensors),
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

const onnx: Format = {
  whole: () => {
    const builder = new GraphBuilder('soak');
    const x = builder.input('x', 'F32', ['batch', 4]);
    const weight = builder.initializer(
      'weight',
      float32Tensor(Float32Array.from({ length: 600 }, Math.sqrt), [4, 150]),
    );
    const bias = builder.initializer('bias', float32Tensor(new Float32Array(150), [150]));
    const product = builder.add('Gemm', [x, weight, bias]);
    builder.output(builder.add('Relu', [product]), 'y', 'F32', ['batch', 150]);
    return { 'model.onnx': writeModel(builder.build()) };
  },
  damaged: (random) => anyOf(onnx.whole(), random),
  read: async ([source]) => readAll((await readOnnx(source!)).weights),
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
  savedmodel,
  npy,
  onnx,
  tfjs,
  zip,
  pile,
};
