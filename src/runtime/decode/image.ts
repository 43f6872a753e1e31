/** A picture as the views a model is shown, one at a time. */
import { throwIfAborted } from '../../core/errors';
import { checkDimensions } from '../../core/image/dimensions';
import type { ImageHeader, PixelImage } from '../../core/image/types';
import { isOpaque } from '../readback';
import { HIDDEN_COLOURS_NOTE, type Reading, readings, TRANSPARENCY_NOTE } from './alpha';
import { Deadline } from './deadline';
import { explained } from './explain';
import { type Frame, openFrames } from './frames';
import { type Inspected, inspectImage } from './inspect';
import { readPixels, readStoredPixels } from './pixels';

export interface DecodeOptions {
  readonly signal?: AbortSignal;
  /** The file's name, for the note when it lies about the format. A File's own name is taken otherwise. */
  readonly name?: string;
}

/** One reading of a picture. Valid until the next one is asked for. */
export interface DecodedView {
  /** Such as `frame 3 of 240`, `on white`, or empty for a plain still. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Upright and opaque, when the view is the bitmap itself: a reader that needs some rows can read less. */
  readonly bitmap: ImageBitmap | null;
  /** The browser turned it by its metadata: a frame shows the bitmap's bytes as they lay before (Chromium 156), a canvas as seen. */
  readonly turned: boolean;
  /** All pixels, upright RGBA; alpha is to be ignored. May throw `out-of-memory`. */
  pixels(): PixelImage;
}

export interface DecodedImage {
  readonly header: ImageHeader;
  /** Each a sentence; complete once all views were read. */
  readonly notes: readonly string[];
  readonly unit: 'whole' | 'views' | 'frames';
  /** Units that the views cover, of those there are: frames of an animation, or readings of a still. */
  readonly checked: number;
  readonly total: number;
  /** To be read once, in order (`for await`). Frames are decoded when they are asked for, and freed after. */
  readonly views: AsyncIterable<DecodedView>;
  /** Frees everything; safe to call more than once. */
  close(): void;
}

/**
 * Decodes a picture. Throws `empty-file`, `too-large`, `unsupported-format`, `damaged-file`, `unreadable-file`,
 * `unsupported-browser`, `timeout`, `out-of-memory` or `cancelled`, and nothing else; so do its views.
 */
export async function decodeImage(blob: Blob, options: DecodeOptions = {}): Promise<DecodedImage> {
  const { signal, name = blob instanceof File ? blob.name : undefined } = options;
  let early: Promise<ImageBitmap> | undefined;
  const begin = (header: ImageHeader) => {
    // A GIF tells only at its end whether it moves; the others are decoded while the file is walked through.
    if (header.animated || header.format === 'GIF') return;
    early = decodeStill(blob, 'default');
    early.catch(() => {});
  };
  try {
    const deadline = new Deadline(signal);
    const inspected = await deadline.within(inspectImage(blob, name, signal, begin));
    if (inspected.header.animated && typeof ImageDecoder !== 'undefined') {
      early?.then(closeBitmap, () => {});
      return await animation(blob, inspected, deadline, signal);
    }
    return await still(blob, inspected, early ?? decodeStill(blob, 'default'), deadline);
  } catch (error) {
    early?.then(closeBitmap, () => {});
    throw await explained(error, blob);
  }
}

const closeBitmap = (bitmap: ImageBitmap): void => bitmap.close();

async function still(
  blob: Blob,
  { header, frames, notes }: Inspected,
  decoding: Promise<ImageBitmap>,
  deadline: Deadline,
): Promise<DecodedImage> {
  let bitmap = await deadline.within(decoding, closeBitmap);
  try {
    checkDimensions(header.format, bitmap.width, bitmap.height);
    const opaque = header.hasAlpha === 'no' || (await deadline.within(isOpaque(bitmap)));
    if (!opaque) {
      bitmap.close();
      // Decoded once more, as stored: most pictures that could be transparent are not, and this way is slow.
      bitmap = await deadline.within(decodeStill(blob, 'none'), closeBitmap);
    }
    const found = opaque ? null : await deadline.within(readAlpha(bitmap));
    const views = bitmapViews(bitmap, header, found?.readings ?? null, '');
    const unread = header.animated
      ? [`Only the first of ${frames ?? 'several'} frames was checked: this browser cannot read the others.`]
      : [];
    const unit = header.animated ? 'frames' : views.length > 1 ? 'views' : 'whole';
    return {
      header,
      notes: [...notes, ...unread, ...(found?.notes ?? [])],
      unit,
      checked: unit === 'views' ? views.length : 1,
      total: header.animated ? (frames ?? 2) : views.length,
      views: asyncOf(views),
      close: () => bitmap.close(),
    };
  } catch (error) {
    bitmap.close();
    throw error;
  }
}

/** Upright and without colour management: the bytes the reference implementations see, where they are opaque. */
function decodeStill(blob: Blob, premultiplyAlpha: 'default' | 'none'): Promise<ImageBitmap> {
  return createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha });
}

async function* asyncOf(views: readonly DecodedView[]): AsyncGenerator<DecodedView> {
  yield* views;
}

interface AlphaFound {
  /** Null when every pixel is opaque. */
  readonly readings: readonly Reading[];
  readonly notes: readonly string[];
}

async function readAlpha(bitmap: ImageBitmap): Promise<AlphaFound> {
  const stored = await readStoredPixels(bitmap);
  const found = readings(stored ?? readPixels(bitmap));
  if (found.length === 1) return { readings: found, notes: [] };
  return { readings: found, notes: stored ? [TRANSPARENCY_NOTE] : [TRANSPARENCY_NOTE, HIDDEN_COLOURS_NOTE] };
}

/** `found`: the readings of a bitmap that may be transparent; null for one that cannot. */
function bitmapViews(
  bitmap: ImageBitmap,
  { orientation }: ImageHeader,
  found: readonly Reading[] | null,
  prefix: string,
): readonly DecodedView[] {
  const { width, height } = bitmap;
  const turned = orientation !== 1;
  if (found === null)
    return [{ name: prefix, width, height, bitmap, turned, pixels: () => readPixels(bitmap) }];
  const opaque = found.length === 1;
  return found.map(({ name, pixels }) => ({
    name: [prefix, name].filter(Boolean).join(', '),
    width,
    height,
    bitmap: opaque ? bitmap : null,
    turned,
    pixels,
  }));
}

async function animation(
  blob: Blob,
  { header, frames, notes }: Inspected,
  deadline: Deadline,
  signal: AbortSignal | undefined,
): Promise<DecodedImage> {
  const source = await openFrames(blob, header.mime, frames, deadline);
  const { indices, total } = source;
  const live = [...notes];
  if (indices.length < total) live.push(`${indices.length} of ${total} frames were checked.`);
  // A reader that gives up half-way calls `close` and never comes back for the next view.
  let shown: Frame | undefined;
  async function* views(): AsyncGenerator<DecodedView> {
    try {
      for (const index of indices) {
        throwIfAborted(signal);
        shown = await source.frame(index);
        try {
          yield* frameViews(shown, header, `frame ${index + 1} of ${total}`, deadline, live);
        } finally {
          shown.bitmap.close();
        }
      }
    } catch (error) {
      throw await explained(error, blob);
    }
  }
  return {
    header,
    notes: live,
    unit: 'frames',
    checked: indices.length,
    total,
    views: views(),
    close: () => {
      shown?.bitmap.close();
      source.close();
    },
  };
}

async function* frameViews(
  { bitmap, opaque }: Frame,
  header: ImageHeader,
  name: string,
  deadline: Deadline,
  notes: string[],
): AsyncGenerator<DecodedView> {
  checkDimensions(header.format, bitmap.width, bitmap.height);
  const found = opaque ? null : await deadline.within(readAlpha(bitmap));
  for (const note of found?.notes ?? []) if (!notes.includes(note)) notes.push(note);
  yield* bitmapViews(bitmap, header, found?.readings ?? null, name);
}
