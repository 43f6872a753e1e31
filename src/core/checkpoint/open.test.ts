import { describe, expect, it } from 'vitest';
import { ProtoWriter } from '../onnx/proto';
import { openCheckpoint } from './open';
import { plainBundle } from './savedmodel/testing';
import { readFloat32 } from './stored';
import { joined, plainSafetensors, source, utf8 } from './testing';
import { zipFile } from './testing-zip';

const json = (name: string, value: unknown) => source(name, utf8(JSON.stringify(value)));
const weights = () => source('clip/model.safetensors', plainSafetensors({ a: [2] }));
const onnx = (name: string) =>
  source(name, new ProtoWriter().integer(1, 10).bytes(7, new Uint8Array(9)).finish());
const pickle = source('pytorch_model.bin', joined([0x80, 2], utf8('}.')));
const { index, data } = plainBundle({ kernel: [1, 2, 3] });
const reasons = (opened: { ignored: readonly { file: { name: string }; reason: string }[] }) =>
  Object.fromEntries(opened.ignored.map(({ file, reason }) => [file.name, reason]));

describe('openCheckpoint', () => {
  it('sorts a repository’s files, whatever they are called', async () => {
    const tokenizer = json('c', { version: '1.0', truncation: null, padding: null });
    const opened = await openCheckpoint([
      json('a', { model_type: 'vit', hidden_size: 8 }),
      source('b', plainSafetensors({ a: [2] })),
      tokenizer,
      json('d', { tokenizer_class: 'X' }),
      json('e', { image_mean: [0.5], image_std: [0.5] }),
      source('README.md', utf8('# A model')),
      pickle,
    ]);
    expect([...opened.weights!.keys()]).toEqual(['a']);
    expect(opened.config).toEqual({ model_type: 'vit', hidden_size: 8 });
    expect(opened.tokenizer).toBe(tokenizer);
    expect(opened.tokenizerConfig).toEqual({ tokenizer_class: 'X' });
    expect(opened.preprocessor).toEqual({ image_mean: [0.5], image_std: [0.5] });
    expect(opened.onnx).toEqual([]);
    expect(opened.head).toBeUndefined();
    expect(reasons(opened)).toMatchObject({
      'README.md': expect.stringContaining('no kind of file'),
      'pytorch_model.bin': expect.stringContaining('never open it'),
    });
  });

  it('reads a tower beside a SavedModel in a folder, whose shard may look like anything', async () => {
    const folder = 'head/variables/variables';
    // Numbers that begin as a zip that is cut short.
    const shard = joined(utf8('PK\x03\x04'), data.subarray(4));
    const opened = await openCheckpoint([
      weights(),
      source(`${folder}.data-00000-of-00001`, shard),
      source(`${folder}.index`, index),
      source('head/saved_model.pb', new ProtoWriter().integer(1, 1).bytes(2, new Uint8Array(9)).finish()),
    ]);
    expect([...opened.weights!.keys()]).toEqual(['a']);
    expect([...opened.head!.keys()]).toEqual(['kernel']);
    expect(reasons(opened)).toEqual({ 'head/saved_model.pb': expect.stringContaining('only the variables') });
  });

  it('takes the published one of several that could be the weights, and none where the card reads ONNX', async () => {
    const others = ['input.safetensors', 'expected.safetensors'].map((name) =>
      source(`clip/${name}`, plainSafetensors({ x: [1] })),
    );
    const opened = await openCheckpoint([...others, weights()], {
      published: ['model.safetensors', 'config.json'],
    });
    expect([...opened.weights!.keys()]).toEqual(['a']);
    expect(reasons(opened)['clip/input.safetensors']).toContain('Another file of this part');
    const fromOnnx = await openCheckpoint([...others, onnx('onnx/model.onnx')], {
      published: ['onnx/model.onnx'],
    });
    expect(fromOnnx.weights).toBeUndefined();
    expect(fromOnnx.onnx.map(({ name }) => name)).toEqual(['onnx/model.onnx']);
    await expect(openCheckpoint(others, { published: ['onnx/model.onnx'] })).rejects.toThrow(
      /both hold weights/,
    );
    await expect(openCheckpoint([...others, weights()])).rejects.toThrow(/both hold weights/);
  });

  it('unpacks an archive where it is told how, once', async () => {
    const files = [source('v/variables.index', index), source('v/variables.data-00000-of-00001', data)];
    const inner = source('inner.zip', zipFile([{ name: 'x', data: utf8('x') }]));
    const archive = source('head.zip', zipFile([{ name: 'v/variables.index', data: index }]));
    const opened = await openCheckpoint([archive], { unpack: async () => [...files, inner] });
    expect(await readFloat32(opened.head!.get('kernel')!)).toEqual(Float32Array.of(1, 2, 3));
    expect(reasons(opened)).toEqual({ 'head.zip/inner.zip': expect.stringContaining('Unpack it first') });
    expect(reasons(await openCheckpoint([weights(), archive]))).toEqual({
      'head.zip': expect.stringContaining('Unpack it first'),
    });
  });

  it('joins shards', async () => {
    const opened = await openCheckpoint([
      json('model.safetensors.index.json', { weight_map: { a: '1.safetensors', b: '2.safetensors' } }),
      source('2.safetensors', plainSafetensors({ b: [1] })),
      source('1.safetensors', plainSafetensors({ a: [1] })),
    ]);
    expect([...opened.weights!.keys()].sort()).toEqual(['a', 'b']);
    expect(opened.ignored).toEqual([]);
  });

  it('takes the config nearest to the top folder, and all ONNX files', async () => {
    const opened = await openCheckpoint([
      json('guard/encoder/config.json', { model_type: 'inner' }),
      json('guard/config.json', { model_type: 'outer' }),
      onnx('guard/onnx/model.onnx'),
      onnx('guard/onnx/model_quantized.onnx'),
    ]);
    expect(opened.config).toEqual({ model_type: 'outer' });
    expect(opened.onnx.map(({ name }) => name)).toEqual([
      'guard/onnx/model.onnx',
      'guard/onnx/model_quantized.onnx',
    ]);
    expect(reasons(opened)).toEqual({ 'guard/encoder/config.json': 'Another file of this part is used.' });
  });
});
