/** What is known of a picture before it is decoded. */
import type { Orientation } from './exif';

export type ImageFormat = 'JPEG' | 'PNG' | 'WebP' | 'AVIF' | 'GIF' | 'BMP';

export interface ImageHeader {
  readonly format: ImageFormat;
  readonly mime: string;
  /** As stored, before `orientation` is applied. Pixels, 1 to 16,384; the product at most 64 million. */
  readonly width: number;
  readonly height: number;
  /** EXIF's 1 to 8: how a browser turns the stored pixels. 1 where the format has none. */
  readonly orientation: Orientation;
  readonly animated: boolean;
  /** Where the header tells; walking the file tells the rest (`checkStructure`). */
  readonly frames?: number;
  /** `maybe` until the pixels are looked at. */
  readonly hasAlpha: 'no' | 'maybe';
  /** Things a moderator should know, each a sentence. */
  readonly notes: readonly string[];
}

/** What a format's parser finds; the rest of the header follows from the format. */
export type FormatHeader = Omit<ImageHeader, 'format' | 'mime' | 'notes'> & {
  readonly notes?: readonly string[];
};

/** What walking the whole file finds. */
export interface Structure {
  /** Counted without decoding. Absent where only a decoder can tell. */
  readonly frames?: number;
  /** Where the picture ends; bytes after it belong to something else. */
  readonly end: number;
  /** What only the walk could tell a moderator. */
  readonly notes?: readonly string[];
}

/** 8-bit pixels, rows from the top, 4 bytes a pixel in the order R, G, B, A; alpha straight, not premultiplied. */
export interface PixelImage {
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}
