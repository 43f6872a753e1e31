/** Segments put into a valid JPEG. */
import { ascii, indexOf, joined, patched, u32be } from './bytes';

/** `segments` right after the start of image. */
export function withSegments(jpeg: Uint8Array, segments: readonly Uint8Array[]): Uint8Array {
  return joined([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

/** An APP1 or other segment; at most 65,533 bytes of data. */
export function segment(marker: number, data: Uint8Array): Uint8Array {
  const length = data.length + 2;
  return joined([Uint8Array.of(0xff, marker, length >>> 8, length & 255), data]);
}

/** EXIF with an orientation, a GPS directory with a made-up place in the sea, and `padding` bytes. */
export function exif(orientation: number, padding = 0): Uint8Array {
  const entry = (tag: number, type: number, count: number, value: Uint8Array) =>
    joined([Uint8Array.of(tag >>> 8, tag & 255, 0, type), u32be(count), value]);
  const gps = 8 + 2 + 2 * 12 + 4;
  const tiff = joined([
    ascii('MM\0*'),
    u32be(8),
    Uint8Array.of(0, 2),
    entry(0x0112, 3, 1, Uint8Array.of(0, orientation, 0, 0)),
    entry(0x8825, 4, 1, u32be(gps)),
    u32be(0),
    Uint8Array.of(0, 1),
    entry(0x0001, 2, 2, ascii('S\0\0\0')),
    u32be(0),
    new Uint8Array(padding),
  ]);
  return segment(0xe1, joined([ascii('Exif\0\0'), tiff]));
}

/** The frame header says other dimensions. */
export function resized(jpeg: Uint8Array, width: number, height: number): Uint8Array {
  const at = indexOf(jpeg, Uint8Array.of(0xff, 0xc0)) + 5;
  return patched(jpeg, at, Uint8Array.of(height >>> 8, height & 255, width >>> 8, width & 255));
}
