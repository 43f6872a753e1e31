/** AdamCodd's picture classifier, which other models’ cards compare themselves with. */
import type { ModelCard } from './card';

export const adamcoddNsfw: ModelCard = {
  id: 'adamcodd-nsfw',
  name: 'AdamCodd NSFW',
  task: 'image',
  summary: 'Tells pictures that are not safe for work from those that are, strictly. Here to compare with.',
  facts: 'Image · 384 px · 2 labels',
  source: {
    name: 'AdamCodd/vit-base-nsfw-detector',
    url: 'https://huggingface.co/AdamCodd/vit-base-nsfw-detector',
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
    'Strict: in Freepik’s test it found 98.62 % of high, 91.65 % of medium and 89.66 % of low alike, without telling them apart.',
    'Neutral pictures that were generated: in the same test it left 66.67 % of them alone, a third got a false alarm.',
    'Sees a picture at 384 × 384 pixels, stretched: small or thin details are lost.',
    'Scores are not calibrated: 0.7 does not mean seven in ten.',
  ],
  labels: [{ name: 'sfw' }, { name: 'nsfw' }],
  scores: [
    { name: 'nsfw', labels: ['nsfw'], risk: true, review: 0.3, block: 0.5 },
    { name: 'sfw', labels: ['sfw'], risk: false },
  ],
  input: {
    kind: 'image',
    width: 384,
    height: 384,
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
    fetched: 344_400_000,
    kept: { exact: 344_400_000, int8: 90_100_000, 'int8-blocks': 97_500_000, half: 174_800_000 },
  },
};
