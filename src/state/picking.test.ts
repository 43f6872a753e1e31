import { describe, expect, it } from 'vitest';
import { cardFor, headOnly, type PickedFile, pickedFor, readable } from './picking';
import { installableCard, installedState } from './testing';

const file = (path: string, size = 1): PickedFile => ({ path, file: new Blob(['x'.repeat(size)]) });
const paths = (files: readonly PickedFile[]) => files.map(({ path }) => path);

const vit = installableCard('vit', [
  { role: 'weights', path: 'model.safetensors', bytes: 120_000 },
  { role: 'config', path: 'config.json' },
]);
const other = installableCard('other', [
  { role: 'weights', path: 'model.safetensors', bytes: 130_000 },
  { role: 'config', path: 'config.json' },
]);
const guard = installableCard('guard', [
  { role: 'network', path: 'onnx/model_quantized.onnx' },
  { role: 'tokenizer', path: 'tokenizer.json' },
  { role: 'tokenizer-config', path: 'tokenizer_config.json', optional: true },
]);

describe('files for a card', () => {
  it('are found in a folder as it was downloaded, and nothing else is read', () => {
    const folder = [
      '.gitattributes',
      'README.md',
      'config.json',
      'model.safetensors',
      'pytorch_model.bin',
      'a.png',
    ];
    const { complete, use, left } = pickedFor(
      vit,
      folder.map((name) => file(`vit/${name}`)),
    );
    expect(complete).toBe(true);
    expect(paths(use)).toEqual(['vit/config.json', 'vit/model.safetensors']);
    expect(left).toHaveLength(4);
  });

  it('are found by their exact size under another name', () => {
    const { complete, use } = pickedFor(vit, [file('renamed.safetensors', 120_000), file('config.json')]);
    expect(complete).toBe(true);
    expect(use).toHaveLength(2);
  });

  it('are found by their kind when only one file can be meant', () => {
    expect(pickedFor(vit, [file('renamed.safetensors'), file('config (1).json')]).complete).toBe(true);
    expect(pickedFor(vit, [file('a.safetensors'), file('b.safetensors'), file('config.json')]).complete).toBe(
      false,
    );
  });

  it('come from their own folder first', () => {
    const { use } = pickedFor(guard, [
      file('g/onnx/model.onnx'),
      file('g/onnx/model_quantized.onnx'),
      file('g/tokenizer.json'),
    ]);
    expect(paths(use)).toEqual(['g/onnx/model_quantized.onnx', 'g/tokenizer.json']);
  });

  it('bring the weights that a graph keeps beside it', () => {
    const { use } = pickedFor(guard, [
      file('model_quantized.onnx'),
      file('model_quantized.onnx_data'),
      file('tokenizer.json'),
    ]);
    expect(paths(use)).toContain('model_quantized.onnx_data');
  });

  it('are not complete while one that must be there is missing', () => {
    const { complete, wanted } = pickedFor(guard, [file('tokenizer.json')]);
    expect(complete).toBe(false);
    expect(wanted.map(({ picked }) => picked !== undefined)).toEqual([false, true, false]);
  });

  it('all go along when names say nothing: what they are, their content says', () => {
    const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'config.json'];
    const { complete, use } = pickedFor(
      vit,
      [...shards, 'README.md'].map((name) => file(name)),
    );
    expect(complete).toBe(false);
    expect(paths(use)).toEqual(shards);
  });

  it('M13: a lone pickle goes along, so that it is refused with the reason', () => {
    expect(paths(readable([file('pytorch_model.bin'), file('README.md')]))).toEqual(['pytorch_model.bin']);
    expect(paths(readable([file('notes.txt')]))).toEqual(['notes.txt']);
  });
});

describe('a head without its tower', () => {
  const clip = installableCard('clip', [
    { role: 'weights', path: 'model.safetensors', optional: true },
    { role: 'head', path: 'head.zip', bytes: 5 },
  ]);

  it('is worth installing, but waits to be told so', () => {
    expect(pickedFor(clip, [file('head.zip', 5)])).toMatchObject({ complete: true, full: false });
    expect(pickedFor(clip, [file('head.zip', 5), file('clip.safetensors')])).toMatchObject({ full: true });
    expect(pickedFor(clip, [file('clip.safetensors')])).toMatchObject({ complete: false });
  });

  it('is known again by the files it was installed from', () => {
    const from = (...names: string[]) =>
      installedState(clip, { files: names.map((name) => ({ name, bytes: 1 })) });
    expect(headOnly(from('head.zip'))).toBe(true);
    expect(headOnly(from('head.zip', 'clip.safetensors'))).toBe(false);
    expect(headOnly(installedState(vit, { files: [{ name: 'model.safetensors', bytes: 1 }] }))).toBe(false);
    expect(headOnly({ card: clip })).toBe(false);
  });
});

describe('the card for files', () => {
  it('is the one whose large file has exactly that size', () => {
    expect(cardFor([vit, other, guard], [file('x', 130_000)])).toBe(other);
  });

  it('is the one whose repository the folder is named after', () => {
    const named = { ...vit, source: { name: 'authors/The-Model', url: '', revision: 'main' } };
    expect(cardFor([named, other], [file('the-model/model.safetensors')])).toBe(named);
    expect(cardFor([named, other], [file('models--authors--The-Model/config.json')])).toBe(named);
    expect(cardFor([named, other], [file('another-model/config.json')])).toBeUndefined();
  });

  it('is nobody’s when names are everybody’s', () => {
    expect(cardFor([vit, other, guard], [file('model.safetensors'), file('config.json')])).toBeUndefined();
    expect(cardFor([vit, guard], [file('g/onnx/model_quantized.onnx')])).toBeUndefined();
  });

  it('is the one that alone asks for a file of that name', () => {
    const clip = installableCard('clip', [{ role: 'head', path: 'clip_head.zip' }]);
    expect(cardFor([vit, guard, clip], [file('clip_head.zip')])).toBe(clip);
  });
});
