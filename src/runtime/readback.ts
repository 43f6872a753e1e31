/**
 * Pixels of a decoded picture, and of the rows that count only: resampling 12 megapixels to 224 × 224 with
 * two taps reads 446 of 3000 rows. Where a VideoFrame shows the bitmap's own bytes, they are copied from
 * there: 1.5 ms where a canvas takes 10 for those rows and 81 for the whole picture (Chromium 156), and the same bytes.
 */
import { FailedError } from '../core/errors';
import type { RgbaPixels } from '../core/image/resize-corners';
import type { DecodedView } from './decode';
import { pattern, patternBitmap } from './decode/probe';

let exact: Promise<boolean> | undefined;

/**
 * What `use` makes of the given rows of an opaque `bitmap`, one below the other; it must not keep them. `rows` ascend
 * and lie inside the picture, as `compactAxis` lists them. `otherwise` reads them where a frame is no use. Throws `out-of-memory` when there is no canvas of that size.
 */
export async function withOpaqueRows<T>(
  { bitmap, turned }: Pick<DecodedView, 'turned'> & { readonly bitmap: ImageBitmap },
  rows: ArrayLike<number>,
  use: (pixels: RgbaPixels) => T,
  otherwise: () => RgbaPixels = () => readRows(bitmap, rows),
): Promise<T> {
  const copy = turned ? null : await copied(bitmap, rows, 'discard');
  const result = use(copy ?? otherwise());
  if (copy) giveBack(copy.data);
  return result;
}

/** Pixels looked at together when searching for transparency. */
const BAND_PIXELS = 1_000_000;

/** Whether no pixel of `bitmap` is transparent, not even a little. Throws `out-of-memory` as above. */
export async function isOpaque(bitmap: ImageBitmap): Promise<boolean> {
  const { width, height } = bitmap;
  const count = Math.max(1, Math.floor(BAND_PIXELS / width));
  for (let top = 0; top < height; top += count) {
    const rows = Array.from({ length: Math.min(count, height - top) }, (_, y) => top + y);
    const found = await copied(bitmap, rows, 'keep');
    if (found?.alpha === false) return true;
    const opaque = allOpaque((found ?? readRows(bitmap, rows)).data);
    if (found) giveBack(found.data);
    if (!opaque) return false;
  }
  return true;
}

function allOpaque(data: RgbaPixels['data']): boolean {
  // Words, not bytes: four times fewer steps. Little-endian: alpha is the top byte.
  let all = -1;
  for (const word of new Uint32Array(data.buffer, data.byteOffset, data.length / 4)) all &= word;
  return all >>> 24 === 255;
}

/** Kept for the next picture: the first touch of fresh memory costs three times what copying into it does. */
let spare: Uint8Array<ArrayBuffer> | undefined;
const SPARE_BYTES = 16 * 1024 * 1024;

function take(bytes: number): Uint8Array<ArrayBuffer> {
  const buffer = spare && spare.length >= bytes ? spare : new Uint8Array(bytes);
  // Several pictures may be on their way at a time.
  spare = undefined;
  return buffer.subarray(0, bytes);
}

function giveBack({ buffer }: Uint8Array<ArrayBuffer>): void {
  if (buffer.byteLength <= SPARE_BYTES) spare = new Uint8Array(buffer);
}

interface CopiedRows extends RgbaPixels {
  readonly data: Uint8Array<ArrayBuffer>;
  /** False where the fourth byte of a pixel means nothing, since the whole picture is opaque. */
  readonly alpha: boolean;
}

/** Null where the browser cannot, or not exactly. */
async function copied(
  bitmap: ImageBitmap,
  rows: ArrayLike<number>,
  alpha: AlphaOption,
): Promise<CopiedRows | null> {
  exact ??= checkFrames();
  return (await exact) ? copyRows(bitmap, rows, alpha).catch(() => null) : null;
}

/** Whether known pictures come back as they were; a browser may alter them, or not have such frames at all. */
async function checkFrames(): Promise<boolean> {
  try {
    // Colours under transparency are premultiplied on the way.
    return (await comesBack('discard', [0, 1, 2])) && (await comesBack('keep', [3]));
  } catch {
    return false;
  }
}

async function comesBack(alpha: AlphaOption, channels: readonly number[]): Promise<boolean> {
  const size = 16;
  const expected = pattern(size, alpha === 'keep');
  const bitmap = await patternBitmap(expected, size);
  // Not every row: the way to single rows is what is in question.
  const rows = [0, 1, 5, 14];
  const found = await copyRows(bitmap, rows, alpha);
  bitmap.close();
  if (found?.alpha !== (alpha === 'keep')) return false;
  return rows.every((row, y) =>
    channels.every((channel) => {
      const place = found.bgr && channel < 3 ? 2 - channel : channel;
      for (let x = 0; x < size; x++)
        if (found.data[4 * (y * size + x) + place] !== expected[4 * (row * size + x) + channel]) return false;
      return true;
    }),
  );
}

/** Null where the frame is not made of bytes in one of the two usual orders. */
async function copyRows(
  bitmap: ImageBitmap,
  rows: ArrayLike<number>,
  alpha: AlphaOption,
): Promise<CopiedRows | null> {
  const { width } = bitmap;
  const frame = new VideoFrame(bitmap, { timestamp: 0, alpha });
  try {
    // Asking for another order would convert the whole picture once per run of rows.
    const order = /^(BGR|RGB)([AX])$/.exec(frame.format ?? '');
    if (!order) return null;
    const data = take(4 * width * rows.length);
    let at = 0;
    const copies = runsOf(rows).map(([y, height]) => {
      const target = data.subarray(at, at + 4 * width * height);
      at += target.length;
      return frame.copyTo(target, { rect: { x: 0, y, width, height } });
    });
    await Promise.all(copies);
    return { data, width, height: rows.length, bgr: order[1] === 'BGR', alpha: order[2] === 'A' };
  } finally {
    frame.close();
  }
}

/** As `readOpaqueRows`, through a canvas. */
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
