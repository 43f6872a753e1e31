/** A PNG reader for tests in Node: 8 bits or a palette of fewer, not interlaced. */
import { inflateSync } from 'node:zlib';
import { pngDataRanges, pngIhdr } from '../../src/core/image/png';
import { parseBytes } from '../../src/core/image/ranges';
import { indexOf, joined } from './encoders/bytes';

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** RGBA; 255 where the file has no alpha. */
export function readPng(bytes: Uint8Array): { data: Uint8Array; width: number; height: number } {
  const { width, height, depth, colour } = parseBytes(pngIhdr(bytes.length), bytes);
  const ranges = parseBytes(pngDataRanges(bytes.length), bytes);
  const raw = inflateSync(joined(ranges.map(({ start, end }) => bytes.subarray(start, end))));
  const channels = CHANNELS[colour]!;
  const stride = Math.ceil((width * channels * depth) / 8);
  const rows = unfiltered(raw, stride, height, Math.max(1, (channels * depth) >> 3));
  const palette = colour === 3 ? bytes.subarray(indexOf(bytes, 'PLTE') + 4) : null;
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      const from = y * stride + x * channels;
      if (palette) {
        const bit = x * depth;
        const index = (rows[y * stride + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
        data.set(palette.subarray(3 * index, 3 * index + 3), at);
      } else if (channels < 3)
        data.set([rows[from]!, rows[from]!, rows[from]!, rows[from + 1]!].slice(0, channels + 2), at);
      else data.set(rows.subarray(from, from + channels), at);
    }
  return { data, width, height };
}

/** Undoes the five filters (W3C PNG, 9.2). */
function unfiltered(raw: Uint8Array, stride: number, height: number, step: number): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let i = 0; i < stride; i++) {
      const at = y * stride + i;
      const left = i >= step ? out[at - step]! : 0;
      const up = y > 0 ? out[at - stride]! : 0;
      const corner = i >= step && y > 0 ? out[at - stride - step]! : 0;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
      out[at] = raw[y * (stride + 1) + 1 + i]! + predicted;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
