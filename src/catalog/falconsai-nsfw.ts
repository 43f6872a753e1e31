/** Falconsai's picture classifier, which other models’ cards compare themselves with. */
import type { ModelCard } from './card';

export const falconsaiNsfw: ModelCard = {
  id: 'falconsai-nsfw',
  name: 'Falconsai NSFW',
  task: 'image',
  summary: 'Tells pictures that are not safe for work from normal ones. Widely used, here to compare with.',
  facts: 'Image · 224 px · 2 labels',
  source: {
    name: 'Falconsai/nsfw_image_detection',
    url: 'https://huggingface.co/Falconsai/nsfw_image_detection',
    revision: 'main',
  },
  licence: 'Apache-2.0',
  languages: [],
  intendedUse:
    'Comparing: the same picture beside other models, and thresholds found elsewhere for this one.',
  notFor: [
    'Enforcement: deciding about people or their accounts',
    'Detecting child sexual abuse material: it does not detect child sexual abuse material',
    'Violence, self-harm, weapons, hate symbols: it knows nothing of them',
  ],
  limits: [
    'Finds what goes far: in Freepik’s test 97.92 % of high, 78.54 % of medium and 31.25 % of low.',
    'Generated pictures: in the same test it found 84 % of high; its competitor advises against it there.',
    'Sees a picture at 224 × 224 pixels, stretched: small or thin details are lost.',
    'Scores are not calibrated: 0.7 does not mean seven in ten.',
  ],
  labels: [{ name: 'normal' }, { name: 'nsfw' }],
  scores: [
    { name: 'nsfw', labels: ['nsfw'], risk: true, review: 0.3, block: 0.5 },
    { name: 'normal', labels: ['normal'], risk: false },
  ],
  input: {
    kind: 'image',
    width: 224,
    height: 224,
    resample: 'bilinear',
    fit: 'stretch',
    cropFraction: 1,
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
    layout: 'NCHW',
  },
  activation: 'softmax',
  thresholdNote:
    'Starting point, not calibrated on your data. Block at 0.50 takes the likelier label; review from 0.30 is ours, not measured.',
  embedding: { width: 768, normalised: false },
  install: {
    family: 'hf-vit',
    files: [
      { role: 'weights', path: 'model.safetensors' },
      { role: 'config', path: 'config.json' },
      { role: 'preprocessor', path: 'preprocessor_config.json', optional: true },
    ],
    // A ViT-base in 8 bits was off by 0.08, its blocks by 0.006 (random weights of its size): more than is allowed.
    precision: { wasm: 'exact', webgpu: 'exact' },
    tolerance: { int8: 0.02, 'int8-blocks': 0.005, half: 0.005 },
    fetched: 343_200_000,
    kept: { exact: 343_200_000, int8: 88_900_000, 'int8-blocks': 96_300_000, half: 173_600_000 },
  },
};
