/** PNG and APNG, valid and not. */
import { joined, PNG_SIGNATURE, pngChunk, pngIhdrBytes, zlibStored } from '../../../src/core/image/png-write';
import { u32be } from './bytes';

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export interface PngOptions {
  readonly width: number;
  readonly height: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA. */
  readonly colour?: number;
  readonly depth?: number;
  /** Chunks between IHDR and IDAT. */
  readonly before?: readonly Uint8Array[];
  /** Rows that are really there. */
  readonly rows?: number;
  /** zlib data instead of a gradient. */
  readonly data?: Uint8Array;
}

/** Filtered rows of a gradient. */
export function rows({ width, height, colour = 2, depth = 8, rows: count = height }: PngOptions): Uint8Array {
  const stride = Math.ceil((width * CHANNELS[colour]! * depth) / 8);
  const raw = new Uint8Array((stride + 1) * count);
  for (let y = 0; y < count; y++)
    for (let x = 0; x < stride; x++)
      raw[y * (stride + 1) + 1 + x] = (x * 5 + y * 11) & (colour === 3 ? 1 : 255);
  return raw;
}

export function png(options: PngOptions): Uint8Array {
  const { width, height, colour = 2, depth = 8, before = [], data = zlibStored(rows(options)) } = options;
  const palette = colour === 3 ? [pngChunk('PLTE', Uint8Array.of(200, 40, 40, 40, 40, 200))] : [];
  return joined([
    PNG_SIGNATURE,
    pngChunk('IHDR', pngIhdrBytes(width, height, colour, depth)),
    ...palette,
    ...before,
    pngChunk('IDAT', data),
    END,
  ]);
}

export const END = pngChunk('IEND', new Uint8Array(0));

/** An animation of `count` frames in steps of grey. `apart`: before it a still picture that is no frame. */
export function apng(
  width: number,
  height: number,
  count: number,
  announced = count,
  apart = false,
): Uint8Array {
  const parts: Uint8Array[] = [
    PNG_SIGNATURE,
    pngChunk('IHDR', pngIhdrBytes(width, height, 0)),
    pngChunk('acTL', joined([u32be(announced), u32be(0)])),
  ];
  if (apart) parts.push(pngChunk('IDAT', zlibStored(rows({ width, height, colour: 0 }))));
  for (let i = 0, sequence = 0; i < count; i++) {
    const control = joined([
      ...[sequence++, width, height, 0, 0].map(u32be),
      Uint8Array.of(0, 4, 0, 100, 0, 0),
    ]);
    const raw = new Uint8Array((width + 1) * height).map((_, at) =>
      at % (width + 1) === 0 ? 0 : (i * 20) & 255,
    );
    parts.push(pngChunk('fcTL', control));
    parts.push(
      i === 0 && !apart
        ? pngChunk('IDAT', zlibStored(raw))
        : pngChunk('fdAT', joined([u32be(sequence++), zlibStored(raw)])),
    );
  }
  return joined([...parts, END]);
}

/** zlib data of `length` zeros: a thousandth of their size. */
export async function bomb(length: number): Promise<Uint8Array> {
  const block = new Uint8Array(1_000_000);
  let left = length;
  const zeros = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const part = Math.min(left, block.length);
      if (part > 0) controller.enqueue(block.slice(0, part));
      left -= part;
      if (left <= 0) controller.close();
    },
  });
  return new Uint8Array(
    await new Response(zeros.pipeThrough(new CompressionStream('deflate'))).arrayBuffer(),
  );
}
