/**
 * The pre-norm vision transformer that ViT, EVA02 and CLIP are variants of: patches, blocks of attention and MLP,
 * a pooled embedding. What a variant has is said by `Encoder` and by which tensors there are; activations are
 * [batch · tokens, width] throughout, because products of two dimensions are what every backend does best.
 */
import type { StoredTensor } from '../checkpoint/stored';
import { UnsupportedError } from '../errors';
import * as ops from '../onnx/ops';
import { type Activation, activate } from './activation';
import { attend } from './attention';
import type { Layers, Linear } from './layers';
import type { Names } from './names';
import { computed, type Part } from './planned';
import type { Rotation } from './rotary';

export interface Encoder {
  readonly layers: Layers;
  readonly names: Names;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** Of every layer norm. */
  readonly epsilon: number;
  readonly grid: {
    readonly height: number;
    readonly width: number;
    readonly patch: readonly [number, number];
  };
  /** Tokens before the patches, by our name, each [1, n, width] or [width]. */
  readonly prefix: readonly { readonly name: string; readonly tokens: number }[];
  /** Rows of `positions`: of all tokens, of the patches only, or there is none. */
  readonly positions: 'all' | 'patches' | 'none';
  readonly patchBias: boolean;
  readonly preNorm: boolean;
  readonly block: Block;
}

export interface Block {
  /** How queries, keys and values lie in the file. */
  readonly qkv: 'fused' | 'separate';
  /** `query-value`: keys have none. `split`: a fused weight with biases of their own for queries and values. */
  readonly qkvBias: 'none' | 'all' | 'query-value' | 'split';
  readonly qkNorm: boolean;
  readonly attentionNorm: boolean;
  /** Of the projection after attention, and of the MLP. */
  readonly outputBias: boolean;
  readonly layerScale: boolean;
  readonly mlp: 'plain' | 'gated' | 'gated-packed';
  readonly hidden: number;
  readonly mlpNorm: boolean;
  readonly activation: Activation;
  readonly rotation?: Rotation;
}

/** Pixels on a side; what a picture classifier takes is far below. */
const SIDE_LIMIT = 4096;

export const patches = ({ grid }: Encoder): number => grid.height * grid.width;
export const prefixTokens = ({ prefix }: Encoder): number =>
  prefix.reduce((sum, { tokens }) => sum + tokens, 0);
export const tokens = (encoder: Encoder): number => prefixTokens(encoder) + patches(encoder);

/** Patches in a picture of `size` pixels. Throws `unsupported-model` when they do not fill it. */
export function gridOf(size: readonly [number, number], patch: readonly [number, number]): Encoder['grid'] {
  const [height, width] = [size[0] / patch[0], size[1] / patch[1]];
  if (!Number.isInteger(height) || !Number.isInteger(width) || Math.max(...size) > SIDE_LIMIT)
    throw new UnsupportedError(
      'unsupported-model',
      `Pictures of ${size[1]} × ${size[0]} px do not divide into patches of ${patch[1]} × ${patch[0]} px.`,
    );
  return { height, width, patch };
}

/** `pixels` F32 [batch, 3, H, W] → [batch · tokens, width] after every block. */
export function encode(encoder: Encoder): string {
  let x = embed(encoder);
  for (let index = 0; index < encoder.depth; index++) x = block(encoder, x, index);
  return x;
}

/** A layer norm of ours by that name over rows of `width`. */
export function norm(encoder: Encoder, x: string, name: string, width = encoder.width): string {
  const { layers, names, epsilon } = encoder;
  const scale = layers.floats(`${name}.weight`, [width], [names.take(`${name}.weight`, [width])]);
  const bias = layers.floats(`${name}.bias`, [width], [names.take(`${name}.bias`, [width])]);
  return ops.layerNormalization(layers.g, x, scale, bias, epsilon, { name });
}

/** [batch · tokens, width] → the first token [batch, width] */
export function firstToken(encoder: Encoder, x: string): string {
  const { g } = encoder.layers;
  return ops.reshape(g, ops.slice(g, byToken(encoder, x), 0, 1, 1), [-1, encoder.width]);
}

/** [batch · tokens, width] → the mean over tokens from `from` [batch, width] */
export function meanToken(encoder: Encoder, x: string, from: number): string {
  const { g } = encoder.layers;
  const all = byToken(encoder, x);
  return ops.reduceMean(g, from === 0 ? all : ops.slice(g, all, from, tokens(encoder), 1), [1], false);
}

const byToken = (encoder: Encoder, x: string): string =>
  ops.reshape(encoder.layers.g, x, [-1, tokens(encoder), encoder.width]);

function embed(encoder: Encoder): string {
  const { layers, names, grid, width, patchBias } = encoder;
  const { g } = layers;
  const [height, wide] = grid.patch;
  const pixels = g.input('pixels', 'F32', [layers.batch, 3, grid.height * height, grid.width * wide]);
  const shape = [width, 3, height, wide];
  const weight = layers.floats('patch.weight', shape, [names.take('patch.weight', shape)]);
  const bias = patchBias ? layers.floats('patch.bias', [width], [names.take('patch.bias', [width])]) : '';
  const convolved = ops.conv(g, pixels, weight, bias, { name: 'patch', strides: grid.patch });
  const flat = ops.reshape(g, convolved, [0, width, patches(encoder)]);
  const before = prefixTokens(encoder);
  let x = ops.transpose(g, flat, [0, 2, 1]);
  // Rows of zeros for the tokens before the patches: their values come with the positions, in any batch.
  if (before > 0) x = ops.pad(g, x, [0, before, 0, 0, 0, 0]);
  if (before > 0 || encoder.positions !== 'none')
    x = ops.add(g, x, positions(encoder), { name: 'positions' });
  x = ops.reshape(g, x, [-1, width]);
  return encoder.preNorm ? norm(encoder, x, 'norm_pre') : x;
}

/** [1, tokens, width]: the prefix tokens' values, and the position of every token that has one. */
function positions(encoder: Encoder): string {
  const { layers, names, width, prefix } = encoder;
  const count = tokens(encoder);
  const own = prefix.map(({ name, tokens: n }) => names.take(name, [1, n, width], [width]));
  const rows = encoder.positions === 'all' ? count : patches(encoder);
  const table =
    encoder.positions === 'none' ? [] : [names.take('positions', [1, rows, width], [rows, width])];
  const making = computed('positions', [1, count, width], [...own, ...table], (values) => {
    const out = new Float32Array(count * width);
    let offset = 0;
    for (const value of values.slice(0, own.length)) {
      out.set(value, offset);
      offset += value.length;
    }
    const position = values[own.length];
    const start = (count - rows) * width;
    position?.forEach((value, i) => {
      out[start + i]! += value;
    });
    return out;
  });
  return layers.add(making);
}

function block(encoder: Encoder, x: string, index: number): string {
  const { layers, block: kind } = encoder;
  const { g } = layers;
  const name = `blocks.${index}`;
  const scaled = (value: string, scale: string) =>
    kind.layerScale ? ops.mul(g, value, vector(encoder, `${name}.${scale}`)) : value;
  const attended = layers.widen(attention(encoder, norm(encoder, x, `${name}.norm1`), `${name}.attn`));
  const middle = ops.add(g, x, scaled(attended, 'scale1'), { name: `${name}.middle` });
  const fed = layers.widen(mlp(encoder, norm(encoder, middle, `${name}.norm2`), `${name}.mlp`));
  return ops.add(g, middle, scaled(fed, 'scale2'), { name });
}

function vector({ layers, names, width }: Encoder, name: string): string {
  return layers.floats(name, [width], [names.take(name, [width])]);
}

/** x [rows, width] F32 → [rows, width], narrowed */
function attention(encoder: Encoder, x: string, name: string): string {
  const { layers, width, heads, block: kind } = encoder;
  const { g } = layers;
  const all = layers.linear(layers.narrow(x), queriesKeysValues(encoder, `${name}.qkv`, name));
  const apart = ops.reshape(g, all, [-1, tokens(encoder), 3 * width]);
  const [query, key, value] = ops.split(g, apart, [width, width, width], 2, { name: `${name}.parts` });
  const turned = (part: string, which: 'q' | 'k') => {
    const normed = kind.qkNorm ? headNorm(encoder, part, `${name}.${which}_norm`) : part;
    return kind.rotation ? kind.rotation(encoder, normed) : normed;
  };
  const shape = { heads, tokens: tokens(encoder), width };
  const mixed = attend(layers, turned(query!, 'q'), turned(key!, 'k'), value!, shape, name);
  let out = ops.reshape(g, mixed, [-1, width]);
  if (kind.attentionNorm) out = layers.narrow(norm(encoder, layers.widen(out), `${name}.norm`));
  return layers.linear(out, linear(encoder, `${name}.proj`, width, width, kind.outputBias));
}

/** A norm over each head by itself: [batch, tokens, width] → the same */
function headNorm(encoder: Encoder, x: string, name: string): string {
  const { layers, width, heads } = encoder;
  const size = width / heads;
  const each = ops.reshape(layers.g, layers.widen(x), [-1, size]);
  const normed = layers.narrow(norm(encoder, each, name, size));
  return ops.reshape(layers.g, normed, [-1, tokens(encoder), width]);
}

function queriesKeysValues({ names, width, block: kind }: Encoder, name: string, owner: string): Linear {
  const square = [width, width];
  const each = (which: string) => names.take(`${owner}.${which}.weight`, square);
  const weights =
    kind.qkv === 'fused'
      ? [names.take(`${owner}.qkv.weight`, [3 * width, width])]
      : [each('q'), each('k'), each('v')];
  const bias = (which: string) => names.take(`${owner}.${which}`, [width]);
  const biases = (): Part[] => {
    if (kind.qkvBias === 'none') return [];
    if (kind.qkvBias === 'split') return [bias('q_bias'), width, bias('v_bias')];
    if (kind.qkv === 'fused') return [names.take(`${owner}.qkv.bias`, [3 * width])];
    return [bias('q.bias'), kind.qkvBias === 'all' ? bias('k.bias') : width, bias('v.bias')];
  };
  return { name, inputs: width, outputs: 3 * width, weights, biases: biases() };
}

/** The linear layer of ours by that name. */
export function linear(
  { names }: Pick<Encoder, 'names'>,
  name: string,
  inputs: number,
  outputs: number,
  bias = true,
): Linear {
  const weights: StoredTensor[] = [names.take(`${name}.weight`, [outputs, inputs])];
  const biases = bias ? [names.take(`${name}.bias`, [outputs])] : [];
  return { name, inputs, outputs, weights, biases };
}

/** x [rows, width] F32 → [rows, width], narrowed */
function mlp(encoder: Encoder, x: string, name: string): string {
  const { layers, width, block: kind } = encoder;
  const { hidden } = kind;
  const { g } = layers;
  const narrow = layers.narrow(x);
  let inside: string;
  if (kind.mlp === 'plain') {
    const raised = layers.linear(narrow, linear(encoder, `${name}.fc1`, width, hidden, kind.outputBias));
    inside = activate(g, raised, kind.activation);
  } else {
    const both = layers.linear(narrow, gates(encoder, `${name}.fc1`));
    const [gate, value] = ops.split(g, both, [hidden, hidden], 1, { name: `${name}.parts` });
    inside = ops.mul(g, ops.quickGelu(g, gate!, 1), value!);
  }
  if (kind.mlpNorm) inside = layers.narrow(norm(encoder, layers.widen(inside), `${name}.norm`, hidden));
  return layers.linear(inside, linear(encoder, `${name}.fc2`, hidden, width, kind.outputBias));
}

/** The gate's rows above the value's. */
function gates(encoder: Encoder, name: string): Linear {
  const { width, block: kind } = encoder;
  const { hidden } = kind;
  if (kind.mlp === 'gated-packed') return linear(encoder, name, width, 2 * hidden, kind.outputBias);
  const [gate, value] = ['g', 'x'].map((which) =>
    linear(encoder, `${name}_${which}`, width, hidden, kind.outputBias),
  );
  return {
    name,
    inputs: width,
    outputs: 2 * hidden,
    weights: [...gate!.weights, ...value!.weights],
    biases: [...gate!.biases, ...value!.biases],
  };
}
