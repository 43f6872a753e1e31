/**
 * Whether a PNG's compressed data holds every row. The chunks can be whole and the data in them short; a
 * decoder that paints what it has then shows an upper half as if it were the picture.
 */
import { WinnowError } from '../errors';
import { pngDataRanges, pngIhdr } from './png';
import { cutShort, damaged, parseFile, type Range, type ReadRange } from './ranges';

/** Adam7: where each pass starts and how far apart its pixels are (W3C PNG, 8.1). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Bytes the filtered rows take before compression. */
function rawBytes(width: number, height: number, bits: number, interlaced: boolean): number {
  const rows = (w: number, h: number) => (w === 0 || h === 0 ? 0 : (1 + Math.ceil((w * bits) / 8)) * h);
  if (!interlaced) return rows(width, height);
  return ADAM7.reduce(
    (sum, [x, y, dx, dy]) =>
      sum + rows(Math.max(0, Math.ceil((width - x) / dx)), Math.max(0, Math.ceil((height - y) / dy))),
    0,
  );
}

/** Throws `damaged-file` when the rows end early. Stops inflating as soon as there is enough: bombs cost nothing. */
export async function checkPngData(read: ReadRange, size: number, signal?: AbortSignal): Promise<void> {
  const { width, height, depth, colour, interlaced } = await parseFile(pngIhdr(size), read, size, 64, signal);
  const expected = rawBytes(width, height, depth * CHANNELS[colour]!, interlaced);
  const ranges = await parseFile(pngDataRanges(size), read, size, 4096, signal);
  const reader = compressed(read, ranges).pipeThrough(new DecompressionStream('deflate')).getReader();
  try {
    for (let found = 0; found < expected; ) {
      const { done, value } = await reader.read();
      if (done) throw cutShort('image data');
      found += value.length;
    }
  } catch (error) {
    if (error instanceof WinnowError) throw error;
    // Browsers and Node name the errors of broken zlib data differently.
    throw damaged("the PNG's compressed data is broken");
  } finally {
    reader.cancel().catch(() => {});
  }
}

function compressed(read: ReadRange, ranges: readonly Range[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  let next = 0;
  return new ReadableStream({
    async pull(controller) {
      const range = ranges[next++];
      if (range === undefined) controller.close();
      else controller.enqueue((await read(range.start, range.end)) as Uint8Array<ArrayBuffer>);
    },
  });
}
