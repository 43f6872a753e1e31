import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../onnx/graph';
import { ProtoWriter } from '../onnx/proto';
import { writeModel } from '../onnx/write';
import { float32Tensor } from '../tensor';
import { type FileKind, PICKLE_REFUSAL, refusal } from './kinds';
import { plainBundle } from './savedmodel/testing';
import { sniff } from './sniff';
import { joined, npyFile, plainSafetensors, safetensorsFile, source, utf8 } from './testing';
import { zipFile } from './testing-zip';

function onnxFile(): Uint8Array {
  const builder = new GraphBuilder('sniff');
  const x = builder.input('x', 'F32', ['batch', 300]);
  const w = builder.initializer('w', float32Tensor(new Float32Array(300), [300]));
  builder.output(builder.add('Mul', [x, w]), 'y', 'F32', ['batch', 300]);
  return writeModel(builder.build());
}

const json = (value: unknown) => utf8(JSON.stringify(value));
const zip = (...names: readonly string[]) => zipFile(names.map((name) => ({ name, data: utf8(name) })));
const savedModel = new ProtoWriter().integer(1, 1).bytes(2, new Uint8Array(500)).finish();

const FILES: readonly (readonly [string, FileKind, Uint8Array])[] = [
  ['safetensors', 'safetensors', plainSafetensors({ a: [2] })],
  // A header of 0x280 bytes: 80 02, as a pickle begins.
  ['safetensors that begin as a pickle', 'safetensors', safetensorsFile(`{}${' '.repeat(0x27e)}`)],
  ['safetensors cut within the header', 'truncated', plainSafetensors({ a: [2] }).subarray(0, 50)],
  ['ONNX', 'onnx', onnxFile()],
  ['ONNX, cut short', 'truncated', onnxFile().subarray(0, 200)],
  ['the index of a bundle', 'tensor-bundle', plainBundle({ a: [1] }).index],
  ['saved_model.pb', 'saved-model-graph', savedModel],
  ['.npy', 'npy', npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 4)],
  ['.npz', 'npz', zip('a.npy', 'b.npy')],
  ['a zip', 'zip', zip('config.json', 'a.npy')],
  ['a zip with a comment', 'zip', zipFile([{ name: 'a', data: utf8('a') }], 'c'.repeat(3000))],
  ['a zip of nothing', 'zip', zip()],
  ['a zip cut short', 'truncated', zip('config.json').subarray(0, 40)],
  ['M13 PyTorch’s zip', 'pickle', zip('archive/data.pkl', 'archive/data/0')],
  ['M13 a zip with a pickle among others', 'pickle', zip('config.json', 'x.PKL')],
  ['M13 a pickle of protocol 2', 'pickle', joined([0x80, 2], utf8('}.'))],
  [
    'M13 PyTorch’s old format',
    'pickle',
    joined([0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]),
  ],
  ['M13 a pickle of protocol 5', 'pickle', joined([0x80, 5, 0x95], new Uint8Array(9))],
  ['M14 GGUF', 'gguf', utf8('GGUF\x03\0\0\0')],
  ['M14 TensorFlow Lite', 'tflite', utf8('\x1c\0\0\0TFL3\0\0')],
  ['M14 HDF5', 'hdf5', joined([0x89], utf8('HDF\r\n\x1a\n'))],
  ['gzip', 'gzip', Uint8Array.of(0x1f, 0x8b, 8)],
  ['a web page', 'web-page', utf8('\r\n <!doctype HTML>\n<html>')],
  ['a Git LFS pointer', 'lfs-pointer', utf8('version https://git-lfs.github.com/spec/v1\n')],
  ['a Xet pointer', 'lfs-pointer', utf8('# xet version 0\n')],
  ['nothing', 'empty', new Uint8Array()],
  ['a byte', 'unknown', Uint8Array.of(8)],
  ['zeros', 'unknown', new Uint8Array(5000)],
  ['text', 'unknown', utf8('# A model\n\nIt classifies.')],
  ['a transformers config', 'config', json({ _name: 1, id2label: { 0: 'a' }, model_type: 'vit' })],
  ['a timm config', 'config', json({ architecture: 'vit_tiny_patch16_384', pretrained_cfg: {} })],
  ['a preprocessor’s config', 'preprocessor', json({ do_resize: true, image_mean: [0.5], image_std: [0.5] })],
  [
    'a tokenizer',
    'tokenizer',
    json({ version: '1.0', truncation: null, padding: null, added_tokens: [], model: {} }),
  ],
  ['a tokenizer’s config', 'tokenizer-config', json({ added_tokens_decoder: {}, tokenizer_class: 'X' })],
  ['an index of shards', 'shard-index', json({ metadata: {}, weight_map: { a: 'b' } })],
  ['a TF.js model', 'tfjs', json({ format: 'layers-model', modelTopology: {}, weightsManifest: [] })],
  ['other JSON', 'json', json({ a: { model_type: 'a key within another object' } })],
  [
    'a vocabulary',
    'json',
    json(Object.fromEntries(['architecture', ...Array(2000).keys()].map((key, i) => [key, i]))),
  ],
  ['another library’s config', 'json', json({ __version__: {}, model_type: 'SentenceTransformer' })],
  ['a JSON list', 'json', json([1, 2])],
  ['JSON whose value is named as a key', 'json', json({ a: 'model_type' })],
];

describe('sniff', () => {
  it.each(FILES)('%s is %s', async (_, kind, bytes) => {
    // The name says another thing each time, and changes nothing.
    const names = ['model.safetensors', 'model.onnx', 'config.json', 'x.pkl', ''];
    for (const name of names) expect(await sniff(source(name, bytes))).toBe(kind);
  });

  it('reads a few KiB of a file of weights, and half a MiB of JSON', async () => {
    const weights = source('w', plainSafetensors({ a: [1_000_000] }));
    await sniff(weights);
    expect(weights.bytesRead).toBe(4096);
    const tokenizer = source(
      't',
      json({ version: '1.0', truncation: null, padding: null, model: 'x'.repeat(2 ** 22) }),
    );
    expect(await sniff(tokenizer)).toBe('tokenizer');
    expect(tokenizer.bytesRead).toBeLessThan(2 ** 19);
  });

  it('steps over the weights of an ONNX file', async () => {
    const model = new ProtoWriter()
      .integer(1, 10)
      .bytes(7, new Uint8Array(2 ** 22))
      .finish();
    const file = source('m', model);
    expect(await sniff(file)).toBe('onnx');
    expect(file.bytesRead).toBeLessThan(2 ** 14);
  });

  it('M13 says of pickles that they can run code, and what to choose', () => {
    expect(refusal('pickle', 'a.pt')?.message).toBe(`a.pt: ${PICKLE_REFUSAL}`);
    expect(PICKLE_REFUSAL).toMatch(/^This format can run code\. We never open it\. Choose the safetensors/);
  });
});
