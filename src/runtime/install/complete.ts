/** A card of somebody's own that leaves to the files what they say themselves. */
import type { CardScore, ImageInput, ModelCard } from '../../catalog/card';
import { cardProblem } from '../../catalog/check';
import { InvalidError } from '../../core/errors';
import { namedLabels, type Says } from './compare';

/** Names that say "nothing to see". Every other label counts as a risk until somebody says otherwise. */
const HARMLESS = /^(normal|neutral|none|other|ok|okay|benign|negative|sfw|clean|(non|not|no)[-_ ].+)$/i;
const REVIEW = 0.5;
const BLOCK = 0.8;

/**
 * The card with labels, scores and image input filled in from the files where it has none: `labels: []`,
 * `scores: []`, and an image input of width 0. Throws InvalidError('invalid-model') for what neither of them says.
 */
export function completeCard(card: ModelCard, says: Says, classes: number | undefined): ModelCard {
  let complete = card;
  if (card.labels.length === 0) complete = { ...complete, ...labelled(card, says, classes) };
  else if (card.scores.length === 0)
    complete = { ...complete, scores: scoresFor(card.labels.map(({ name }) => name)) };
  if (card.input.kind === 'image' && card.input.width === 0)
    complete = { ...complete, input: imageInput(card, card.input, says) };
  const problem = cardProblem(complete);
  if (problem !== undefined)
    throw new InvalidError(
      'invalid-model',
      `The card of ${card.name || 'this model'} ${problem}. Correct it.`,
    );
  return complete;
}

function labelled(card: ModelCard, says: Says, classes?: number): Pick<ModelCard, 'labels' | 'scores'> {
  const count = classes ?? says.labels?.length;
  if (!count)
    throw new InvalidError(
      'invalid-model',
      `Neither these files nor the card of ${card.name} name the labels. Fill them in.`,
    );
  const names = namedLabels(says.labels) ?? Array.from({ length: count }, (_, at) => `label ${at + 1}`);
  return { labels: names.map((name) => ({ name })), scores: scoresFor(names) };
}

function scoresFor(names: readonly string[]): CardScore[] {
  const scores = names.map((name) =>
    HARMLESS.test(name.trim())
      ? { name, labels: [name], risk: false }
      : { name, labels: [name], risk: true, review: REVIEW, block: BLOCK },
  );
  // A list of harmless names only is not one that could be judged: then each of them counts.
  if (scores.some(({ risk }) => risk)) return scores;
  return names.map((name) => ({ name, labels: [name], risk: true, review: REVIEW, block: BLOCK }));
}

function imageInput(card: ModelCard, input: ImageInput, { input: says = {} }: Says): ImageInput {
  const { width, height, mean, std, resample } = says;
  if (!width || !height || !mean || !std || !resample)
    throw new InvalidError(
      'invalid-model',
      `These files do not say how pictures are prepared for ${card.name}. Fill in size, resampling, mean and standard deviation.`,
    );
  const { fit = 'stretch', cropFraction = 1, layout = 'NCHW' } = says;
  return { ...input, width, height, mean, std, resample, fit, cropFraction, layout };
}
