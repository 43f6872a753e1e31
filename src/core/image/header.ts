/**
 * What a picture says of itself before anything is decoded: format by content, dimensions, turn, frames.
 * Everything hostile that can be refused from the header is refused here, in well under 5 ms.
 */
import { avifHeader } from './avif';
import { bmpHeader } from './bmp';
import { checkDimensions, checkFileSize } from './dimensions';
import { swapsSides } from './exif';
import { gifHeader } from './gif';
import { jpegHeader } from './jpeg';
import { HEADER_BYTES } from './limits';
import { pngHeader } from './png';
import { type Parse, parseBytes, parseFile, type ReadRange } from './ranges';
import { SNIFF_BYTES, sniff } from './sniff';
import type { FormatHeader, ImageFormat, ImageHeader } from './types';
import { webpHeader } from './webp';

const PARSERS: Readonly<Record<ImageFormat, (size: number) => Parse<FormatHeader>>> = {
  JPEG: jpegHeader,
  PNG: pngHeader,
  WebP: webpHeader,
  AVIF: avifHeader,
  GIF: gifHeader,
  BMP: bmpHeader,
};

const EXTENSIONS: Readonly<Record<ImageFormat, readonly string[]>> = {
  JPEG: ['jpg', 'jpeg', 'jpe', 'jfif', 'pjpeg', 'pjp'],
  PNG: ['png', 'apng'],
  WebP: ['webp'],
  AVIF: ['avif', 'avifs'],
  GIF: ['gif'],
  BMP: ['bmp', 'dib'],
};

/**
 * The header of a picture from its first bytes (at most 256 KiB are needed but for a JPEG or PNG behind large
 * metadata, which ends in `invalid-input`: use `readImageHeader`).
 *
 * Throws `empty-file`, `too-large`, `unsupported-format` or `damaged-file`, in at most 5 ms.
 */
export function readHeader(bytes: Uint8Array, fileSize: number = bytes.length): ImageHeader {
  return parseBytes(imageHeader(fileSize), bytes);
}

/** The same from a file of which only the ranges needed are read, also behind 10 MB of metadata. */
export async function readImageHeader(
  read: ReadRange,
  fileSize: number,
  signal?: AbortSignal,
): Promise<ImageHeader> {
  return parseFile(imageHeader(fileSize), read, fileSize, FIRST_READ, signal);
}

/** One read is enough for nearly every file; a parser that jumps reads no more than this at a time. */
const FIRST_READ = HEADER_BYTES / 16;

function* imageHeader(size: number): Parse<ImageHeader> {
  checkFileSize(size);
  const format = sniff(yield { start: 0, end: Math.min(size, SNIFF_BYTES) });
  const found = yield* PARSERS[format](size);
  checkDimensions(format, found.width, found.height);
  return { ...found, format, mime: `image/${format.toLowerCase()}`, notes: found.notes ?? [] };
}

/** Width and height as a viewer shows them. */
export function uprightSize(header: ImageHeader): { width: number; height: number } {
  const { width, height } = header;
  return swapsSides(header.orientation) ? { width: height, height: width } : { width, height };
}

/** A note when the name's extension says another kind than the content; null when they agree or it has none. */
export function extensionLie(name: string, header: Pick<ImageHeader, 'format'>): string | null {
  // Only a plain extension is repeated: the name is hostile text.
  const extension = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase();
  if (extension === undefined || EXTENSIONS[header.format].includes(extension)) return null;
  return `Named .${extension}, but its content is ${header.format}.`;
}
