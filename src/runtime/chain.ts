/** A network and a head on its embedding, run as one: content in, `embedding` and `logits` out. */
import type { ModelCard } from '../catalog/card';
import { FailedError, UnsupportedError } from '../core/errors';
import type { Engine, Feed } from './engine';

export interface Engines {
  /** Content → `embedding`, `logits` or both. */
  readonly network?: Engine;
  /** `embedding` → `logits`. */
  readonly head?: Engine;
}

/** One engine over both. A model of a head alone refuses content with the reason. */
export function chain(card: ModelCard, { network, head }: Engines): Engine {
  const some = network ?? head;
  if (!some) throw new FailedError('internal', `${card.name} has nothing to run.`);
  return {
    backend: some.backend,
    precision: some.precision,
    threads: some.threads,
    async run(feeds, signal) {
      if (!network)
        throw new UnsupportedError(
          'unsupported-model',
          `${card.name} was installed without its tower, so it scores ready-made embeddings only. Install it again with the tower’s file to score ${card.task}s.`,
        );
      const outputs = await network.run(feeds, signal);
      if (!head || !outputs.embedding) return outputs;
      const embedding = embeddingOf(card, outputs);
      const feed = { data: embedding, dims: outputs.embedding.dims };
      return { ...(await head.run({ embedding: feed }, signal)), embedding: feed };
    },
    async dispose() {
      await network?.dispose();
      await head?.dispose();
    },
  };
}

/**
 * The `embedding` output of one item, of length 1 where the card says so. Throws UnsupportedError when the model
 * gives none, FailedError('invalid-output') for another width than the card's and for numbers that are not finite.
 */
export function embeddingOf(card: ModelCard, outputs: Readonly<Record<string, Feed>>): Float32Array {
  const { embedding } = outputs;
  if (!(embedding?.data instanceof Float32Array))
    throw new UnsupportedError('unsupported-model', `${card.name} gives scores only, no embedding.`);
  return checkedEmbedding(card, embedding.data);
}

/** Numbers as the card says: as many, finite, and of length 1 where it says so. Throws as `embeddingOf`. */
export function checkedEmbedding(card: ModelCard, values: Float32Array): Float32Array {
  if (card.embedding && values.length !== card.embedding.width)
    throw invalid(`an embedding of ${values.length} numbers instead of ${card.embedding.width}`);
  if (!values.every(Number.isFinite)) throw invalid('an embedding with a number that is not one');
  if (!card.embedding?.normalised) return values;
  const length = lengthOf(values);
  if (!(length > 0)) throw invalid('an embedding of zeros');
  return values.map((value) => value / length);
}

/** Euclidean length, summed in float64. */
export function lengthOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

function invalid(what: string): FailedError {
  return new FailedError('invalid-output', `The model gave ${what}. Look at it yourself, or try again.`);
}
