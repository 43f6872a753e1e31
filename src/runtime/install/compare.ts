/** What a model's own files say of it, against its card: a swapped label or another mean gives wrong scores silently. */
import type { ImageInput, ModelCard } from '../../catalog/card';
import { InvalidError } from '../../core/errors';
import type { ImageConfig } from '../../core/image/preprocess';

export interface Says {
  readonly labels?: readonly string[];
  readonly input?: Partial<ImageConfig>;
}

export interface CompareOptions {
  /** Somebody's own card: they may give labels names of their own, but not another order or number. */
  readonly own?: boolean;
}

/** Far below any difference that would be meant, far above the rounding of decimal digits. */
const SAME = 1e-6;

/** Throws InvalidError('invalid-model') naming the first thing in which files and card differ (M16, M17). */
export function compareWithCard(card: ModelCard, says: Says, options: CompareOptions = {}): void {
  if (says.labels) compareLabels(card, says.labels, options.own ?? false);
  if (says.input && card.input.kind === 'image') compareInput(card, card.input, says.input);
}

/** Transformers' names for labels that have none. */
const isPlaceholder = (label: string, at: number): boolean => label === `LABEL_${at}`;

/** Labels that say something: undefined where the file has placeholders only. */
export function namedLabels(labels: readonly string[] | undefined): readonly string[] | undefined {
  return labels?.every(isPlaceholder) ? undefined : labels;
}

function compareLabels(card: ModelCard, labels: readonly string[], own: boolean): void {
  const ours = card.labels.map(({ name }) => name);
  if (labels.length !== ours.length)
    throw differs(card, `have ${labels.length} labels`, `has ${ours.length}`);
  const named = namedLabels(labels);
  if (!named) return;
  const same = named.every((label, at) => plain(label) === plain(ours[at]!));
  if (same) return;
  // Two names in common at other places are an order that was changed, not a name.
  const known = new Set(named.map(plain));
  const swapped = ours.some((label, at) => known.has(plain(label)) && plain(named[at]!) !== plain(label));
  if (own && !swapped) return;
  throw differs(card, `have the labels ${list(named)}`, `has ${list(ours)}`);
}

const plain = (label: string): string => label.trim().toLowerCase();
const list = (labels: readonly string[]): string =>
  `${labels
    .slice(0, 8)
    .map((label) => `“${label.slice(0, 40)}”`)
    .join(', ')}${labels.length > 8 ? ' …' : ''}`;

function compareInput(card: ModelCard, input: ImageInput, says: Partial<ImageConfig>): void {
  const sides = [says.width ?? input.width, says.height ?? input.height];
  if (sides[0] !== input.width || sides[1] !== input.height)
    throw differs(card, `take ${sides.join(' × ')} px`, `says ${input.width} × ${input.height} px`);
  for (const key of ['mean', 'std'] as const) {
    const theirs = says[key];
    if (theirs?.some((value, channel) => !(Math.abs(value - input[key][channel]!) <= SAME)))
      throw differs(card, `give ${key} ${theirs.join(', ')}`, `says ${input[key].join(', ')}`);
  }
  if (says.resample && says.resample !== input.resample)
    throw differs(card, `resize with ${says.resample}`, `says ${input.resample}`);
  if (says.fit && edgeOf({ ...input, ...says }) !== edgeOf(input))
    throw differs(card, `say ${fitOf({ ...input, ...says })}`, `says ${fitOf(input)}`);
  if (says.layout && says.layout !== input.layout)
    throw differs(card, `take ${says.layout}`, `says ${input.layout}`);
}

type Fit = Pick<ImageConfig, 'fit' | 'cropFraction' | 'width'>;

/** What the short side becomes before it is cropped; 0 where the picture is stretched. */
const edgeOf = ({ fit, cropFraction, width }: Fit): number =>
  fit === 'stretch' ? 0 : Math.floor(width / cropFraction);
const fitOf = (fit: Fit): string =>
  fit.fit === 'stretch' ? 'stretch' : `crop ${fit.width} of ${edgeOf(fit)} px`;

function differs(card: ModelCard, files: string, theCard: string): InvalidError {
  return new InvalidError(
    'invalid-model',
    `These files ${files}; the card of ${card.name} ${theCard}. Choose the files of ${card.source.name} at ${card.source.revision}, or correct the card.`,
  );
}
