/** Texts scored as the product scores them: readings, windows, features, network, the worst part. */
import type { ModelCard } from '../../src/catalog/card';
import { type NgramWeights, scoreNgrams } from '../../src/core/architectures/ngram-weights';
import { type NgramConfig, ngramFeatures } from '../../src/core/text/ngrams';
import { readings } from '../../src/core/text/normalise';
import { windows } from '../../src/core/text/windows';
import { deciding, softmax } from '../../src/runtime/answer';

/** Characters that neighbouring windows share, as in the product. */
const OVERLAP = 200;

/** Block lines by score name: what decides which part is the worst. */
export type Lines = Readonly<
  Record<'offensive' | 'hateful', { readonly review: number; readonly block: number }>
>;

/** What `deciding` reads of a card. */
export function cardWith(lines: Lines): Pick<ModelCard, 'labels' | 'scores'> {
  return {
    labels: [{ name: 'neutral' }, { name: 'offensive' }, { name: 'hateful' }],
    scores: [
      { name: 'offensive', labels: ['offensive'], risk: true, ...lines.offensive },
      { name: 'hateful', labels: ['hateful'], risk: true, ...lines.hateful },
      { name: 'neutral', labels: ['neutral'], risk: false },
    ],
  };
}

/** Probabilities and logits of the part that decides. */
export function scoreText(
  text: string,
  weights: NgramWeights,
  config: NgramConfig,
  card: Pick<ModelCard, 'labels' | 'scores'>,
): { probabilities: readonly number[]; logits: readonly number[] } {
  const parts = readings(text).flatMap((reading) =>
    windows(reading.text, config.windowCharacters, OVERLAP).map(({ start, end }) => {
      const features = ngramFeatures(reading.text.slice(start, end), config);
      const logits = Array.from(scoreNgrams(weights, features).logits);
      return { name: reading.name, logits, probabilities: softmax(logits) };
    }),
  );
  return deciding(card as ModelCard, parts);
}
