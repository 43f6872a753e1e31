/**
 * softmax(q · kᵀ / √head) · v, per head, spelt out. com.microsoft.MultiHeadAttention is one operator for it, and not
 * used: on WebGPU (ONNX Runtime Web 1.30, SwiftShader) it is silently wrong by 0.4 from some hundred tokens on, and
 * on WASM it is no faster. There, one thread, 12 heads of 64, a block takes, in one operator, spelt out, and with q
 * and k in 8 bits: at 1,025 tokens 155, 120 and 93 ms; at 577 40, 40 and 33; at 197 5.1, 5.1 and 5.8.
 */
import * as ops from '../onnx/ops';
import { narrowF16 } from '../quantize/half';
import { bytesOf, type DType } from '../tensor';
import type { Layers } from './layers';

export interface Heads {
  readonly heads: number;
  readonly tokens: number;
  readonly width: number;
}

/** From so many tokens on, products in 8 bits pay for making the codes. */
const CODED_FROM = 256;

/** q, k, v [batch, tokens, width], narrowed → [batch, tokens, width] */
export function attend(layers: Layers, q: string, k: string, v: string, shape: Heads, name: string): string {
  const coded = layers.precision === 'int8' && shape.tokens >= CODED_FROM;
  const scored = coded ? codedScores(layers, q, k, shape) : scores(layers, q, k, shape);
  return mixed(layers, scored, v, shape, name);
}

/** [batch, tokens, width] → [batch, heads, …] in the order of `axes` over (batch, token, head, element) */
function byHead({ g }: Layers, x: string, { heads, tokens, width }: Heads, axes: readonly number[]): string {
  return ops.transpose(g, ops.reshape(g, x, [-1, tokens, heads, width / heads]), axes);
}

const ROWS = [0, 2, 1, 3];
const COLUMNS = [0, 2, 3, 1];

/** [batch, heads, tokens, tokens] F32 */
function scores(layers: Layers, q: string, k: string, shape: Heads): string {
  const scaled = ops.mul(layers.g, q, scale(layers, shape, layers.inner));
  const products = ops.matMul(
    layers.g,
    byHead(layers, scaled, shape, ROWS),
    byHead(layers, k, shape, COLUMNS),
  );
  return layers.widen(products);
}

/** The same out of 8-bit q and k: what that costs a score is noise that the sum over tokens averages out. */
function codedScores(layers: Layers, q: string, k: string, shape: Heads): string {
  const { g } = layers;
  const [codes, qScale, zero] = ops.dynamicQuantizeLinear(g, byHead(layers, q, shape, ROWS));
  const [keys, kScale, kZero] = ops.dynamicQuantizeLinear(g, byHead(layers, k, shape, COLUMNS));
  const scaled = ops.mul(g, qScale, scale(layers, shape, 'F32'));
  return ops.matMulIntegerToFloat(g, [codes, scaled, zero], keys, kScale, '', { bZero: kZero });
}

function mixed(layers: Layers, scored: string, v: string, shape: Heads, name: string): string {
  const { g } = layers;
  const shares = layers.narrow(ops.softmax(g, scored));
  const weighted = ops.matMul(g, shares, byHead(layers, v, shape, ROWS), { name });
  return ops.reshape(g, ops.transpose(g, weighted, ROWS), [-1, shape.tokens, shape.width]);
}

/** 1 / √head */
function scale({ g }: Layers, { width, heads }: Heads, dtype: DType): string {
  const value = Float32Array.of(Math.sqrt(heads / width));
  const bytes = dtype === 'F16' ? narrowF16(value) : bytesOf(value);
  return g.initializer('head_scale', { dtype, shape: [], bytes });
}
