/** A picture's way through a model: decode → preprocess → run → probabilities, view by view. */
import type { ImageInput, ModelCard } from '../catalog/card';
import { throwIfAborted } from '../core/errors';
import type { Scores } from '../core/policy/types';
import { probabilitiesOf, type ScoredPart, scored, type Timings } from './answer';
import { type DecodedView, decodeImage } from './decode';
import type { Engine, Feed } from './engine';
import { viewTensor } from './preprocess';

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
  const picture = await timed(timings, 'decode', () =>
    decodeImage(image, { ...(signal && { signal }), ...(image instanceof File && { name: image.name }) }),
  );
  try {
    const parts: ScoredPart[] = [];
    for (const view of picture.views) {
      throwIfAborted(signal);
      parts.push(await scoreView(card, engine, input, view, timings));
    }
    const note = picture.notes.join(' ');
    const { unit, total } = picture;
    return scored(
      card,
      engine,
      parts,
      { unit, checked: parts.length, total, ...(note && { note }) },
      started,
      timings,
    );
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
  const data = await timed(timings, 'preprocess', () => viewTensor(view, input));
  const { width, height } = input;
  const dims = input.layout === 'NCHW' ? [1, 3, height, width] : [1, height, width, 3];
  const outputs = await timed(timings, 'run', () => engine.run({ pixels: { data, dims } }));
  return { name: view.name, ...probabilitiesOf(card, outputs as Readonly<Record<string, Feed>>) };
}

async function timed<T>(timings: Timings, step: keyof Timings, work: () => T | Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    timings[step] += performance.now() - started;
  }
}
