/**
 * softmax(q · kᵀ / √head) · v, per head. In one operator, or spelt out where that measures faster: ONNX Runtime Web
 * 1.30 on WASM, one thread, 12 heads of 64, per block: 1,025 tokens 155 ms in one operator, 120 spelt out, 93 with q
 * and k in 8 bits; 577 tokens 40, 40 and 33; 197 tokens 5.1, 5.1 and 5.8.
 */
import * as ops from '../onnx/ops';
import type { Layers } from './layers';

export interface Heads {
  readonly heads: number;
  readonly tokens: number;
  readonly width: number;
}

/** From so many tokens on, products in 8 bits pay for making the codes. */
const CODED_FROM = 256;
/** From so many tokens on, one operator is slower than its parts. */
const APART_FROM = 768;

/** q, k, v [batch, tokens, width], narrowed → [batch, tokens, width] */
export function attend(layers: Layers, q: string, k: string, v: string, shape: Heads, name: string): string {
  const { precision, g } = layers;
  if (precision === 'int8' && shape.tokens >= CODED_FROM)
    return mixed(layers, codedScores(layers, q, k, shape), v, shape, name);
  if (precision === 'exact' && shape.tokens >= APART_FROM)
    return mixed(layers, scores(layers, q, k, shape), v, shape, name);
  return ops.multiHeadAttention(g, q, k, v, shape.heads, { name });
}

/** [batch, tokens, width] → [batch, heads, …] in the order of `axes` over (batch, token, head, element) */
function byHead({ g }: Layers, x: string, { heads, tokens, width }: Heads, axes: readonly number[]): string {
  return ops.transpose(g, ops.reshape(g, x, [-1, tokens, heads, width / heads]), axes);
}

const ROWS = [0, 2, 1, 3];
const COLUMNS = [0, 2, 3, 1];

/** [batch, heads, tokens, tokens] */
function scores(layers: Layers, q: string, k: string, shape: Heads): string {
  const scaled = ops.mul(layers.g, q, scale(layers, shape));
  return ops.matMul(layers.g, byHead(layers, scaled, shape, ROWS), byHead(layers, k, shape, COLUMNS));
}

/** The same out of 8-bit q and k: what that costs a score is noise that the sum over tokens averages out. */
function codedScores(layers: Layers, q: string, k: string, shape: Heads): string {
  const { g } = layers;
  const [codes, qScale, zero] = ops.dynamicQuantizeLinear(g, byHead(layers, q, shape, ROWS));
  const [keys, kScale, kZero] = ops.dynamicQuantizeLinear(g, byHead(layers, k, shape, COLUMNS));
  const scaled = ops.mul(g, qScale, scale(layers, shape));
  return ops.matMulIntegerToFloat(g, [codes, scaled, zero], keys, kScale, '', { bZero: kZero });
}

function mixed(layers: Layers, scored: string, v: string, shape: Heads, name: string): string {
  const { g } = layers;
  const weighted = ops.matMul(g, ops.softmax(g, scored), byHead(layers, v, shape, ROWS), { name });
  return ops.reshape(g, ops.transpose(g, weighted, ROWS), [-1, shape.tokens, shape.width]);
}

const scale = ({ g }: Layers, { width, heads }: Heads): string =>
  ops.scalar(g, 'head_scale', Math.sqrt(heads / width));
