// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { lookInto } from './repository';
import { testMeans } from './testing';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'b'.repeat(64)}\nsize 123\n`;

/** A Hub with one repository of these files; only those that are small have contents of their own. */
const repoOf = (files: Record<string, string>) =>
  testMeans(({ address }) => {
    const { pathname } = new URL(address);
    if (pathname.startsWith('/api/'))
      return Response.json({ sha: COMMIT, siblings: Object.keys(files).map((rfilename) => ({ rfilename })) });
    const path = pathname.split(`${COMMIT}/`)[1] ?? '';
    const text = files[decodeURIComponent(path)];
    return text === undefined ? new Response('', { status: 404 }) : new Response(text);
  });

const into = (files: Record<string, string>) =>
  lookInto({ repo: 'owner/name', endpoint: 'https://hub.example' }, repoOf(files));

describe('lookInto', () => {
  it('gives small files and what there is to choose from, with the weights a network needs beside it', async () => {
    const found = await into({
      'README.md': 'x',
      'config.json': '{"model_type":"vit"}',
      'tokenizer.json': '{}',
      'onnx/model.onnx': POINTER,
      'onnx/model.onnx_data': POINTER,
      'onnx/model_fp16.onnx': POINTER,
      'pytorch_model.bin': POINTER,
    });
    expect(found).toMatchObject({ repo: 'owner/name', revision: COMMIT });
    expect(found.small.map(({ path, bytes }) => [path, bytes.byteLength])).toEqual([
      ['config.json', 20],
      ['tokenizer.json', 2],
    ]);
    const known = { bytes: 123, sha256: 'b'.repeat(64) };
    expect(found.networks).toEqual([
      { path: 'onnx/model.onnx', ...known, beside: ['onnx/model.onnx_data'] },
      { path: 'onnx/model_fp16.onnx', ...known },
    ]);
  });

  it('asks a folder that cannot be listed for the usual names', async () => {
    const files: Record<string, string> = { 'config.json': '{}', 'onnx/model_quantized.onnx': POINTER };
    const means = testMeans(({ address }) => {
      const text = files[new URL(address).pathname.slice('/m/'.length)];
      return text === undefined
        ? new Response('', { status: 404 })
        : new Response(text.replace(/^version.*/, 'x'));
    });
    const found = await lookInto({ repo: 'owner/name', mirror: 'https://mirror.example/m' }, means);
    expect(found.networks.map(({ path }) => path)).toEqual(['onnx/model_quantized.onnx']);
  });

  it.each([
    ['pickles only', { 'config.json': '{}', 'pytorch_model.bin': POINTER }, 'run code'],
    ['code of its own', { 'config.json': '{"auto_map":{}}', 'model.safetensors': POINTER }, 'auto_map'],
    ['a tokenizer’s code', { 'tokenizer_config.json': '{"auto_map":{}}', 'model.onnx': POINTER }, 'auto_map'],
  ])('refuses %s', async (_, files, words) => {
    await expect(into(files)).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining(words),
    });
  });

  it.each([
    ['nothing', { 'README.md': 'x' }, 'not-found'],
    ['a configuration that is none', { 'config.json': '[1', 'model.onnx': POINTER }, 'invalid-model'],
  ])('of %s says so', async (_, files, code) => {
    await expect(into(files as Record<string, string>)).rejects.toMatchObject({ code });
  });
});
