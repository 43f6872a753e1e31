/** Some browsers alter what is read from a canvas, against fingerprinting; scores then are of other pixels. */
import type { CanvasCheck } from '../../rpc/contract';
import { canvas2d, readPixels } from './pixels';
import { largestDifference, pattern, patternBitmap } from './probe';

const SIZE = 64;

/** Writes a known pattern and reads it back, once directly and once through the PNG decoder. */
export async function checkCanvas(): Promise<CanvasCheck> {
  const expected = pattern(SIZE, false);
  const context = canvas2d(SIZE, SIZE);
  context.putImageData(new ImageData(new Uint8ClampedArray(expected), SIZE, SIZE), 0, 0);
  const direct = largestDifference(context.getImageData(0, 0, SIZE, SIZE).data, expected);
  const bitmap = await patternBitmap(expected, SIZE);
  const decoded = largestDifference(readPixels(bitmap).data, expected);
  bitmap.close();
  const largest = Math.max(direct, decoded);
  return { exact: largest === 0, largest };
}
