/** A picture's views as input tensors: what a network is fed with, wherever it runs. */
import * as Comlink from 'comlink';
import type { ImageInput } from '../catalog/card';
import { throwIfAborted } from '../core/errors';
import { readImageHeader } from '../core/image/header';
import { inputHash } from '../core/image/phash';
import type { PixelsContract, PreparedPicture } from '../rpc/contract';
import type { Timings } from './answer';
import { type DecodedImage, decodeImage } from './decode';
import { blobReader } from './decode/inspect';
import type { Feed } from './engine';
import { viewFeed } from './preprocess';

export interface FedView {
  readonly name: string;
  readonly feed: Feed;
}

/** A decoded picture's views, made when they are asked for; `timings` says what decoding and preprocessing took. */
export async function* fedViews(
  picture: DecodedImage,
  input: ImageInput,
  timings: Timings,
  signal?: AbortSignal,
): AsyncGenerator<FedView> {
  const views = picture.views[Symbol.asyncIterator]();
  for (;;) {
    throwIfAborted(signal);
    const { value: view, done } = await timed(timings, 'decode', () => views.next());
    if (done) return;
    yield {
      name: view.name || 'whole',
      feed: await timed(timings, 'preprocess', () => viewFeed(view, input)),
    };
  }
}

/** Every view of a picture at once: eight frames in three readings at most. Throws as `decodeImage` and its views do. */
export async function preparePicture(
  image: Blob,
  input: ImageInput,
  signal?: AbortSignal,
): Promise<PreparedPicture> {
  const started = performance.now();
  const timings: Timings = { decode: 0, preprocess: 0, run: 0 };
  const picture = await timed(timings, 'decode', () => decodeImage(image, signal ? { signal } : {}));
  try {
    const views = [];
    for await (const { name, feed } of fedViews(picture, input, timings, signal))
      views.push({ name, data: feed.data as Float32Array<ArrayBuffer>, dims: feed.dims });
    const { unit, checked, total } = picture;
    const note = picture.notes.join(' ');
    const coverage = { unit, checked, total, ...(note && { note }) };
    // Of what is there anyway: decoding a second time for it would cost as much as scoring does.
    const phash = inputHash(views[0]?.data ?? new Float32Array(), input);
    return { views, coverage, phash, timings, milliseconds: performance.now() - started };
  } finally {
    picture.close();
  }
}

/** Pixels from which on pictures are decoded one at a time: 64 MB of RGBA, and as much again to read it back. */
const LARGE = 16_000_000;
let large: Promise<unknown> = Promise.resolve();

/** Several pictures are on their way at a time, which must not be several of the largest there may be. */
async function inTurn<T>(image: Blob, work: () => Promise<T>): Promise<T> {
  // What is wrong with it, if anything, decoding will say.
  const header = await readImageHeader(blobReader(image), image.size).catch(() => undefined);
  if (!header || header.width * header.height < LARGE) return work();
  const turn = large.then(work);
  large = turn.catch(() => {});
  return turn;
}

/** The pixels worker's service. The tensors are handed over, not copied. */
export function createPixels(): PixelsContract {
  return {
    async prepare(job, image, input, signal) {
      const picture = await inTurn(image, () => preparePicture(image, input, signal));
      return Comlink.transfer(
        { job, picture },
        picture.views.map(({ data }) => data.buffer),
      );
    },
    ping: async () => 'pong',
  };
}

/** What `work` gives; the time it took is added to that step's. */
export async function timed<T>(
  timings: Timings,
  step: keyof Timings,
  work: () => T | Promise<T>,
): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    timings[step] += performance.now() - started;
  }
}
