/** The picture classifier that is part of the build. */
import type { ModelCard } from './card';

export const starterImage: ModelCard = {
  id: 'starter-image',
  name: 'Starter image classifier',
  task: 'image',
  summary: 'Sorts a picture into drawing, neutral, suggestive and two kinds of explicit.',
  facts: 'Image · 224 px · 5 labels · 2.7 MB',
  source: {
    name: 'GantMan/nsfw_model (MobileNetV2), as npm nsfwjs ships it',
    url: 'https://github.com/GantMan/nsfw_model',
    revision: 'nsfwjs 4.4.0',
  },
  licence: 'MIT',
  languages: [],
  intendedUse:
    'A starter, for trying things out: seeing how scores, thresholds and verdicts work on real pictures.',
  notFor: [
    'Enforcement: deciding about people or their accounts',
    'Detecting child sexual abuse material: it does not detect child abuse material',
    'Violence, self-harm, weapons, hate symbols: it knows nothing of them',
  ],
  limits: [
    'Sees a picture at 224 × 224 pixels, stretched: small or thin details are lost.',
    'Its training pictures were gathered by keyword from the web; how it does on yours is not known.',
    'Scores are not calibrated: 0.7 does not mean seven in ten.',
    'Mistakes swimwear, bare skin and close-ups of faces or food for more than they are.',
  ],
  labels: [{ name: 'Drawing' }, { name: 'Hentai' }, { name: 'Neutral' }, { name: 'Porn' }, { name: 'Sexy' }],
  scores: [
    { name: 'Porn', labels: ['Porn'], risk: true, review: 0.4, block: 0.8 },
    { name: 'Hentai', labels: ['Hentai'], risk: true, review: 0.4, block: 0.8 },
    { name: 'Sexy', labels: ['Sexy'], risk: true, review: 0.6, block: 0.95 },
    { name: 'Drawing', labels: ['Drawing'], risk: false },
    { name: 'Neutral', labels: ['Neutral'], risk: false },
  ],
  input: {
    kind: 'image',
    width: 224,
    height: 224,
    // nsfwjs stretches a picture to a square with tf.image.resizeBilinear(…, alignCorners) and divides by 255.
    resample: 'bilinear-corners',
    fit: 'stretch',
    cropFraction: 1,
    mean: [0, 0, 0],
    std: [1, 1, 1],
    layout: 'NCHW',
  },
  activation: 'softmax',
  thresholdNote: 'Starting point, not calibrated on your data. Move the lines until they fit what you see.',
  selfTest: {
    tolerance: 0.002,
    // From nsfwjs 4.4.0 on TF.js 4.22.0, CPU backend: scripts/starter-image/reference.ts.
    // Two, because each costs the first picture its time: one that is a Drawing, one that is Neutral.
    cases: [
      { pattern: 'gradient', probabilities: [0.889077, 0.02161, 0.084196, 0.004138, 0.000979] },
      { pattern: 'noise', probabilities: [0.090471, 0.010288, 0.872164, 0.024206, 0.002872] },
    ],
  },
};
