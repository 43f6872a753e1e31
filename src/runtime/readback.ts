/**
 * Pixels of a decoded picture, for the rows that count only. Resampling 12 megapixels to 224 × 224 with
 * two taps reads 446 of 3000 rows; reading those alone took 14 ms where the whole picture took 81
 * (Chromium 156, software canvas), and gives the same bytes.
 */
import { FailedError } from '../core/errors';

/**
 * RGBA of the given rows of `bitmap`, one below the other. `rows` ascend and lie inside the picture, as
 * `compactAxis` lists them. Throws `out-of-memory` when the browser gives no canvas of that size.
 */
export function readRows(bitmap: ImageBitmap, rows: ArrayLike<number>): ImageData {
  const { width } = bitmap;
  const context = new OffscreenCanvas(width, rows.length).getContext('2d', {
    // Kept in memory rather than on the GPU: it is drawn once and read once.
    willReadFrequently: true,
    colorSpace: 'srgb',
  });
  if (!context)
    throw new FailedError('out-of-memory', 'The browser gave no canvas to read the picture from.');
  // Whole pixels go to whole pixels, so nothing is to be interpolated.
  context.imageSmoothingEnabled = false;
  let target = 0;
  for (const [start, count] of runsOf(rows)) {
    context.drawImage(bitmap, 0, start, width, count, 0, target, width, count);
    target += count;
  }
  return context.getImageData(0, 0, width, rows.length, { colorSpace: 'srgb' });
}

/** Neighbouring rows as one: first row and how many follow. */
export function runsOf(rows: ArrayLike<number>): [start: number, count: number][] {
  const runs: [number, number][] = [];
  for (let i = 0; i < rows.length; i++) {
    const last = runs.at(-1);
    if (last && last[0] + last[1] === rows[i]) last[1]++;
    else runs.push([rows[i]!, 1]);
  }
  return runs;
}
