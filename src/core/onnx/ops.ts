/**
 * One function per ONNX operator, named as the operator: https://onnx.ai/onnx/operators (opset 21).
 * Each adds a node and returns the name of its output; shapes are the operator's own.
 */
import { bytesOf, type DType, float32Tensor } from '../tensor';
import { type AddOptions, float, type GraphBuilder, int, ints, string } from './graph';
import { ELEMENT_TYPE } from './write';

export interface ConvOptions extends AddOptions {
  /** Vertical, horizontal. */
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly pads?: readonly [number, number, number, number];
  readonly group?: number;
}

/** x [n,C,H,W] * weight [M,C/group,kH,kW] + bias [M] → [n,M,H′,W′] */
export function conv(g: GraphBuilder, x: string, weight: string, bias: string, o: ConvOptions = {}): string {
  const attributes = {
    strides: o.strides && ints(o.strides),
    dilations: o.dilations && ints(o.dilations),
    pads: o.pads && ints(o.pads),
    group: o.group === undefined ? undefined : int(o.group),
  };
  return g.add('Conv', bias === '' ? [x, weight] : [x, weight, bias], attributes, o);
}

/** a [n,K] · b [K,M], or [M,K] with `transB`, + c [M] → [n,M] */
export function gemm(
  g: GraphBuilder,
  a: string,
  b: string,
  c: string,
  o: AddOptions & { transB?: boolean } = {},
): string {
  return g.add('Gemm', c === '' ? [a, b] : [a, b, c], { transB: o.transB ? int(1) : undefined }, o);
}

export interface PoolOptions extends ConvOptions {
  /** Vertical, horizontal. */
  readonly kernel: readonly [number, number];
}

/** x [n,C,H,W] → [n,C,H′,W′]; padding does not count towards the average. */
export function averagePool(g: GraphBuilder, x: string, o: PoolOptions): string {
  const attributes = {
    kernel_shape: ints(o.kernel),
    strides: o.strides && ints(o.strides),
    pads: o.pads && ints(o.pads),
  };
  return g.add('AveragePool', [x], attributes, o);
}

/** x [n,C,H,W] → [n,C,1,1] */
export const globalAveragePool = (g: GraphBuilder, x: string, o?: AddOptions): string =>
  g.add('GlobalAveragePool', [x], {}, o);

/** min(max(x, low), high); `low` and `high` are scalars in the graph, '' for none. */
export const clip = (g: GraphBuilder, x: string, low: string, high: string, o?: AddOptions): string =>
  g.add('Clip', high === '' ? [x, low] : [x, low, high], {}, o);

const unary =
  (op: string) =>
  (g: GraphBuilder, x: string, o?: AddOptions): string =>
    g.add(op, [x], {}, o);

/** x of any shape → the same shape */
export const relu = unary('Relu');
export const sigmoid = unary('Sigmoid');
export const tanh = unary('Tanh');

const binary =
  (op: string) =>
  (g: GraphBuilder, a: string, b: string, o?: AddOptions): string =>
    g.add(op, [a, b], {}, o);

/** a, b of shapes that broadcast as NumPy's do → the common shape */
export const add = binary('Add');
export const sub = binary('Sub');
export const mul = binary('Mul');
export const div = binary('Div');
/** a [..,n,K] · b [..,K,M] → [..,n,M] */
export const matMul = binary('MatMul');

/** x → the same shape in another element type */
export const cast = (g: GraphBuilder, x: string, to: DType, o?: AddOptions): string =>
  g.add('Cast', [x], { to: int(ELEMENT_TYPE[to]) }, o);

/** data, indices (I32 or I64) along `axis` → data.shape[:axis] + indices.shape + data.shape[axis+1:] */
export const gather = (g: GraphBuilder, data: string, indices: string, axis = 0, o?: AddOptions): string =>
  g.add('Gather', [data, indices], { axis: int(axis) }, o);

/** Sums over `axes`; they stay as size 1 unless `keep` is false. */
export function reduceSum(
  g: GraphBuilder,
  x: string,
  axes: readonly number[],
  keep = true,
  o?: AddOptions,
): string {
  return g.add('ReduceSum', [x, shapeTensor(g, axes)], { keepdims: int(keep ? 1 : 0) }, o);
}

export const softmax = (g: GraphBuilder, x: string, axis = -1, o?: AddOptions): string =>
  g.add('Softmax', [x], { axis: int(axis) }, o);

/** [n, …] → [n, product of the rest] */
export const flatten = (g: GraphBuilder, x: string, o?: AddOptions): string =>
  g.add('Flatten', [x], { axis: int(1) }, o);

export const transpose = (g: GraphBuilder, x: string, perm: readonly number[], o?: AddOptions): string =>
  g.add('Transpose', [x], { perm: ints(perm) }, o);

/** `shape` may hold one −1 (inferred) and zeros (copied from x). */
export const reshape = (g: GraphBuilder, x: string, shape: readonly number[], o?: AddOptions): string =>
  g.add('Reshape', [x, shapeTensor(g, shape)], {}, o);

export const concat = (g: GraphBuilder, parts: readonly string[], axis: number, o?: AddOptions): string =>
  g.add('Concat', parts, { axis: int(axis) }, o);

/** Zeros before and after every axis: all the befores, then all the afters. */
export const pad = (g: GraphBuilder, x: string, pads: readonly number[], o?: AddOptions): string =>
  g.add('Pad', [x, shapeTensor(g, pads)], {}, o);

/** Normalises over the last axis; `scale` and `bias` have its size. */
export const layerNormalization = (
  g: GraphBuilder,
  x: string,
  scale: string,
  bias: string,
  epsilon: number,
  o?: AddOptions,
): string => g.add('LayerNormalization', [x, scale, bias], { epsilon: float(epsilon), axis: int(-1) }, o);

const named = ({ name }: AddOptions): AddOptions => (name === undefined ? {} : { name });
const MICROSOFT = { domain: 'com.microsoft' } as const;

/** x · Φ(x); `tanh`: the approximation of it that GPT-2 uses. x of any shape → the same shape */
export const gelu = (
  g: GraphBuilder,
  x: string,
  approximate: 'none' | 'tanh' = 'none',
  o?: AddOptions,
): string => g.add('Gelu', [x], { approximate: approximate === 'none' ? undefined : string(approximate) }, o);

/** x · sigmoid(alpha · x); SiLU with alpha 1. x of any shape → the same shape */
export const quickGelu = (g: GraphBuilder, x: string, alpha: number, o?: AddOptions): string =>
  g.add('QuickGelu', [x], { alpha: float(alpha) }, { ...o, ...MICROSOFT });

/** Parts of `sizes` along `axis`. */
export function split(
  g: GraphBuilder,
  x: string,
  sizes: readonly number[],
  axis: number,
  o?: AddOptions,
): string[] {
  return g.addMany('Split', [x, shapeTensor(g, sizes)], sizes.length, { axis: int(axis) }, o);
}

/** From `start` up to `end` along `axis`. */
export const slice = (
  g: GraphBuilder,
  x: string,
  start: number,
  end: number,
  axis: number,
  o?: AddOptions,
): string =>
  g.add('Slice', [x, shapeTensor(g, [start]), shapeTensor(g, [end]), shapeTensor(g, [axis])], {}, o);

/** Means over `axes`; they stay as size 1 unless `keep` is false. */
export const reduceMean = (
  g: GraphBuilder,
  x: string,
  axes: readonly number[],
  keep = true,
  o?: AddOptions,
): string => g.add('ReduceMean', [x, shapeTensor(g, axes)], { keepdims: int(keep ? 1 : 0) }, o);

export const sqrt = unary('Sqrt');

/**
 * Turns pairs of neighbours (`interleaved`), or element i with element i + half a head, by the angle whose cosine
 * and sine stand in row `position` of the tables [tokens, head / 2]. x [batch, tokens, width], `start` I64 [1]: the
 * position of the first token.
 */
export const rotaryEmbedding = (
  g: GraphBuilder,
  x: string,
  start: string,
  cos: string,
  sin: string,
  { heads, interleaved }: { readonly heads: number; readonly interleaved: boolean },
  o?: AddOptions,
): string =>
  g.add(
    'RotaryEmbedding',
    [x, start, cos, sin],
    { interleaved: int(interleaved ? 1 : 0), num_heads: int(heads) },
    { ...o, ...MICROSOFT },
  );

/** x F32 → codes U8, scale F32 [], zero point U8 []: one range for the whole tensor. */
export function dynamicQuantizeLinear(
  g: GraphBuilder,
  x: string,
  o?: AddOptions,
): readonly [codes: string, scale: string, zero: string] {
  const [codes, scale, zero] = g.addMany('DynamicQuantizeLinear', [x], 3, {}, o);
  return [codes!, scale!, zero!];
}

/**
 * The product of what codes stand for: a U8 [.., K], b 8 bits [K, N] or [.., K, N] with a scale for all or per
 * column, + bias F32 [N] or ''. b's zero point is 0 where there is none.
 */
export function matMulIntegerToFloat(
  g: GraphBuilder,
  [codes, scale, zero]: readonly [string, string, string],
  b: string,
  bScale: string,
  bias: string,
  o: AddOptions & { readonly bZero?: string } = {},
): string {
  const inputs = [codes, b, scale, bScale, zero, o.bZero ?? '', bias];
  const given = bias !== '' ? inputs : inputs.slice(0, o.bZero === undefined ? 5 : 6);
  return g.add('MatMulIntegerToFloat', given, {}, { ...named(o), ...MICROSOFT });
}

/** x [.., K] · dequantized(codes)ᵀ + bias: codes U8 [N, K / block, block], scales [N · K / block], zeros U8 alike. */
export function matMul8Bits(
  g: GraphBuilder,
  x: string,
  [codes, scales, zeros]: readonly [string, string, string],
  bias: string,
  { k, n, block }: { readonly k: number; readonly n: number; readonly block: number },
  o?: AddOptions,
): string {
  const inputs = [x, codes, scales, zeros, '', bias];
  const attributes = { K: int(k), N: int(n), bits: int(8), block_size: int(block), accuracy_level: int(0) };
  return g.add('MatMulNBits', bias === '' ? inputs.slice(0, 4) : inputs, attributes, { ...o, ...MICROSOFT });
}

/** Whole numbers among the weights, as a vector. */
export const wholes = (g: GraphBuilder, name: string, values: readonly number[]): string =>
  g.initializer(name, {
    dtype: 'I64',
    shape: [values.length],
    bytes: bytesOf(BigInt64Array.from(values, BigInt)),
  });

/** A float32 scalar among the weights. */
export const scalar = (g: GraphBuilder, name: string, value: number): string =>
  g.initializer(name, float32Tensor(Float32Array.of(value), []));

/** Whole numbers among the weights, in the I64 that ONNX wants for axes, shapes and pads. */
function shapeTensor(g: GraphBuilder, values: readonly number[]): string {
  return wholes(g, 'shape', values);
}
