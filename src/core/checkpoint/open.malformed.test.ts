import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Broken } from '../../../scripts/soak/attempt';
import { refuses } from '../../../scripts/soak/refuses';
import { openCheckpoint } from './open';
import { plainBundle } from './savedmodel/testing';
import { type CountedSource, joined, plainSafetensors, source, utf8 } from './testing';
import { zipFile } from './testing-zip';

function pile(
  title: string,
  files: readonly CountedSource[],
  message: RegExp,
  code = 'invalid-model',
): Broken {
  const header = 2 * files.reduce((sum, file) => sum + Math.min(file.size, 256 * 1024), 0);
  return { title, files, run: () => openCheckpoint(files), message, code, header };
}

const FORBIDDEN = /This format can run code. We never open it. Choose the safetensors/;
const pickled = (protocol: number) => joined([0x80, protocol], utf8('}q\x00.'));
const text = (name: string, content: string) => source(name, utf8(content));
const weights = () => source('model.safetensors', plainSafetensors({ a: [2] }));
const big = (text: string, bytes: number) => text + ' '.repeat(bytes - text.length);

const PILES: readonly Broken[] = [
  pile('no files', [], /None of these files/),
  pile(
    'M13 a pickle called model.safetensors',
    [source('model.safetensors', pickled(2))],
    FORBIDDEN,
    'unsupported-model',
  ),
  pile('M13 protocol 4', [source('pytorch_model.bin', pickled(4))], FORBIDDEN, 'unsupported-model'),
  pile('M13 protocol 5', [source('model.ckpt', pickled(5))], FORBIDDEN, 'unsupported-model'),
  pile('M13 protocol 0', [text('model.pkl', '(dp0\n.')], FORBIDDEN, 'unsupported-model'),
  pile(
    'M13 protocol 0 that calls',
    [text('model.pkl', 'cbuiltins\nlen\n(tR.')],
    FORBIDDEN,
    'unsupported-model',
  ),
  pile(
    'M13 PyTorch’s archive',
    [
      source(
        'head.pt',
        zipFile([
          { name: 'head/data.pkl', data: pickled(2) },
          { name: 'head/version', data: utf8('3') },
        ]),
      ),
    ],
    FORBIDDEN,
    'unsupported-model',
  ),
  pile(
    'M13 an archive with a pickle as its last file',
    [
      source(
        'a.zip',
        zipFile(
          [
            { name: 'config.json', data: utf8('{}') },
            { name: 'a/data.pkl', data: pickled(2) },
          ],
          'a comment',
        ),
      ),
    ],
    FORBIDDEN,
    'unsupported-model',
  ),
  pile('M14 GGUF', [text('model.gguf', 'GGUF\x03\0\0\0')], /GGUF/, 'unsupported-model'),
  pile(
    'M14 TensorFlow Lite',
    [text('model.tflite', '\x1c\0\0\0TFL3')],
    /TensorFlow Lite/,
    'unsupported-model',
  ),
  pile(
    'M14 Keras HDF5',
    [source('model.h5', joined([0x89], utf8('HDF\r\n\x1a\n')))],
    /HDF5/,
    'unsupported-model',
  ),
  pile(
    'M14 gzip',
    [source('model.tar.gz', Uint8Array.of(0x1f, 0x8b, 8, 0))],
    /Unpack it first/,
    'unsupported-model',
  ),
  pile('M14 a web page', [text('model.safetensors', '\n<!DOCTYPE html><html>')], /web page/),
  pile('M14 an error page in XML', [text('model.safetensors', '<?xml version="1.0"?><Error/>')], /web page/),
  pile(
    'M14 a Git LFS pointer',
    [text('model.safetensors', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n')],
    /Git LFS/,
  ),
  pile('M14 a Xet pointer', [text('model.safetensors', '# xet version 0\nfilesize = 1\n')], /Xet/),
  pile('M14 an empty file', [text('model.safetensors', '')], /empty/, 'empty-file'),
  pile('M14 zeros', [source('model.safetensors', new Uint8Array(1000))], /None of these files/),
  pile(
    'a safetensors file cut within its header',
    [source('m', plainSafetensors({ a: [2] }).subarray(0, 40))],
    /ends before its contents/,
  ),
  pile(
    'an archive cut short',
    [source('m.zip', zipFile([{ name: 'a', data: utf8('a') }]).subarray(0, -20))],
    /ends before its contents/,
  ),
  pile(
    'two files of weights',
    [weights(), source('other.safetensors', plainSafetensors({ b: [2] }))],
    /model.safetensors and other.safetensors both hold weights/,
  ),
  pile(
    'two configs',
    [weights(), text('config.json', '{"model_type":"vit"}'), text('b.json', '{"model_type":"vit"}')],
    /same part/,
  ),
  pile(
    'a config of over 1 MiB',
    [weights(), text('config.json', big('{"model_type":"vit"}', 2 ** 20 + 1))],
    /limit of a config/,
  ),
  pile(
    'a config with a key twice',
    [weights(), text('config.json', '{"model_type":"vit","model_type":"clip"}')],
    /“model_type” twice/,
  ),
  pile('a config that is not JSON', [weights(), text('config.json', '{"model_type":"vit",}')], /valid JSON/),
  pile(
    'a config nested 10,000 deep',
    [weights(), text('config.json', `{"model_type":${'['.repeat(10_000)}`)],
    /deeper/,
  ),
  pile(
    'M15 a tokenizer of over 32 MiB',
    [
      weights(),
      text('tokenizer.json', big('{"version":"1.0","truncation":null,"padding":null}', 2 ** 25 + 1)),
    ],
    /limit is 33554432/,
    'too-large',
  ),
  pile(
    'a pile of 1,001 files',
    Array.from({ length: 1001 }, (_, i) => text(`${i}`, 'x')),
    /More than 1000 files/,
    'too-large',
  ),
  pile(
    'a SavedModel without its shard',
    [source('variables.index', plainBundle({ a: [1] }).index)],
    /is missing/,
  ),
  pile(
    'two SavedModels',
    [source('a.index', plainBundle({ a: [1] }).index), source('b.index', plainBundle({ a: [1] }).index)],
    /same part/,
  ),
];

describe('malformed piles', () => refuses(PILES));

it('M13 no package that could open a pickle is installed', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const names = Object.keys(packages);
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => /pickle|\bpkl\b/i.test(name))).toEqual([]);
});
