/** Activations by the names that timm and transformers give them. */
import { UnsupportedError } from '../errors';
import type { GraphBuilder } from '../onnx/graph';
import * as ops from '../onnx/ops';

export type Activation = 'gelu' | 'gelu-tanh' | 'quick-gelu' | 'relu' | 'silu' | 'tanh' | 'none';

const BY_NAME: ReadonlyMap<unknown, Activation> = new Map<string, Activation>([
  ['gelu', 'gelu'],
  ['gelu_python', 'gelu'],
  ['gelu_tanh', 'gelu-tanh'],
  ['gelu_new', 'gelu-tanh'],
  ['gelu_fast', 'gelu-tanh'],
  ['gelu_pytorch_tanh', 'gelu-tanh'],
  ['quick_gelu', 'quick-gelu'],
  ['quickgelu', 'quick-gelu'],
  ['relu', 'relu'],
  ['silu', 'silu'],
  ['swish', 'silu'],
  ['tanh', 'tanh'],
  ['none', 'none'],
  ['linear', 'none'],
]);

/** Throws `unsupported-model` naming an activation that is not among them. */
export function activationOf(name: unknown): Activation {
  const found = BY_NAME.get(name);
  if (!found)
    throw new UnsupportedError('unsupported-model', `The activation “${String(name)}” is not supported.`);
  return found;
}

/** x of any shape → the same shape */
export function activate(g: GraphBuilder, x: string, activation: Activation): string {
  switch (activation) {
    case 'gelu':
      return ops.gelu(g, x);
    case 'gelu-tanh':
      return ops.gelu(g, x, 'tanh');
    case 'quick-gelu':
      // 1.702 as in CLIP: x · sigmoid(1.702 x).
      return ops.quickGelu(g, x, 1.702);
    case 'silu':
      return ops.quickGelu(g, x, 1);
    case 'relu':
      return ops.relu(g, x);
    case 'tanh':
      return ops.tanh(g, x);
    case 'none':
      return x;
  }
}
