/**
 * nsfwjs itself, on TF.js's CPU backend: the reference that the starter's self-test is taken from.
 *   npx tsx scripts/starter-image/reference.ts
 * prints the probabilities of every pattern, in nsfwjs's own order, for src/catalog/starter-image.ts.
 */
import * as tf from '@tensorflow/tfjs';
import { load, type NSFWJS } from 'nsfwjs/core';
import { MobileNetV2Model } from 'nsfwjs/models/mobilenet_v2';
import { starterImage } from '../../src/catalog/starter-image';
import { type Picture, pattern, patternNames } from '../../src/core/image/patterns';

export async function openReference(): Promise<NSFWJS> {
  await tf.setBackend('cpu');
  return load('MobileNetV2', { size: 224, modelDefinitions: [MobileNetV2Model] });
}

/** Probabilities in the card's label order. */
export async function referenceProbabilities(model: NSFWJS, picture: Picture): Promise<number[]> {
  const { data, width, height } = picture;
  const rgb = tf.tidy(
    () =>
      tf
        .tensor3d(Int32Array.from(data), [height, width, 4], 'int32')
        .slice([0, 0, 0], [-1, -1, 3]) as tf.Tensor3D,
  );
  const found = new Map((await model.classify(rgb)).map((c) => [String(c.className), c.probability]));
  rgb.dispose();
  return starterImage.labels.map(({ name }) => found.get(name)!);
}

if (import.meta.filename === process.argv[1]) {
  const model = await openReference();
  for (const name of patternNames) {
    const probabilities = await referenceProbabilities(model, pattern(name));
    console.log(
      `{ pattern: '${name}', probabilities: [${probabilities.map((p) => p.toFixed(6)).join(', ')}] },`,
    );
  }
}
