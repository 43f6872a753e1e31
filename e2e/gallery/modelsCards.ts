/** Cards that look like those of the catalog, for the gallery: sizes and words are placeholders. */
import type { CardFile, ImageInput, ModelCard } from '../../src/catalog/card';

const image = (size: number): ImageInput => ({
  kind: 'image',
  width: size,
  height: size,
  resample: 'bicubic',
  fit: 'stretch',
  cropFraction: 1,
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
  layout: 'NCHW',
});

interface Some {
  readonly id: string;
  readonly name: string;
  readonly facts: string;
  readonly files: readonly CardFile[];
  readonly more?: Partial<ModelCard>;
}

function card({ id, name, facts, files, more = {} }: Some): ModelCard {
  return {
    id,
    name,
    task: 'image',
    summary: 'Rates a picture and says how sure it is. One number per label, from 0 to 1.',
    facts,
    source: { name: `authors/${id}`, url: 'https://example.org/', revision: '0123456789'.repeat(4) },
    licence: 'Apache-2.0',
    languages: [],
    intendedUse: 'Ranking pictures for a person to look at.',
    notFor: ['Enforcement without a person', 'Detecting child sexual abuse material: it does not'],
    limits: [
      'Drawings and medical pictures score too high.',
      'Scores are not calibrated: 0.7 does not mean seven in ten.',
    ],
    labels: [{ name: 'nsfw' }, { name: 'sfw' }],
    scores: [
      { name: 'nsfw', labels: ['nsfw'], risk: true, review: 0.3, block: 0.5 },
      { name: 'sfw', labels: ['sfw'], risk: false },
    ],
    input: image(384),
    activation: 'softmax',
    thresholdNote: 'Starting point, not calibrated on your data.',
    install: { family: 'vit', files, precision: { wasm: 'exact', webgpu: 'half' } },
    ...more,
  };
}

const weights = (bytes: number): CardFile => ({ role: 'weights', path: 'model.safetensors', bytes });
const config: CardFile = { role: 'config', path: 'config.json', bytes: 1_215 };

export const sampleCards = {
  marqo: card({
    id: 'marqo',
    name: 'Marqo 384',
    facts: 'Image · 384 px',
    files: [weights(22_268_544), config],
  }),
  freepik: card({
    id: 'freepik',
    name: 'Freepik EVA-02',
    facts: 'Image · 448 px · 4 levels',
    files: [weights(173_200_000), config],
    more: {
      licence: 'MIT',
      install: {
        family: 'eva02',
        files: [weights(173_200_000), config],
        precision: { wasm: 'int8', webgpu: 'half' },
        kept: { exact: 346_000_000, int8: 88_000_000, 'int8-blocks': 94_000_000, half: 173_000_000 },
      },
    },
  }),
  clip: card({
    id: 'clip',
    name: 'LAION CLIP ViT-L/14',
    facts: 'Image or embeddings · 224 px',
    files: [
      weights(1_710_540_580),
      {
        role: 'head',
        path: 'clip_autokeras_binary_nsfw.zip',
        bytes: 1_000_000,
        from: { name: 'LAION-AI/CLIP-based-NSFW-Detector', url: 'https://example.org/', revision: '1' },
      },
    ],
    more: {
      licence: 'MIT',
      labels: [{ name: 'nsfw' }],
      scores: [{ name: 'nsfw', labels: ['nsfw'], risk: true, review: 0.3, block: 0.5 }],
      embedding: { width: 768, normalised: true },
    },
  }),
  guard: card({
    id: 'guard',
    name: 'Qwen3 request guard',
    facts: 'Text · 384 tokens · 16 languages',
    files: [
      { role: 'network', path: 'onnx/model_quantized.onnx', bytes: 1_330_000_000 },
      { role: 'tokenizer', path: 'tokenizer.json', bytes: 11_423_705 },
    ],
    more: {
      task: 'text',
      languages: [
        'en',
        'de',
        'fr',
        'es',
        'it',
        'pt',
        'nl',
        'pl',
        'ru',
        'tr',
        'ar',
        'hi',
        'zh',
        'ja',
        'ko',
        'vi',
      ],
      input: { kind: 'tokens', maxTokens: 384, overlap: 64 },
      install: {
        family: 'guard',
        gated: true,
        files: [
          { role: 'network', path: 'onnx/model_quantized.onnx', bytes: 1_330_000_000 },
          { role: 'tokenizer', path: 'tokenizer.json', bytes: 11_423_705 },
        ],
        precision: { wasm: 'int8', webgpu: 'int8-blocks' },
      },
    },
  }),
  falconsai: card({
    id: 'falconsai',
    name: 'Falconsai ViT-base',
    facts: 'Image · 224 px',
    files: [weights(343_000_000), config],
  }),
  adamcodd: card({
    id: 'adamcodd',
    name: 'AdamCodd ViT-base',
    facts: 'Image · 384 px',
    files: [weights(343_000_000), config],
  }),
};
