/** OpenAI's CLIP ViT-L/14 with LAION's head on it, as NVIDIA NeMo Curator's NSFWScorer runs them. */
import type { ModelCard } from './card';

export const laionClipNsfw: ModelCard = {
  id: 'laion-clip-nsfw',
  name: 'CLIP + LAION NSFW',
  task: 'image',
  summary: 'The score that filtered LAION’s datasets: a small head on CLIP’s embedding of a picture.',
  facts: 'Image or embedding · 224 px · 1 score',
  source: {
    name: 'openai/clip-vit-large-patch14',
    url: 'https://huggingface.co/openai/clip-vit-large-patch14',
    revision: 'main',
  },
  licence: 'MIT',
  languages: [],
  intendedUse:
    'Scoring collections whose CLIP ViT-L/14 embeddings exist already: those need the head of 1 MB only. With the tower, pictures themselves.',
  notFor: [
    'Enforcement: deciding about people or their accounts',
    'Detecting child sexual abuse material: it does not detect child sexual abuse material',
    'Embeddings of other models: the head knows CLIP ViT-L/14’s, of 768 numbers and length 1',
    'Violence, self-harm, weapons, hate symbols: it knows nothing of them',
  ],
  limits: [
    'Made to thin out datasets of millions, not to judge a picture: expect mistakes in both directions.',
    'Sees the middle square of a picture at 224 × 224 pixels: what stands at the edges of a long one is not seen.',
    'Five columns that its training took for categories are read as numbers, as NeMo Curator does: such scores can differ from the original graph’s, by 0.06 at most in our test.',
    'Inherits CLIP’s view of people, which differs by gender, age and origin.',
    'Scores are not calibrated: 0.7 does not mean seven in ten.',
  ],
  labels: [{ name: 'nsfw' }],
  scores: [{ name: 'nsfw', labels: ['nsfw'], risk: true, review: 0.3, block: 0.5 }],
  input: {
    kind: 'image',
    width: 224,
    height: 224,
    resample: 'bicubic',
    fit: 'crop',
    cropFraction: 1,
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
    layout: 'NCHW',
  },
  activation: 'sigmoid',
  thresholdNote:
    'Starting point, not calibrated on your data. Block at 0.50 is the middle of its range; review from 0.30 is ours, not measured.',
  embedding: { width: 768, normalised: true },
  install: {
    family: 'clip-vision',
    files: [
      // Of both towers, 1.71 GB, the one for pictures is read.
      {
        role: 'weights',
        path: 'model.safetensors',
        optional: true,
        partial: true,
        partBytes: 1_232_000_000,
      },
      { role: 'config', path: 'config.json', optional: true },
      {
        role: 'head',
        path: 'clip_autokeras_binary_nsfw.zip',
        from: {
          name: 'LAION-AI/CLIP-based-NSFW-Detector',
          url: 'https://github.com/LAION-AI/CLIP-based-NSFW-Detector',
          revision: 'main',
        },
        bytes: 1_094_585,
        sha256: '905520bb0336accc73ee282c605d926aef90cf14248889d44b9cee50eef71f8a',
      },
    ],
    // 8 bits: a quarter of the memory, for an embedding whose numbers move by 1 % of the largest.
    precision: { wasm: 'int8', webgpu: 'int8-blocks' },
    tolerance: { int8: 0.02, 'int8-blocks': 0.005, half: 0.005 },
    fetched: 1_233_000_000,
    kept: { exact: 1_217_000_000, int8: 312_000_000, 'int8-blocks': 336_000_000, half: 611_000_000 },
  },
};
