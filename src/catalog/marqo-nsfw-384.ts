/** Marqo's small picture classifier, by its own model card. */
import type { ModelCard } from './card';

export const marqoNsfw384: ModelCard = {
  id: 'marqo-nsfw-384',
  name: 'Marqo NSFW 384',
  task: 'image',
  summary: 'Tells pictures that are not safe for work from those that are. Small enough for any browser.',
  facts: 'Image · 384 px · 2 labels',
  source: {
    name: 'Marqo/nsfw-image-detection-384',
    url: 'https://huggingface.co/Marqo/nsfw-image-detection-384',
    revision: 'main',
  },
  licence: 'Apache-2.0',
  languages: [],
  intendedUse:
    'Finding pictures that may be unsuitable for work, before a person looks. Its authors ask to try several thresholds and find one’s own.',
  notFor: [
    'Enforcement: deciding about people or their accounts',
    'Detecting child sexual abuse material: it does not detect child sexual abuse material',
    'Violence, self-harm, weapons, hate symbols: it knows nothing of them',
  ],
  limits: [
    'One line between safe and not: it does not say what is in a picture, or how far it goes.',
    'Sees the middle square of a picture at 384 × 384 pixels: what stands at the edges of a long one is not seen.',
    'Trained on 200,000 pictures nobody else has seen; what counts as unsafe there may not be what counts here.',
    'Its accuracy of 98.56 % is its authors’ figure, on 20,000 pictures of their own.',
    'Scores are not calibrated: 0.7 does not mean seven in ten.',
  ],
  labels: [{ name: 'NSFW' }, { name: 'SFW' }],
  scores: [
    { name: 'NSFW', labels: ['NSFW'], risk: true, review: 0.3, block: 0.52 },
    { name: 'SFW', labels: ['SFW'], risk: false },
  ],
  input: {
    kind: 'image',
    width: 384,
    height: 384,
    resample: 'bicubic',
    fit: 'crop',
    cropFraction: 1,
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
    layout: 'NCHW',
  },
  activation: 'softmax',
  thresholdNote:
    'Starting point, not calibrated on your data. Block at 0.52 is a third party’s finding; review from 0.30 is ours, not measured.',
  // 384 is its picture’s side; its embedding has 192 numbers.
  embedding: { width: 192, normalised: false },
  install: {
    family: 'timm-vit',
    files: [
      { role: 'weights', path: 'model.safetensors' },
      { role: 'config', path: 'config.json' },
    ],
    // 22 MB and a second at most as it is: 8 bits would only move its scores (logits by up to 0.15).
    precision: { wasm: 'exact', webgpu: 'exact' },
    tolerance: { int8: 0.02, 'int8-blocks': 0.005, half: 0.005 },
    fetched: 22_400_000,
    kept: { exact: 22_400_000, int8: 6_500_000, 'int8-blocks': 7_000_000, half: 11_800_000 },
  },
};
