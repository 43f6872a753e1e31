/** The starter text model: its committed weights as an ONNX graph. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelCard } from '../../src/catalog/card';
import { starterText } from '../../src/catalog/starter-text';
import { loadStarterTextWeights, ngramLinear } from '../../src/core/architectures/ngram-linear';
import { writeModel } from '../../src/core/onnx/write';

export interface BuiltModel {
  readonly card: ModelCard;
  /** Content by flat file name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const WEIGHTS = join(import.meta.dirname, '..', '..', 'src', 'catalog', 'weights', 'starter-text.bin');

export function buildStarterText(): BuiltModel {
  const weights = loadStarterTextWeights(readFileSync(WEIGHTS));
  const { input, labels } = starterText;
  if (input.kind !== 'ngrams' || weights.buckets !== input.characterBuckets + input.wordBuckets)
    throw new Error(`The weights have ${weights.buckets} buckets, which is not what the card says.`);
  if (weights.labels !== labels.length)
    throw new Error(`The weights have ${weights.labels} labels; the card lists ${labels.length}.`);
  return { card: starterText, files: new Map([['starter-text.onnx', writeModel(ngramLinear(weights))]]) };
}
