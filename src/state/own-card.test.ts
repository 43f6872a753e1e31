import { describe, expect, it } from 'vitest';
import type { ImageInput, ModelCard } from '../catalog/card';
import { type OwnForm, ownCard, startForm } from './own-card';
import { recognise, suggest } from './own-config';
import type { PickedFile } from './picking';
import { installableCard } from './testing';

const file = (path: string, value: unknown = 'x'): PickedFile => ({
  path,
  file: new Blob([typeof value === 'string' ? value : JSON.stringify(value)]),
});
const IMAGE: ImageInput = {
  ...{ kind: 'image', width: 64, height: 64, resample: 'bicubic', fit: 'crop', cropFraction: 1 },
  ...{ mean: [0, 0, 0], std: [1, 1, 1], layout: 'NCHW' },
};
const timm = {
  architecture: 'vit_tiny_patch16_384',
  pretrained_cfg: {
    label_names: ['NSFW', 'SFW'],
    input_size: [3, 64, 64],
    interpolation: 'bicubic',
    crop_pct: 0.9,
    crop_mode: 'center',
    mean: [0.5, 0.4, 0.3],
    std: [0.1, 0.2, 0.3],
  },
};
const files = [file('mine/model.safetensors'), file('mine/config.json', timm)];

describe('what the files say', () => {
  it('of a timm model: labels, size, normalisation, resampling, crop', async () => {
    expect(await suggest(files)).toMatchObject({
      task: 'image',
      architecture: 'vit_tiny_patch16_384',
      labels: ['NSFW', 'SFW'],
      size: 64,
      mean: [0.5, 0.4, 0.3],
      std: [0.1, 0.2, 0.3],
      resample: 'bicubic',
      fit: 'crop',
      cropFraction: 0.9,
      from: ['config.json'],
    });
  });

  it('of a timm model that says its name only: the size in it', async () => {
    const found = await suggest([file('config.json', { architecture: 'eva02_base_patch14_448' })]);
    expect(found).toMatchObject({ task: 'image', size: 448 });
  });

  it('of a transformers model: labels by number, preprocessing beside them', async () => {
    const found = await suggest([
      file('config.json', { model_type: 'vit', image_size: 384, id2label: { 1: 'nsfw', 0: 'normal' } }),
      file('preprocessor_config.json', {
        size: { height: 224, width: 224 },
        resample: 2,
        image_mean: [0.5, 0.5, 0.5],
        image_std: [0.5, 0.5, 0.5],
      }),
    ]);
    expect(found).toMatchObject({
      labels: ['normal', 'nsfw'],
      size: 224,
      resample: 'bilinear',
      fit: 'stretch',
    });
  });

  it('of a text model: its limit, where it has one', async () => {
    const config = {
      problem_type: 'multi_label_classification',
      max_position_embeddings: 512,
      id2label: { 0: 'a' },
    };
    const words = { model_max_length: 1e30 };
    const found = await suggest([
      file('config.json', config),
      file('tokenizer.json'),
      file('tokenizer_config.json', words),
    ]);
    expect(found).toMatchObject({ task: 'text', maxTokens: 512, activation: 'sigmoid' });
  });

  it.each([
    ['not JSON', '{'],
    ['a list', []],
    [
      'numbers for words',
      { architecture: 7, label_names: [1, 2], pretrained_cfg: { mean: 'x', input_size: 3 } },
    ],
    ['labels with holes', { id2label: { 0: 'a', 2: 'b' } }],
    ['labels of another prototype', { id2label: { __proto__: null, constructor: 'x' } }],
    ['a size that is none', { image_size: -1 }],
  ])('is nothing for %s', async (_, value) => {
    const found = await suggest([file('config.json', value)]);
    expect(found.labels).toBeUndefined();
    expect(found.size).toBeUndefined();
    expect(found.mean).toBeUndefined();
  });

  it('is not read from a file larger than any configuration', async () => {
    expect(
      await suggest([file('config.json', `{"image_size": 8, "x": "${'y'.repeat(1_100_000)}"}`)]),
    ).toEqual({
      from: [],
    });
  });
});

describe('the card of files', () => {
  const sized = (id: string, width: number): ModelCard => ({
    ...installableCard(id, [{ role: 'weights', path: 'model.safetensors' }]),
    labels: [{ name: 'nsfw' }, { name: 'sfw' }],
    input: { ...IMAGE, width, height: width },
  });

  it('is the one with their labels in their order, and their size', async () => {
    const [small, large] = [sized('small', 64), sized('large', 384)];
    expect(await recognise([small, large], files)).toBe(small);
    expect(await recognise([large], files)).toBeUndefined();
    expect(await recognise([small, { ...small, id: 'twin' }], files)).toBeUndefined();
    const swapped = { ...small, labels: [{ name: 'sfw' }, { name: 'nsfw' }] };
    expect(await recognise([swapped], files)).toBeUndefined();
  });
});

async function form(change: Partial<OwnForm> = {}): Promise<OwnForm> {
  return { ...startForm(await suggest(files), files), ...change };
}

async function errorsOf(change: Partial<OwnForm>): Promise<Record<string, string>> {
  const result = ownCard(await form(change), files, []);
  return 'errors' in result ? result.errors : {};
}

describe('a card of one’s own', () => {
  it('starts from the files: the folder’s name, and every label a risk that does not read harmless', async () => {
    const { name, labels, size, crop } = await form();
    expect({ name, size, crop }).toEqual({ name: 'mine', size: '64', crop: '90' });
    expect(labels.map(({ risk }) => risk)).toEqual([true, false]);
  });

  it('is made of what was filled in', async () => {
    const result = ownCard(await form({ name: ' My Modèle! ' }), files, ['own-my-modele']);
    expect(result).toMatchObject({
      card: {
        id: 'own-my-modele-2',
        name: 'My Modèle!',
        task: 'image',
        input: {
          kind: 'image',
          width: 64,
          height: 64,
          fit: 'crop',
          cropFraction: 0.9,
          mean: [0.5, 0.4, 0.3],
        },
        scores: [
          { name: 'NSFW', risk: true, review: 0.5, block: 0.8 },
          { name: 'SFW', risk: false },
        ],
        install: { family: 'timm-vit' },
      },
    });
  });

  it.each([
    ['name', { name: ' ' }],
    ['size', { size: '12.5' }],
    ['size', { size: '99999' }],
    ['mean', { mean: '0.5, 0.5' }],
    ['std', { std: '0.5, 0, 0.5' }],
    ['crop', { crop: '0' }],
    ['maxTokens', { reads: 'text', maxTokens: 'many' }],
    ['labels', { labels: [] }],
    ['labels', { labels: [{ name: 'a', risk: false, review: '', block: '' }] }],
    ['label-0', { labels: [{ name: '', risk: true, review: '0.1', block: '0.2' }] }],
    ['line-0', { labels: [{ name: 'a', risk: true, review: '0.9', block: '0.2' }] }],
    ['line-0', { labels: [{ name: 'a', risk: true, review: '', block: '0.2' }] }],
    ['line-0', { labels: [{ name: 'a', risk: true, review: '0.1', block: '2' }] }],
  ] as const)('says what is wrong with %s', async (field, change) => {
    expect(Object.keys(await errorsOf(change as Partial<OwnForm>))).toEqual([field]);
  });

  it('M16: two outputs of one name are refused: nobody could tell them apart', async () => {
    const twice = { name: 'a', risk: true, review: '0.5', block: '0.8' };
    expect(await errorsOf({ labels: [twice, twice] })).toHaveProperty('label-1');
  });

  it('of a head alone reads embeddings, and nothing about pixels is asked', async () => {
    const result = ownCard(await form({ reads: 'embedding', size: '', mean: '' }), files, []);
    expect(result).toMatchObject({ card: { input: { kind: 'embedding' }, install: { family: 'mlp-head' } } });
  });

  it('needs files', async () => {
    expect(ownCard(await form(), [], [])).toMatchObject({ errors: { files: expect.any(String) } });
  });
});
