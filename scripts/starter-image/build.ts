/** The starter image model: nsfwjs's weights in our own graph. */

import type { ModelCard } from '../../src/catalog/card';
import { starterImage } from '../../src/catalog/starter-image';
import { mobilenet } from '../../src/core/architectures';
import { writeModel } from '../../src/core/onnx/write';
import { nsfwjsMobileNet } from './nsfwjs';

export interface BuiltModel {
  readonly card: ModelCard;
  /** Content by flat file name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export function buildStarterImage(): BuiltModel {
  const { keras, weights } = nsfwjsMobileNet();
  const graph = mobilenet(keras, weights);
  const classes = graph.outputs.find(({ name }) => name === 'logits')?.shape?.at(-1);
  if (classes !== starterImage.labels.length)
    throw new Error(`The model has ${classes} classes; its card lists ${starterImage.labels.length} labels.`);
  return { card: starterImage, files: new Map([['starter-image.onnx', writeModel(graph)]]) };
}
