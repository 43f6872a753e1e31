/** BMP with the 40-byte header. */
import { ascii, joined, u16le, u32le } from './bytes';

export interface BmpOptions {
  readonly width: number;
  readonly height: number;
  readonly depth?: 24 | 32;
  readonly compression?: number;
  /** Pixels written, whatever the header says. */
  readonly rows?: number;
}

export function bmp({ width, height, depth = 24, compression = 0, rows = height }: BmpOptions): Uint8Array {
  const stride = Math.ceil((width * depth) / 32) * 4;
  const data = new Uint8Array(stride * Math.max(0, rows)).map((_, i) => (i * 7) & 255);
  return joined([bmpHead(width, height, depth, compression, data.length), data]);
}

export function bmpHead(
  width: number,
  height: number,
  depth: number,
  compression = 0,
  bytes = 0,
): Uint8Array {
  return joined([
    ascii('BM'),
    u32le(54 + bytes),
    u32le(0),
    u32le(54),
    u32le(40),
    u32le(width >>> 0),
    u32le(height >>> 0),
    u16le(1, depth),
    u32le(compression),
    u32le(bytes),
    u32le(2835),
    u32le(2835),
    u32le(0),
    u32le(0),
  ]);
}
