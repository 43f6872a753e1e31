/** Rotary positions over a grid of patches, as timm's RotaryEmbeddingCat makes them (timm/layers/pos_embed_sincos.py). */
import * as ops from '../onnx/ops';
import { narrowBf16, narrowF16, widenBf16, widenF16 } from '../quantize/half';
import { bytesOf, type DType } from '../tensor';
import { type Encoder, prefixTokens, tokens } from './transformer';

const { fround } = Math;

/** Turns queries or keys [batch, tokens, width]. */
export type Rotation = (encoder: Encoder, x: string) => string;

export interface RotaryConfig {
  /** The grid it was trained on, which positions are scaled to; the grid itself when absent. */
  readonly reference?: readonly [height: number, width: number];
  readonly temperature: number;
  /** Added to positions before they are scaled. */
  readonly offset: number;
  /** Columns before rows, where timm says `xy`. */
  readonly columnsFirst: boolean;
  /** Of the checkpoint: timm keeps the tables in the type of the weights, so bfloat16 weights turn by rounded tables. */
  readonly dtype: DType;
}

/**
 * Angles [patches, head / 2]: for each of a patch's two coordinates, coordinate · temperature^(−band / bands) for
 * head / 4 bands. Every step is rounded to float32 where timm's is.
 */
export function angles(
  grid: { readonly height: number; readonly width: number },
  head: number,
  { reference, temperature, offset, columnsFirst }: RotaryConfig,
): Float32Array {
  const bands = Float32Array.from({ length: Math.floor(head / 4) }, (_, band) =>
    fround(1 / fround(temperature ** fround(band / Math.floor(head / 4)))),
  );
  const [rows, columns] = reference ?? [grid.height, grid.width];
  const out = new Float32Array(grid.height * grid.width * 2 * bands.length);
  let next = 0;
  const put = (position: number) => {
    for (const band of bands) out[next++] = position * band;
  };
  const at = (index: number, size: number, trained: number) =>
    fround(fround(fround(index + offset) / size) * trained);
  // timm's `xy` swaps the two sizes and then asks meshgrid for `xy`: the flat order stays rows by columns, and the
  // column's coordinate comes first.
  for (let row = 0; row < grid.height; row++)
    for (let column = 0; column < grid.width; column++) {
      const down = at(row, grid.height, rows);
      const across = at(column, grid.width, columns);
      put(columnsFirst ? across : down);
      put(columnsFirst ? down : across);
    }
  return out;
}

/** The rotation of every block; its tables are made once per graph. */
export function rotation(config: RotaryConfig): Rotation {
  let tables: { readonly start: string; readonly cos: string; readonly sin: string } | undefined;
  return (encoder, x) => {
    tables ??= addTables(encoder, config);
    const { heads, layers } = encoder;
    // timm turns pairs of neighbours.
    const options = { heads, interleaved: true };
    return ops.rotaryEmbedding(layers.g, x, tables.start, tables.cos, tables.sin, options);
  };
}

function addTables(encoder: Encoder, config: RotaryConfig) {
  const { layers, width, heads, grid } = encoder;
  const half = width / heads / 2;
  const all = angles(grid, width / heads, config);
  const before = prefixTokens(encoder) * half;
  const table = (name: string, of: (angle: number) => number) => {
    // Tokens before the patches are not turned: an angle of zero.
    const values = new Float32Array(tokens(encoder) * half).fill(of(0), 0, before);
    const turned = rounded(Float32Array.from(all, of), config.dtype);
    values.set(turned, before);
    const dtype = layers.inner;
    const making = {
      tensors: [{ name, dtype, shape: [tokens(encoder), half] }],
      reads: 0,
      make: async () => [dtype === 'F16' ? narrowF16(values) : bytesOf(values)],
    };
    return layers.add(making);
  };
  const start = ops.wholes(layers.g, 'first_position', [0]);
  return { start, cos: table('cosines', Math.cos), sin: table('sines', Math.sin) };
}

function rounded(values: Float32Array, dtype: DType): Float32Array {
  if (dtype === 'BF16') return widenBf16(narrowBf16(values));
  if (dtype === 'F16') return widenF16(narrowF16(values));
  return values;
}
