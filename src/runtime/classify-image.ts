/** A picture's way through a model: decode → preprocess → run → probabilities, view by view. */
import type { ImageInput, ModelCard } from '../catalog/card';
import { throwIfAborted } from '../core/errors';
import type { Scores } from '../core/policy/types';
import { probabilitiesOf, type ScoredPart, scored, type Timings } from './answer';
import { type DecodedView, decodeImage } from './decode';
import type { Engine } from './engine';
import { viewFeed } from './preprocess';

/** Scores of a picture. Every view (alpha) and frame (animation) is scored; throws when any one fails. */
export async function classifyImage(
  card: ModelCard,
  engine: Engine,
  image: Blob,
  signal?: AbortSignal,
): Promise<Scores> {
  const started = performance.now();
  const timings: Timings = { decode: 0, preprocess: 0, run: 0 };
  const input = card.input as ImageInput;
  const picture = await timed(timings, 'decode', () => decodeImage(image, signal ? { signal } : {}));
  try {
    const parts: ScoredPart[] = [];
    const views = picture.views[Symbol.asyncIterator]();
    for (;;) {
      throwIfAborted(signal);
      // Frames and views are decoded when they are asked for.
      const { value: view, done } = await timed(timings, 'decode', () => views.next());
      if (done) break;
      parts.push(await scoreView(card, engine, input, view, timings));
    }
    const { unit, checked, total } = picture;
    const note = picture.notes.join(' ');
    return scored(card, engine, parts, { unit, checked, total, ...(note && { note }) }, started, timings);
  } finally {
    picture.close();
  }
}

async function scoreView(
  card: ModelCard,
  engine: Engine,
  input: ImageInput,
  view: DecodedView,
  timings: Timings,
): Promise<ScoredPart> {
  const pixels = await timed(timings, 'preprocess', () => viewFeed(view, input));
  const outputs = await timed(timings, 'run', () => engine.run({ pixels }));
  return { name: view.name || 'whole', ...probabilitiesOf(card, outputs) };
}

async function timed<T>(timings: Timings, step: keyof Timings, work: () => T | Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    timings[step] += performance.now() - started;
  }
}
