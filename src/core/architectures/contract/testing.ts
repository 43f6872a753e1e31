/** Checkpoints of every family in sizes nobody published: names and shapes as the family's files have them. */
import type { JsonObject } from '../../checkpoint/json';
import type { Checkpoint } from '../../checkpoint/stored';
import type { Precision } from '../../policy/types';
import type { DType } from '../../tensor';
import { golden, synthetic } from '../testing';

export interface Made {
  readonly config: JsonObject;
  readonly checkpoint: Checkpoint;
  /** Of one input, without batch. */
  readonly input: readonly number[];
  /** Of each output, without batch. */
  readonly outputs: Readonly<Record<string, readonly number[]>>;
}

export interface Size {
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly image: number;
  readonly patch: number;
  readonly classes: number;
}

type Shapes = Record<string, readonly number[]>;

const both = (name: string, ...shape: readonly number[]): Shapes => ({
  [`${name}.weight`]: shape,
  [`${name}.bias`]: [shape[0]!],
});

const layers = (depth: number, of: (index: number) => Shapes): Shapes =>
  Object.assign({}, ...Array.from({ length: depth }, (_, index) => of(index)));

const count = ({ image, patch }: Size): number => (image / patch) ** 2;

function timmStem(size: Size): Shapes {
  const { width, patch, classes } = size;
  return {
    cls_token: [1, 1, width],
    pos_embed: [1, count(size) + 1, width],
    ...both('patch_embed.proj', width, 3, patch, patch),
    ...both('head', classes, width),
  };
}

function timmConfig(architecture: string, size: Size, more: JsonObject): JsonObject {
  const { image, patch, heads, classes } = size;
  return {
    architecture,
    num_classes: classes,
    model_args: { img_size: image, patch_size: patch, num_heads: heads, ...more },
    pretrained_cfg: { input_size: [3, image, image] },
  };
}

const imageOf = (size: Size) => ({
  input: [3, size.image, size.image],
  outputs: { embedding: [size.width], logits: [size.classes] },
});

export function madeVit(size: Size, more: JsonObject = {}): Made {
  const { width, depth } = size;
  const block = (index: number): Shapes => {
    const name = `blocks.${index}`;
    return {
      ...both(`${name}.norm1`, width),
      ...both(`${name}.norm2`, width),
      ...both(`${name}.attn.qkv`, 3 * width, width),
      ...both(`${name}.attn.proj`, width, width),
      ...both(`${name}.mlp.fc1`, 4 * width, width),
      ...both(`${name}.mlp.fc2`, width, 4 * width),
    };
  };
  const shapes = { ...timmStem(size), ...both('norm', width), ...layers(depth, block) };
  return {
    config: timmConfig('vit_small_patch16_224', size, more),
    checkpoint: synthetic(shapes),
    ...imageOf(size),
  };
}

export function madeEva02(size: Size, prefix = '', dtype: DType = 'F32'): Made {
  const { width, depth } = size;
  const hidden = Math.floor((width * 8) / 3);
  const block = (index: number): Shapes => {
    const name = `blocks.${index}`;
    return {
      ...both(`${name}.norm1`, width),
      ...both(`${name}.norm2`, width),
      ...both(`${name}.attn.q_proj`, width, width),
      [`${name}.attn.k_proj.weight`]: [width, width],
      ...both(`${name}.attn.v_proj`, width, width),
      ...both(`${name}.attn.proj`, width, width),
      ...both(`${name}.mlp.fc1_g`, hidden, width),
      ...both(`${name}.mlp.fc1_x`, hidden, width),
      ...both(`${name}.mlp.norm`, hidden),
      ...both(`${name}.mlp.fc2`, width, hidden),
    };
  };
  const shapes = { ...timmStem(size), ...both('fc_norm', width), ...layers(depth, block) };
  const named = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, shape]));
  return {
    config: timmConfig('eva02_base_patch14_448', size, {}),
    checkpoint: synthetic(named, 1, dtype),
    ...imageOf(size),
  };
}

export function madeHfVit(size: Size): Made {
  const { width, depth, heads, image, patch, classes } = size;
  const block = (index: number): Shapes => {
    const name = `vit.encoder.layer.${index}`;
    return {
      ...both(`${name}.layernorm_before`, width),
      ...both(`${name}.layernorm_after`, width),
      ...both(`${name}.attention.attention.query`, width, width),
      ...both(`${name}.attention.attention.key`, width, width),
      ...both(`${name}.attention.attention.value`, width, width),
      ...both(`${name}.attention.output.dense`, width, width),
      ...both(`${name}.intermediate.dense`, 2 * width, width),
      ...both(`${name}.output.dense`, width, 2 * width),
    };
  };
  const shapes = {
    'vit.embeddings.cls_token': [1, 1, width],
    'vit.embeddings.position_embeddings': [1, count(size) + 1, width],
    ...both('vit.embeddings.patch_embeddings.projection', width, 3, patch, patch),
    ...both('vit.layernorm', width),
    ...both('classifier', classes, width),
    ...both('vit.pooler.dense', width, width),
    ...layers(depth, block),
  };
  const config = {
    model_type: 'vit',
    hidden_size: width,
    num_hidden_layers: depth,
    num_attention_heads: heads,
    intermediate_size: 2 * width,
    image_size: image,
    patch_size: patch,
  };
  return { config, checkpoint: synthetic(shapes), ...imageOf(size) };
}

export function madeClip(size: Size, twoTowers = true): Made {
  const { width, depth, heads, image, patch, classes } = size;
  const block = (index: number): Shapes => {
    const name = `vision_model.encoder.layers.${index}`;
    return {
      ...both(`${name}.layer_norm1`, width),
      ...both(`${name}.layer_norm2`, width),
      ...both(`${name}.self_attn.q_proj`, width, width),
      ...both(`${name}.self_attn.k_proj`, width, width),
      ...both(`${name}.self_attn.v_proj`, width, width),
      ...both(`${name}.self_attn.out_proj`, width, width),
      ...both(`${name}.mlp.fc1`, 3 * width, width),
      ...both(`${name}.mlp.fc2`, width, 3 * width),
    };
  };
  const text = {
    'text_model.final_layer_norm.weight': [8],
    'text_projection.weight': [4, 8],
    logit_scale: [],
  };
  const shapes = {
    'vision_model.embeddings.class_embedding': [width],
    'vision_model.embeddings.patch_embedding.weight': [width, 3, patch, patch],
    'vision_model.embeddings.position_embedding.weight': [count(size) + 1, width],
    'vision_model.embeddings.position_ids': [1, count(size) + 1],
    ...both('vision_model.pre_layrnorm', width),
    ...both('vision_model.post_layernorm', width),
    'visual_projection.weight': [classes, width],
    ...layers(depth, block),
    ...(twoTowers && text),
  };
  const vision = {
    hidden_size: width,
    num_hidden_layers: depth,
    num_attention_heads: heads,
    intermediate_size: 3 * width,
    image_size: image,
    patch_size: patch,
    hidden_act: 'gelu',
  };
  return {
    config: twoTowers
      ? { model_type: 'clip', projection_dim: classes, vision_config: vision }
      : { model_type: 'clip_vision_model', projection_dim: classes, ...vision },
    checkpoint: synthetic(shapes),
    input: [3, image, image],
    outputs: { image_embeds: [classes], embedding: [classes] },
  };
}

/** Widths from the embedding to the logits. */
export function madeHead(widths: readonly number[], normalised = true): Made {
  const [width] = widths as [number];
  const shapes = {
    ...(normalised && { mean: [width], variance: [width] }),
    ...layers(widths.length - 1, (index) => both(`layers.${index}`, widths[index + 1]!, widths[index]!)),
  };
  return {
    config: { activation: 'gelu' },
    checkpoint: synthetic(shapes),
    input: [width],
    outputs: { logits: [widths.at(-1)!] },
  };
}

export const PRECISIONS: readonly Precision[] = ['exact', 'int8', 'int8-blocks', 'half'];

export const small = { width: 64, depth: 2, heads: 4, image: 32, patch: 8, classes: 3 };
const wide = { width: 96, depth: 1, heads: 2, image: 28, patch: 14, classes: 2 };
/** Enough tokens for every way of attention: 289 for 8-bit scores, 785 for parts in float32. */
const long = { width: 32, depth: 1, heads: 2, image: 136, patch: 8, classes: 2 };
const longer = { ...long, image: 224 };

/** Family, what is special, and a checkpoint. */
export const MADE: readonly (readonly [family: string, what: string, made: () => Made])[] = [
  ['timm-vit', 'small', () => madeVit(small)],
  ['timm-vit', 'of wide heads', () => madeVit(wide, { act_layer: 'quick_gelu' })],
  ['timm-vit', 'of 289 tokens', () => madeVit(long)],
  ['timm-vit', 'of 785 tokens', () => madeVit(longer)],
  ['timm-eva02', 'small', () => madeEva02(small)],
  ['timm-eva02', 'wrapped, in bfloat16', () => madeEva02(wide, 'timm_model.', 'BF16')],
  ['timm-eva02', 'in float16, of 289 tokens', () => madeEva02(long, '', 'F16')],
  ['hf-vit', 'small', () => madeHfVit(small)],
  ['hf-vit', 'of wide heads', () => madeHfVit(wide)],
  ['clip-vision', 'of both towers', () => madeClip(small)],
  ['clip-vision', 'of the picture tower alone', () => madeClip(wide, false)],
  ['mlp-head', 'of three layers', () => madeHead([24, 40, 16, 1])],
  ['mlp-head', 'of one layer, not normalised', () => madeHead([8, 5], false)],
];

/** Variants within the families, each with the reference's answers, by folder in `fixtures/variants`. */
export const VARIANTS: readonly (readonly [family: string, variant: string])[] = [
  ...[
    ...['deit3', 'clip', 'clip-quickgelu', 'dinov2', 'dinov2-registers', 'miil', 'plus', 'gap', 'gap-biased'],
    ...['gap-registers', 'gap-register', 'vit-norms', 'vit-pooled', 'vit-bare'],
  ].map((variant) => ['timm-vit', variant] as const),
  ...['eva02-fused', 'eva02-clip', 'eva', 'eva-clip', 'eva02-rotary', 'eva02-separate'].map(
    (variant) => ['timm-eva02', variant] as const,
  ),
  ['hf-vit', 'hf-vit-unbiased'],
  ['clip-vision', 'clip-tower'],
];

/** Every variant as a checkpoint like those of `MADE`. */
export const madeVariants = (): Promise<(readonly [family: string, what: string, made: () => Made])[]> =>
  Promise.all(
    VARIANTS.map(async ([family, variant]) => {
      const { config, checkpoint, input, expected } = await golden(`variants/${variant}`, 'variants');
      const outputs = [...expected].filter(([name]) => name !== 'probabilities');
      const made: Made = {
        config,
        checkpoint,
        input: input.dims.slice(1),
        outputs: Object.fromEntries(outputs.map(([name, { dims }]) => [name, dims.slice(1)])),
      };
      return [family, variant, () => made] as const;
    }),
  );
