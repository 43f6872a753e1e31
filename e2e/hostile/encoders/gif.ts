/** GIF without compression: a clear code before the table can grow keeps every code at 8 bits. */
import { ascii, joined, u16le } from './bytes';

const CODE_BITS = 7;
const CLEAR = 1 << CODE_BITS;
const END_OF_DATA = CLEAR + 1;
/** After a clear code the table holds 130 codes; 126 more fit into 8 bits. */
const RUN = 126;

export interface GifFrame {
  readonly left?: number;
  readonly top?: number;
  readonly width: number;
  readonly height: number;
  /** Palette index of pixel `i`, 0 to 127. */
  readonly pixel: (i: number) => number;
  /** Palette index that is not painted. */
  readonly transparent?: number;
}

export function gif(width: number, height: number, frames: readonly GifFrame[]): Uint8Array {
  return joined([gifHead(width, height), ...frames.map(gifFrame), Uint8Array.of(0x3b)]);
}

/** Screen and a palette of 128 colours. */
export function gifHead(width: number, height: number): Uint8Array {
  const palette = Uint8Array.from(
    { length: 3 * 128 },
    (_, i) => (Math.floor(i / 3) * (2 + (i % 3) * 37)) & 255,
  );
  return joined([ascii('GIF89a'), u16le(width, height), Uint8Array.of(0xf6, 0, 0), palette]);
}

export function gifFrame(frame: GifFrame): Uint8Array {
  const { left = 0, top = 0, width, height, pixel, transparent } = frame;
  const flags = transparent === undefined ? 0x04 : 0x05;
  const control = Uint8Array.of(0x21, 0xf9, 4, flags, 5, 0, transparent ?? 0, 0);
  const codes: number[] = [];
  for (let i = 0; i < width * height; i++) {
    if (i % RUN === 0) codes.push(CLEAR);
    codes.push(pixel(i));
  }
  codes.push(END_OF_DATA);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < codes.length; at += 255) {
    const part = codes.slice(at, at + 255);
    blocks.push(Uint8Array.of(part.length, ...part));
  }
  const place = u16le(left, top, width, height);
  return joined([
    control,
    Uint8Array.of(0x2c),
    place,
    Uint8Array.of(0, CODE_BITS),
    ...blocks,
    Uint8Array.of(0),
  ]);
}
