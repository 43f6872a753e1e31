/** The limits on a picture's size, applied before anything is decoded. */
import { InvalidError, UnsupportedError } from '../errors';
import { MAX_FILE_BYTES, MAX_PIXELS, MAX_SIDE } from './limits';
import type { ImageFormat } from './types';
import { grouped } from './words';

/** Throws `empty-file`, or `too-large` above 50 MB. */
export function checkFileSize(size: number): void {
  if (size === 0)
    throw new InvalidError('empty-file', 'Empty: the file has 0 bytes. Get the original again.');
  if (size > MAX_FILE_BYTES) {
    const megabytes = Math.ceil(size / 2 ** 20);
    throw new UnsupportedError('too-large', `Too large: ${grouped(megabytes)} MB; the limit is 50.`, {
      size,
    });
  }
}

/** Throws `damaged-file` for a picture without pixels and `too-large` beyond the limits. */
export function checkDimensions(format: ImageFormat, width: number, height: number): void {
  if (!(width > 0 && height > 0))
    throw new InvalidError(
      'damaged-file',
      `Damaged: the ${format} header says ${width} × ${height} pixels. Look at it yourself, or get another copy.`,
    );
  const size = { width, height };
  // Two 32-bit numbers multiply to at most 2^64: inexact as a double, and over the limit all the same.
  if (width * height > MAX_PIXELS)
    throw new UnsupportedError(
      'too-large',
      `Too large: ${megapixels(width * height)} megapixels; the limit is 64.`,
      size,
    );
  if (Math.max(width, height) > MAX_SIDE) {
    const side = `${grouped(Math.max(width, height))} pixels ${width > height ? 'wide' : 'high'}`;
    throw new UnsupportedError('too-large', `Too large: ${side}; the limit is 16,384.`, size);
  }
}

/** Rounded up below 100, so that 64.01 is not reported as 64. */
function megapixels(pixels: number): string {
  const millions = pixels / 1e6;
  return grouped(millions < 100 ? Math.ceil(millions * 10) / 10 : Math.round(millions));
}
