/** Frames of an animation, sampled over its length and decoded one by one. */

import { MAX_SAMPLED_FRAMES } from '../../core/image/limits';
import { damaged } from '../../core/image/ranges';
import type { Deadline } from './deadline';

export interface Frame {
  readonly bitmap: ImageBitmap;
  /** Whether the decoder says that no pixel can be transparent. */
  readonly opaque: boolean;
}

export interface Frames {
  /** Of the sampled frames, ascending, the first and the last included. */
  readonly indices: readonly number[];
  readonly total: number;
  frame(index: number): Promise<Frame>;
  close(): void;
}

/** At most `most` of `total` frames, evenly spaced, first and last included. */
export function sampledIndices(total: number, most = MAX_SAMPLED_FRAMES): number[] {
  const count = Math.min(total, most);
  if (count === 1) return [0];
  return Array.from({ length: count }, (_, i) => Math.round((i * (total - 1)) / (count - 1)));
}

/** Pixel formats without an alpha channel (WebCodecs, 9.4). */
const OPAQUE_FORMATS = ['BGRX', 'RGBX', 'I420', 'I422', 'I444', 'NV12'];

/**
 * Opens an animation. `counted`: frames found in the file without decoding; a decoder that finds fewer would leave
 * some unseen, which is `damaged-file`.
 */
export async function openFrames(
  blob: Blob,
  mime: string,
  counted: number | undefined,
  deadline: Deadline,
): Promise<Frames> {
  const decoder = new ImageDecoder({
    data: await deadline.within(blob.arrayBuffer()),
    type: mime,
    colorSpaceConversion: 'none',
    preferAnimation: true,
  });
  let open = true;
  const close = () => {
    if (open) decoder.close();
    open = false;
  };
  try {
    await deadline.within(decoder.tracks.ready);
    await deadline.within(decoder.completed);
    const total = decoder.tracks.selectedTrack?.frameCount ?? 0;
    if (total === 0 || total < (counted ?? 1))
      throw damaged(`${counted ?? 'several'} frames are announced and ${total} can be decoded`);
    return {
      indices: sampledIndices(total),
      total,
      frame: (index) => frameAt(decoder, index, deadline),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function frameAt(decoder: ImageDecoder, frameIndex: number, deadline: Deadline): Promise<Frame> {
  const { image } = await deadline.within(decoder.decode({ frameIndex }), (late) => late.image.close());
  try {
    // By way of a bitmap, not `copyTo`: for lossy frames that is off by up to 100 levels in Chromium (nearest
    // chroma sample), and it premultiplies.
    const bitmap = await deadline.within(
      createImageBitmap(image, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' }),
      (late) => late.close(),
    );
    return { bitmap, opaque: image.format !== null && OPAQUE_FORMATS.includes(image.format) };
  } finally {
    image.close();
  }
}
