/** The encoder that transformers' ViT and CLIP configs describe, in the same words: what differs is said by the family. */
import { activationOf } from './activation';
import type { Layers } from './layers';
import type { Names } from './names';
import type { Settings } from './settings';
import { type Block, type Encoder, gridOf } from './transformer';

/** What a config leaves out, and what it has no word for. */
interface Variant {
  readonly epsilon: number;
  readonly patch: readonly [number, number];
  readonly activation: string;
  readonly qkvBias: Block['qkvBias'];
  readonly patchBias: boolean;
  readonly preNorm: boolean;
}

/** Throws `unsupported-model` and `invalid-model` as `Settings` and `gridOf` do. */
export function encoderOf(
  config: Settings,
  names: Names,
  layers: Layers,
  { epsilon, patch, activation, qkvBias, patchBias, preNorm }: Variant,
): Encoder {
  return {
    layers,
    names,
    width: config.whole('hidden_size', 768),
    depth: config.whole('num_hidden_layers', 12),
    heads: config.whole('num_attention_heads', 12),
    epsilon: config.number('layer_norm_eps', epsilon),
    grid: gridOf(config.size('image_size', [224, 224]), config.size('patch_size', patch)),
    prefix: [{ name: 'cls_token', tokens: 1 }],
    positions: 'all',
    patchBias,
    preNorm,
    block: {
      qkv: 'separate',
      qkvBias,
      qkNorm: false,
      attentionNorm: false,
      outputBias: true,
      layerScale: false,
      mlp: 'plain',
      hidden: config.whole('intermediate_size', 3072),
      mlpNorm: false,
      activation: activationOf(config.raw('hidden_act') ?? activation),
    },
  };
}
