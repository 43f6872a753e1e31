/** Both passes of resampling in WebAssembly: the same bytes as `resize.ts`, four times as fast. */
import type { Coefficients, RgbImage } from '../resize';
import type { PixelImage } from '../types';
import { type Kernels, kernelBytes, LOW_BITS, VECTOR_BYTES } from './kernels';

const PAGE = 65_536;
/** Source bytes copied in at a time: they stay in the second-level cache. */
const BATCH_BYTES = 256 * 1024;

interface Machine extends Kernels {
  readonly memory: WebAssembly.Memory;
}

let machine: Machine | null | undefined;

/** Null where WebAssembly or its vectors are missing, or the page's policy forbids it. */
function start(): Machine | null {
  try {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernelBytes()), { env: { memory } });
    return { memory, ...(exports as unknown as Kernels) };
  } catch {
    return null;
  }
}

/** Addresses handed out one after another, each a multiple of 16. */
class Layout {
  bytes = 0;
  take(bytes: number): number {
    const address = this.bytes;
    this.bytes += aligned(bytes);
    return address;
  }
}

const aligned = (bytes: number): number => Math.ceil(bytes / VECTOR_BYTES) * VECTOR_BYTES;

/**
 * Rows `top` to `bottom` of an RGBA picture through both tables, or null when this machine cannot. `rows` counts
 * from the picture's first row.
 */
export function resample(
  image: PixelImage,
  columns: Coefficients,
  rows: Coefficients,
  top: number,
  bottom: number,
): RgbImage | null {
  if (machine === undefined) machine = start();
  if (machine === null) return null;
  const [width, height] = [columns.first.length, rows.first.length];
  const across = padded(columns, 4);
  const down = padded(rows, 2);
  const stride = aligned(4 * width);
  const sourceStride = 4 * image.width;
  const batch = Math.max(1, Math.floor(BATCH_BYTES / sourceStride));
  const layout = new Layout();
  // Taps of weight 0 may read past the last row: the space after each area belongs to it.
  const source = layout.take(batch * sourceStride + 4 * across.taps);
  const between = layout.take((bottom - top + down.taps) * stride);
  const out = layout.take(stride);
  const columnTable = layout.take(width * (4 + 4 * across.taps));
  const rowTable = layout.take(4 * down.taps);
  const { memory } = machine;
  if (!grown(memory, layout.bytes)) return null;

  const bytes = new Uint8Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  writeColumns(words.subarray(columnTable / 4), columns, across);
  for (let y = top; y < bottom; y += batch) {
    const count = Math.min(batch, bottom - y);
    bytes.set(image.data.subarray(y * sourceStride, (y + count) * sourceStride), source);
    for (let i = 0; i < count; i++)
      machine.horizontal(
        source + i * sourceStride,
        between + (y - top + i) * stride,
        columnTable,
        width,
        across.taps / 4,
      );
  }
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    words.set(down.pairs.subarray(y * down.taps, (y + 1) * down.taps), rowTable / 4);
    const first = between + (rows.first[y]! - top) * stride;
    machine.vertical(first, stride, out, rowTable, stride / VECTOR_BYTES, down.taps / 2);
    for (let x = 0, o = 3 * width * y, i = out; x < width; x++, o += 3, i += 4) {
      data[o] = bytes[i]!;
      data[o + 1] = bytes[i + 1]!;
      data[o + 2] = bytes[i + 2]!;
    }
  }
  return { data, width, height };
}

function grown(memory: WebAssembly.Memory, bytes: number): boolean {
  const missing = bytes - memory.buffer.byteLength;
  try {
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return true;
  } catch {
    return false;
  }
}

interface Padded {
  /** Taps of every position, with zeros added. */
  readonly taps: number;
  /** `taps` words a position: for every two taps a word of upper halves and one of lower halves. */
  readonly pairs: Int32Array;
}

/** Weights split in halves and paired; taps rounded up to a multiple. */
function padded({ first, count, weights, size }: Coefficients, multiple: number): Padded {
  const most = count.reduce((a, b) => Math.max(a, b), 1);
  const taps = Math.ceil(most / multiple) * multiple;
  const pairs = new Int32Array(first.length * taps);
  const halves = new Int16Array(pairs.buffer);
  for (let i = 0; i < first.length; i++)
    for (let t = 0; t < count[i]!; t++) {
      const weight = weights[i * size + t]!;
      const at = 2 * (i * taps + (t & ~1)) + (t & 1);
      halves[at] = weight >> LOW_BITS;
      halves[at + 2] = weight & ((1 << LOW_BITS) - 1);
    }
  return { taps, pairs };
}

function writeColumns(words: Int32Array, { first }: Coefficients, { taps, pairs }: Padded): void {
  for (let x = 0; x < first.length; x++) {
    words[x * (taps + 1)] = 4 * first[x]!;
    words.set(pairs.subarray(x * taps, (x + 1) * taps), x * (taps + 1) + 1);
  }
}
