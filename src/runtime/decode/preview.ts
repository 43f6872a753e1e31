/** Small stills for people: thumbnails and reveals. */
import { uprightSize } from '../../core/image/header';
import type { Preview } from '../../rpc/contract';
import { Deadline } from './deadline';
import { explained } from './explain';
import { inspectImage } from './inspect';
import { canvas2d } from './pixels';

/** As seen on mid grey: neither white nor black content under transparency vanishes. */
const BACKGROUND = '#808080';

/**
 * The first frame, upright, colour-managed as a browser shows it, at most `longestSide` pixels (it is never
 * enlarged). Throws what `decodeImage` throws: what is not judged is not shown either.
 */
export async function previewImage(blob: Blob, longestSide: number, signal?: AbortSignal): Promise<Preview> {
  const name = blob instanceof File ? blob.name : undefined;
  try {
    const deadline = new Deadline(signal);
    const { header, frames, notes } = await deadline.within(inspectImage(blob, name, signal));
    const { width, height } = uprightSize(header);
    const scaled = await deadline.within(scaledBitmap(blob, width, height, longestSide), (late) =>
      late.close(),
    );
    const { bitmap, transparent } = onGrey(scaled, header.hasAlpha === 'maybe');
    const { animated, format } = header;
    const moving = animated ? [`Animated: ${frames ?? 'several'} frames; the first is shown.`] : [];
    const clear = transparent ? ['Has transparency.'] : [];
    return { bitmap, width, height, format, animated, notes: [...notes, ...moving, ...clear] };
  } catch (error) {
    throw await explained(error, blob);
  }
}

/** One side only is given, so that the decoder keeps the aspect ratio whatever the header says. */
function scaledBitmap(blob: Blob, width: number, height: number, longestSide: number): Promise<ImageBitmap> {
  if (Math.max(width, height) <= longestSide) return createImageBitmap(blob);
  const side = width >= height ? { resizeWidth: longestSide } : { resizeHeight: longestSide };
  return createImageBitmap(blob, { ...side, resizeQuality: 'medium' });
}

function onGrey(scaled: ImageBitmap, maybe: boolean): { bitmap: ImageBitmap; transparent: boolean } {
  const { width, height } = scaled;
  const context = canvas2d(width, height);
  context.drawImage(scaled, 0, 0);
  scaled.close();
  const transparent = maybe && hasTransparency(context.getImageData(0, 0, width, height).data);
  context.globalCompositeOperation = 'destination-over';
  context.fillStyle = BACKGROUND;
  context.fillRect(0, 0, width, height);
  return { bitmap: (context.canvas as OffscreenCanvas).transferToImageBitmap(), transparent };
}

function hasTransparency(data: Uint8ClampedArray): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return true;
  return false;
}
