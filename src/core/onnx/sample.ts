/** A small network of the kind that most models here are: two blocks of a transformer, to find out how fast a machine is. */
import { bytesOf, float32Tensor } from '../tensor';
import { type Graph, GraphBuilder, int } from './graph';
import * as ops from './ops';

/** A ViT-Tiny's: 192 wide, 3 heads, 196 patches and a class. */
const WIDTH = 192;
const HEADS = 3;
const TOKENS = 197;
const BLOCKS = 2;

export const SAMPLE_DIMS: readonly number[] = [1, TOKENS, WIDTH];

/** `x` F32 [1, 197, 192] → `y` of the same shape; about 0.4 GFLOP. The same weights every time, 0.9 MB or 3.6. */
export function sampleGraph(precision: 'float32' | 'int8'): Graph {
  const g = new GraphBuilder(`sample-${precision}`);
  const linear = precision === 'int8' ? int8Linear(g) : floatLinear(g);
  let x = g.input('x', 'F32', SAMPLE_DIMS);
  for (let block = 0; block < BLOCKS; block++) {
    x = ops.add(g, x, linear(attention(g, linear, norm(g, x)), WIDTH, WIDTH));
    const wide = g.add('Gelu', [linear(norm(g, x), WIDTH, 4 * WIDTH)], {}, { domain: 'com.microsoft' });
    x = ops.add(g, x, linear(wide, 4 * WIDTH, WIDTH));
  }
  g.output(norm(g, x), 'y', 'F32', SAMPLE_DIMS);
  return g.build();
}

type Linear = (x: string, inputs: number, outputs: number) => string;

function attention(g: GraphBuilder, linear: Linear, x: string): string {
  const inputs = [linear(x, WIDTH, WIDTH), linear(x, WIDTH, WIDTH), linear(x, WIDTH, WIDTH)];
  return g.add('MultiHeadAttention', inputs, { num_heads: int(HEADS) }, { domain: 'com.microsoft' });
}

function norm(g: GraphBuilder, x: string): string {
  const scale = g.initializer('scale', float32Tensor(new Float32Array(WIDTH).fill(1), [WIDTH]));
  return g.add('LayerNormalization', [x, scale]);
}

function floatLinear(g: GraphBuilder): Linear {
  return (x, inputs, outputs) => {
    const values = Float32Array.from(codes(inputs * outputs), (code) => code / 127 / Math.sqrt(inputs));
    return ops.matMul(g, x, g.initializer('weight', float32Tensor(values, [inputs, outputs])));
  };
}

function int8Linear(g: GraphBuilder): Linear {
  return (x, inputs, outputs) => {
    const shape = [inputs, outputs];
    const weight = g.initializer('codes', { dtype: 'I8', shape, bytes: bytesOf(codes(inputs * outputs)) });
    const scales = new Float32Array(outputs).fill(1 / 127 / Math.sqrt(inputs));
    const [quantised, scale, zero] = g.addMany('DynamicQuantizeLinear', [x], 3) as [string, string, string];
    const scaled = g.initializer('scales', float32Tensor(scales, [outputs]));
    return g.add(
      'MatMulIntegerToFloat',
      [quantised, weight, scale, scaled, zero],
      {},
      { domain: 'com.microsoft' },
    );
  };
}

/** Numbers that look like any, −127 to 127 (a generator of Numerical Recipes). */
function codes(count: number): Int8Array<ArrayBuffer> {
  let state = 1;
  return Int8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round((state / 2 ** 32) * 254) - 127;
  });
}
