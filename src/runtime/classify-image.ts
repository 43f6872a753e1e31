/** A picture's way through a model: decode → preprocess → run → probabilities, view by view. */
import type { ImageInput, ModelCard } from '../catalog/card';
import { throwIfAborted } from '../core/errors';
import type { Scores } from '../core/policy/types';
import { directionOf } from '../core/triage/direction';
import type { PreparedPicture } from '../rpc/contract';
import { probabilitiesOf, type ScoredPart, scored, type Timings } from './answer';
import { embeddingOf } from './chain';
import { decodeImage } from './decode';
import type { Engine, Feed } from './engine';
import { type FedView, fedViews, timed } from './pixels';

/** Scores of a picture. Every view (alpha) and frame (animation) is scored; throws when any one fails. */
export async function classifyImage(
  card: ModelCard,
  engine: Engine,
  image: Blob,
  signal?: AbortSignal,
): Promise<Scores> {
  const started = performance.now();
  const timings: Timings = { decode: 0, preprocess: 0, run: 0 };
  const picture = await timed(timings, 'decode', () => decodeImage(image, signal ? { signal } : {}));
  try {
    const parts: ScoredPart[] = [];
    for await (const view of fedViews(picture, card.input as ImageInput, timings, signal)) {
      const outputs = await runView(engine, view, timings, signal);
      parts.push({ name: view.name, ...probabilitiesOf(card, outputs) });
    }
    const { unit, checked, total } = picture;
    const note = picture.notes.join(' ');
    return scored(card, engine, parts, { unit, checked, total, ...(note && { note }) }, started, timings);
  } finally {
    picture.close();
  }
}

/** As `classifyImage`, of a picture whose tensors another worker made. */
export async function classifyPixels(
  card: ModelCard,
  engine: Engine,
  { views, coverage, phash, timings: made, milliseconds }: PreparedPicture,
  signal?: AbortSignal,
): Promise<Scores> {
  const started = performance.now() - milliseconds;
  const timings: Timings = { ...made };
  const parts: ScoredPart[] = [];
  let direction: Int8Array | undefined;
  for (const { name, data, dims } of views) {
    throwIfAborted(signal);
    const outputs = await runView(engine, { feed: { data, dims } }, timings, signal);
    if (parts.length === 0) direction = directionIn(card, outputs);
    parts.push({ name, ...probabilitiesOf(card, outputs) });
  }
  return {
    ...scored(card, engine, parts, coverage, started, timings),
    ...{ ...(phash && { phash }), ...(direction && { direction }) },
  };
}

/**
 * Of embeddings that are of length 1, which are trained to be compared by their angle. The last layer of a classifier lays
 * everything that it calls the same close together, whether it looks alike or not.
 */
function directionIn(card: ModelCard, outputs: Readonly<Record<string, Feed>>): Int8Array | undefined {
  return card.embedding?.normalised && outputs.embedding
    ? directionOf(embeddingOf(card, outputs))
    : undefined;
}

function runView(
  engine: Engine,
  { feed }: Pick<FedView, 'feed'>,
  timings: Timings,
  signal?: AbortSignal,
): ReturnType<Engine['run']> {
  return timed(timings, 'run', () => engine.run({ pixels: feed }, signal));
}
