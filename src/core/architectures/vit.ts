/** timm's VisionTransformer (timm/models/vision_transformer.py): Marqo's model, and the plain ViTs, DeiTs and CLIP ViTs. */
import type { JsonObject } from '../checkpoint/json';
import type { Checkpoint } from '../checkpoint/stored';
import { activationOf } from './activation';
import type { Family } from './family';
import { Layers } from './layers';
import { Names, type NameTable } from './names';
import {
  architectureOf,
  finish,
  PREFIXES,
  pictureSize,
  poolOf,
  readTimmConfig,
  TIMM_ROWS,
  type TimmConfig,
} from './timm';
import { type Encoder, gridOf } from './transformer';

const TABLE: NameTable = {
  prefixes: PREFIXES,
  rows: [...TIMM_ROWS, ['blocks.*.ls1.gamma', 'blocks.*.scale1'], ['blocks.*.ls2.gamma', 'blocks.*.scale2']],
  ignored: [],
};

const SIZES = '(?:tiny|xsmall|wee|little|small|medium|mediumd|betwixt|base|large|huge|giant|gigantic)';
/** Patches alone, pooled behind the last norm. */
const POOLED: JsonObject = { class_token: false, global_pool: 'avg', fc_norm: false };
/** What timm's entry points pass, by the form of their names; a name of another form is another graph. */
const ENTRIES: readonly (readonly [form: RegExp, args: JsonObject])[] = [
  [new RegExp(`^(?:vit|deit)_${SIZES}_patch\\d+_\\d+$`), {}],
  [/^vit_base_patch\d+_plus_\d+$/, { init_values: 1e-5 }],
  [/^vit_base_patch16_224_miil$/, { qkv_bias: false }],
  [/^deit3_\w+_patch\d+_\d+$/, { no_embed_class: true, init_values: 1e-6 }],
  [new RegExp(`^vit_${SIZES}_patch\\d+(?:_plus)?_clip_\\d+$`), { pre_norm: true }],
  [new RegExp(`^vit_${SIZES}_patch\\d+_clip_quickgelu_\\d+$`), { pre_norm: true, act_layer: 'quick_gelu' }],
  [/^vit_(?:small|base|large)_patch14_dinov2$/, { init_values: 1e-5 }],
  [/^vit_(?:small|base|large)_patch14_reg4_dinov2$/, { ...registers(4), init_values: 1e-5 }],
  [/^vit_(?:medium|betwixt)_patch16_gap_\d+$/, { ...POOLED, qkv_bias: false, init_values: 1e-6 }],
  // Its heads are of 48, as no other's.
  [/^vit_base_patch16_gap_\d+$/, { ...POOLED, num_heads: 16 }],
  [/^vit_(?:huge|giant)_patch\d+_gap_\d+$/, POOLED],
  [/^vit_base_patch16_reg4_gap_\d+$/, { ...registers(4), class_token: false, global_pool: 'avg' }],
  [new RegExp(`^vit_${SIZES}_patch16_reg1_gap_\\d+$`), pooledRegisters(1)],
  [new RegExp(`^vit_${SIZES}_patch16_reg4_gap_\\d+$`), pooledRegisters(4)],
];

/** What timm's entry point of that name passes; undefined where it is none of the family. */
export const vitEntry = (name: string): JsonObject | undefined =>
  ENTRIES.find(([form]) => form.test(name))?.[1];

function registers(count: number): JsonObject {
  return { reg_tokens: count, no_embed_class: true };
}

function pooledRegisters(count: number): JsonObject {
  return { ...registers(count), class_token: false, global_pool: 'avg', init_values: 1e-5 };
}

const KNOWN = [
  'img_size',
  'patch_size',
  'in_chans',
  'global_pool',
  'depth',
  'num_heads',
  'qkv_bias',
  'qk_norm',
  'scale_attn_norm',
  'scale_mlp_norm',
  'proj_bias',
  'init_values',
  'class_token',
  'pos_embed',
  'no_embed_class',
  'reg_tokens',
  'pre_norm',
  'final_norm',
  'fc_norm',
  'pool_include_prefix',
  'act_layer',
];

export const timmVit: Family = {
  id: 'timm-vit',
  matches: (config) => /^(?:vit|deit3?)_(?!.*rope)/.test(architectureOf(config)),
  build(json, checkpoint, { precision }) {
    const config = readTimmConfig(json, vitEntry, KNOWN);
    const size = pictureSize(config);
    const encoder = encoderOf(config, checkpoint, new Layers('vit', precision), size);
    const { args } = config;
    const pool = poolOf(config.pool || 'token');
    const last = args.flag('final_norm', true);
    const poolNorm = args.flag('fc_norm', pool === 'avg');
    const tail = {
      norm: last && !poolNorm,
      poolNorm: last && poolNorm,
      pool,
      poolsPrefix: args.flag('pool_include_prefix', false),
    };
    return finish(encoder, tail, config, size);
  },
};

function encoderOf(
  { architecture, args }: TimmConfig,
  checkpoint: Checkpoint,
  layers: Layers,
  size: readonly [number, number],
): Encoder {
  const names = new Names(TABLE, checkpoint);
  const [width = 0, , height = 0, across = 0] = names.shape('patch.weight', 4);
  const prefix = [
    ...(args.flag('class_token', true) ? [{ name: 'cls_token', tokens: 1 }] : []),
    ...(args.number('reg_tokens', 0) > 0 ? [{ name: 'reg_token', tokens: args.whole('reg_tokens', 0) }] : []),
  ];
  const preNorm = args.flag('pre_norm', false);
  args.only('pos_embed', 'learn', 'none', '');
  const learned = args.raw('pos_embed') === undefined || args.raw('pos_embed') === 'learn';
  return {
    layers,
    names,
    width,
    depth: args.whole('depth', names.layers),
    heads: args.whole('num_heads', headsOf(width)),
    epsilon: architecture.includes('_clip_') ? 1e-5 : 1e-6,
    grid: gridOf(size, args.size('patch_size', [height, across])),
    prefix,
    positions: !learned ? 'none' : args.flag('no_embed_class', false) ? 'patches' : 'all',
    patchBias: !preNorm,
    preNorm,
    block: {
      qkv: 'fused',
      qkvBias: args.flag('qkv_bias', true) ? 'all' : 'none',
      qkNorm: args.flag('qk_norm', false),
      attentionNorm: args.flag('scale_attn_norm', false),
      outputBias: args.flag('proj_bias', true),
      layerScale: args.has('init_values'),
      mlp: 'plain',
      hidden: names.shape('blocks.0.mlp.fc1.weight', 2)[0]!,
      mlpNorm: args.flag('scale_mlp_norm', false),
      activation: activationOf(args.raw('act_layer') ?? 'gelu'),
    },
  };
}

/** Heads of timm's entry points where nothing says otherwise: of 64, but 16 from ViT-H to ViT-G. */
export const headsOf = (width: number): number =>
  [1280, 1408, 1664].includes(width) ? 16 : Math.max(1, Math.floor(width / 64));
