/** Whether a value from outside is a card: the fields whose absence or disorder would let wrong scores through. */
import type { ModelCard } from './card';

/** Ids name files, locks and records: flat names only, so that none can point elsewhere. */
export const FLAT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Characters of a label's or score's name: as much as a line of a table holds, and the longest of ImageNet's (M18). */
const NAME_LIMIT = 200;
const INPUTS = ['image', 'ngrams', 'tokens', 'embedding'];

export interface CardRules {
  /** A card that its model's own files are still to complete: labels and scores may be absent. Default false. */
  readonly draft?: boolean;
}

/** What is wrong with a card, as the end of a sentence; undefined when it is one. Wording is not checked. */
export function cardProblem(value: unknown, { draft = false }: CardRules = {}): string | undefined {
  const card = value as Partial<ModelCard> | null;
  if (typeof card !== 'object' || card === null) return 'is not an object';
  if (typeof card.id !== 'string' || !FLAT_NAME.test(card.id)) return 'has an id that is not a plain name';
  if (typeof card.name !== 'string' || card.name === '') return 'has no name';
  if (card.task !== 'image' && card.task !== 'text') return 'is for neither images nor texts';
  if (card.activation !== 'softmax' && card.activation !== 'sigmoid') return 'has no known activation';
  if (!Array.isArray(card.labels) || !Array.isArray(card.scores)) return 'has no labels or no scores';
  if (!INPUTS.includes(card.input?.kind ?? '')) return 'does not say what it reads';
  if (draft && card.labels.length === 0 && card.scores.length === 0) return undefined;
  const labels = new Set(card.labels.map((label) => label?.name));
  if (labels.size !== card.labels.length) return 'has a label twice';
  for (const name of labels) {
    if (typeof name !== 'string' || name === '') return 'has a label without a name';
    if (name.length > NAME_LIMIT) return `has a label ${tooLong(name)}`;
  }
  return scoreProblem(card.scores, labels);
}

const tooLong = (name: string): string =>
  `whose name has ${name.length} characters, of ${NAME_LIMIT} at most: “${name.slice(0, 40)}…”`;

function scoreProblem(
  scores: readonly (Partial<ModelCard['scores'][number]> | null)[],
  labels: ReadonlySet<string>,
): string | undefined {
  if (!scores.some((score) => score?.risk)) return 'has no score that carries risk';
  for (const score of scores) {
    const { name, labels: columns, risk, review, block } = score ?? {};
    if (typeof name !== 'string' || name === '') return 'has a score without a name';
    if (name.length > NAME_LIMIT) return `has a score ${tooLong(name)}`;
    if (!Array.isArray(columns) || columns.length === 0) return `has a score of no label, ${name}`;
    if (!columns.every((label: string) => labels.has(label)))
      return `has a score of an unknown label, ${name}`;
    if (risk && !(Number(review) >= 0 && Number(review) <= Number(block) && Number(block) <= 1))
      return `has thresholds out of order, on ${name}`;
  }
  return undefined;
}
