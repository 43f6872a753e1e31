/** Whether a prepared model is what this version of the app would prepare itself. */
import type { CardFile, ModelCard } from './card';
import type { PreparedModel, PublishedFile } from './prepared';

/** What decides a model's numbers, by what it is called. */
const NUMBERS = {
  labels: ({ labels }) => labels.map(({ name }) => name),
  task: ({ task }) => task,
  'way of reading': ({ input }) => input,
  activation: ({ activation }) => activation,
  embedding: ({ embedding }) => embedding,
  family: ({ install }) => install?.family,
} satisfies Record<string, (card: ModelCard) => unknown>;

/**
 * The card it is installed under: the app's own, with the embedding that its files brought where the card leaves that to
 * them. Thresholds and wording are never taken from a site.
 */
export function cardOfPrepared(card: ModelCard, { card: theirs }: PreparedModel): ModelCard {
  return card.embedding || !theirs.embedding ? card : { ...card, embedding: theirs.embedding };
}

/** In what a prepared model differs from the app's card, as the end of a sentence; undefined when in nothing (N20). */
export function preparedProblem(card: ModelCard, prepared: PreparedModel): string | undefined {
  const theirs = prepared.card;
  if (theirs.id !== card.id) return 'is of another model';
  const ours = cardOfPrepared(card, prepared);
  for (const [name, of] of Object.entries(NUMBERS))
    if (canonical(of(ours)) !== canonical(of(theirs))) return `has another ${name} than its card`;
  if (theirs.source.name !== card.source.name || theirs.source.revision !== card.source.revision)
    return `was made from ${theirs.source.name} at ${theirs.source.revision}, not from ${card.source.name} at ${card.source.revision}`;
  return prepared.files.map((file) => pinProblem(card, file)).find((problem) => problem !== undefined);
}

/** Whether a published file goes by the name of one that the card pins and is another, as the end of a sentence. */
export function pinProblem(card: ModelCard, file: PublishedFile): string | undefined {
  if (asPinned(file, card.install?.files ?? [])) return undefined;
  return `was made from another ${baseName(file.name)} than its card pins`;
}

/** As for files of one's own: one that goes by a pinned name must be it. */
function asPinned({ name, bytes, sha256 }: PublishedFile, files: readonly CardFile[]): boolean {
  const pins = files.filter((file) => file.sha256 !== undefined && baseName(file.path) === baseName(name));
  return pins.length === 0 || pins.some((pin) => pin.sha256 === sha256 && (pin.bytes ?? bytes) === bytes);
}

const baseName = (path: string): string => path.split('/').at(-1) ?? path;

/** JSON with its keys in order, so that a card that came through a file compares with one from code. */
function canonical(value: unknown): string {
  const sorted = (_: string, part: unknown): unknown =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  return JSON.stringify(value, sorted) ?? '';
}
