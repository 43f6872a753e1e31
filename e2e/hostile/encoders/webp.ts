/** RIFF chunks around bitstreams taken from valid files. */
import { ascii, indexOf, joined, u32le } from './bytes';

export interface WebpFrame {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
}

const u24 = (value: number) => u32le(value).subarray(0, 3);

export function riffChunk(type: string, data: Uint8Array): Uint8Array {
  return joined([ascii(type), u32le(data.length), data, new Uint8Array(data.length % 2)]);
}

export function riff(chunks: readonly Uint8Array[]): Uint8Array {
  const body = joined([ascii('WEBP'), ...chunks]);
  return joined([ascii('RIFF'), u32le(body.length), body]);
}

/** The chunk of a type out of a valid file, header and padding included. */
export function taken(webp: Uint8Array, type: string): Uint8Array {
  const at = indexOf(webp, type);
  const length = new DataView(webp.buffer, webp.byteOffset).getUint32(at + 4, true);
  return webp.slice(at, at + 8 + length + (length % 2));
}

export function vp8x(width: number, height: number, flags = 0): Uint8Array {
  return riffChunk('VP8X', joined([Uint8Array.of(flags, 0, 0, 0), u24(width - 1), u24(height - 1)]));
}

export function anmf({ x = 0, y = 0, width, height }: WebpFrame, bitstream: Uint8Array): Uint8Array {
  const head = [x / 2, y / 2, width - 1, height - 1, 100].map(u24);
  return riffChunk('ANMF', joined([...head, Uint8Array.of(0), bitstream]));
}
