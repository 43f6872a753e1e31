/** What this browser's decoder does, found out once instead of assumed from its name. */
import {
  joined,
  PNG_SIGNATURE,
  pngChunk,
  pngIhdrBytes,
  writePng,
  zlibStored,
} from '../../core/image/png-write';

let short: Promise<boolean> | undefined;

/**
 * Whether a PNG whose data ends early is painted instead of refused. Chromium 156 refuses it; where it is painted,
 * the data has to be inflated and counted before it is decoded.
 */
export function paintsShortPng(): Promise<boolean> {
  short ??= createImageBitmap(new Blob([shortPng()])).then(
    (bitmap) => {
      bitmap.close();
      return true;
    },
    () => false,
  );
  return short;
}

/** 64 × 64 pixels with the rows of 8. */
function shortPng(): Uint8Array<ArrayBuffer> {
  return joined([
    PNG_SIGNATURE,
    pngChunk('IHDR', pngIhdrBytes(64, 64)),
    pngChunk('IDAT', zlibStored(new Uint8Array(8 * (1 + 4 * 64)))),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}

/** A pattern in which every byte value occurs and neighbours differ; alpha takes 16 values, 0 among them. */
export function pattern(size: number, withAlpha: boolean): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(4 * size * size);
  for (let i = 0; i < size * size; i++) {
    const alpha = withAlpha ? (i % 16) * 17 : 255;
    data.set([(i * 37) & 255, (i * 101 + 50) & 255, (i * 151 + 200) & 255, alpha], 4 * i);
  }
  return data;
}

/** The pattern as a PNG, decoded without colour management or premultiplication. */
export function patternBitmap(data: Uint8Array, size: number): Promise<ImageBitmap> {
  return createImageBitmap(new Blob([writePng(data, size, size)]), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
}

/** Largest difference of any two bytes. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : 255;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}
