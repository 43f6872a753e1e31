/** Freepik's picture classifier in four levels, by its own model card. */
import type { ModelCard } from './card';

export const freepikNsfw: ModelCard = {
  id: 'freepik-nsfw',
  name: 'Freepik NSFW',
  task: 'image',
  summary: 'Says how far a picture goes: neutral, low, medium or high.',
  facts: 'Image · 448 px · 4 levels',
  source: {
    name: 'Freepik/nsfw_image_detector',
    url: 'https://huggingface.co/Freepik/nsfw_image_detector',
    revision: 'main',
  },
  licence: 'MIT',
  languages: [],
  intendedUse:
    'Sorting photographs and generated pictures by level, where the line differs from place to place: choose the level, then the threshold.',
  notFor: [
    'Enforcement: deciding about people or their accounts',
    'Detecting child sexual abuse material: it does not detect child sexual abuse material',
    'Violence, self-harm, weapons, hate symbols: it knows nothing of them',
  ],
  limits: [
    'Sees a picture at 448 × 448 pixels, stretched: small or thin details are lost.',
    'Trained on 100,000 pictures whose labels were made by a machine, not by people.',
    'By its authors’ own test it finds 98.31 % of low, 97.02 % of medium and 99.54 % of high, and leaves 99.87 % of neutral alone.',
    'Levels have no published definition: look at what it calls low before setting a line there.',
    'Scores are not calibrated: 0.7 does not mean seven in ten.',
  ],
  labels: [{ name: 'neutral' }, { name: 'low' }, { name: 'medium' }, { name: 'high' }],
  scores: [
    // Cumulative, as its authors use it: a level is reached by what goes further, too.
    { name: 'P(≥ low)', labels: ['low', 'medium', 'high'], risk: true, review: 0.3, block: 0.5 },
    { name: 'P(≥ medium)', labels: ['medium', 'high'], risk: true, review: 0.3, block: 0.5 },
    { name: 'P(≥ high)', labels: ['high'], risk: true, review: 0.3, block: 0.5 },
    { name: 'neutral', labels: ['neutral'], risk: false },
    { name: 'low', labels: ['low'], risk: false },
    { name: 'medium', labels: ['medium'], risk: false },
    { name: 'high', labels: ['high'], risk: false },
  ],
  input: {
    kind: 'image',
    width: 448,
    height: 448,
    resample: 'bicubic',
    fit: 'stretch',
    cropFraction: 1,
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
    layout: 'NCHW',
  },
  activation: 'softmax',
  thresholdNote:
    'Starting point, not calibrated on your data. Block at 0.50 of a level and beyond is its authors’ default; review from 0.30 is ours, not measured.',
  embedding: { width: 768, normalised: false },
  install: {
    family: 'timm-eva02',
    files: [
      { role: 'weights', path: 'model.safetensors' },
      { role: 'config', path: 'config.json' },
    ],
    // 8 bits: 0.4 of the time of float32 on WASM, for logits of size 12 that move by up to 0.3.
    precision: { wasm: 'int8', webgpu: 'int8-blocks' },
    tolerance: { int8: 0.02, 'int8-blocks': 0.005, half: 0.005 },
    fetched: 173_200_000,
    kept: { exact: 174_600_000, int8: 90_000_000, 'int8-blocks': 98_000_000, half: 176_000_000 },
  },
};
