/** A picture's embedding: its first view as it is seen, through the network. */
import type { ModelCard } from '../catalog/card';
import { InvalidError, throwIfAborted, UnsupportedError } from '../core/errors';
import { embeddingOf } from './chain';
import { decodeImage } from './decode';
import type { Engine } from './engine';
import { viewFeed } from './preprocess';

/** Float32, as many as the card says. Rejects with a WinnowError when the picture or the network gives none. */
export async function embedImage(
  card: ModelCard,
  engine: Engine,
  image: Blob,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { input } = card;
  if (input.kind !== 'image')
    throw new UnsupportedError('unsupported-model', `${card.name} does not read pictures.`);
  const picture = await decodeImage(image, signal ? { signal } : {});
  try {
    for await (const view of picture.views) {
      throwIfAborted(signal);
      return embeddingOf(card, await engine.run({ pixels: await viewFeed(view, input) }, signal));
    }
    throw new InvalidError('damaged-file', 'The picture has nothing to look at. Choose another copy.');
  } finally {
    picture.close();
  }
}
