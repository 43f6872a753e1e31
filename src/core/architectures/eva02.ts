/** timm's Eva (timm/models/eva.py) as EVA02 uses it: Freepik's model. Rotary positions, gated MLP with a norm inside. */
import type { JsonObject } from '../checkpoint/json';
import type { Checkpoint } from '../checkpoint/stored';
import type { DType } from '../tensor';
import type { Family } from './family';
import { Layers } from './layers';
import { Names, type NameTable } from './names';
import { rotation } from './rotary';
import type { Settings, Size } from './settings';
import {
  architectureOf,
  bothOf,
  finish,
  PREFIXES,
  pictureSize,
  poolOf,
  readTimmConfig,
  TIMM_ROWS,
  type TimmConfig,
} from './timm';
import { type Block, type Encoder, gridOf } from './transformer';
import { headsOf } from './vit';

const TABLE: NameTable = {
  prefixes: PREFIXES,
  rows: [
    ...TIMM_ROWS,
    ['blocks.*.attn.q_bias', 'blocks.*.attn.q_bias'],
    ['blocks.*.attn.v_bias', 'blocks.*.attn.v_bias'],
    ...['q', 'k', 'v'].flatMap((one) => bothOf(`blocks.*.attn.${one}_proj`, `blocks.*.attn.${one}`)),
    ...bothOf('blocks.*.mlp.fc1_g', 'blocks.*.mlp.fc1_g'),
    ...bothOf('blocks.*.mlp.fc1_x', 'blocks.*.mlp.fc1_x'),
    ['blocks.*.gamma_1', 'blocks.*.scale1'],
    ['blocks.*.gamma_2', 'blocks.*.scale2'],
  ],
  // Fixed tables that older versions saved: made anew, in double precision. The keys' bias is always zero.
  ignored: [
    'rope.**',
    'blocks.*.attn.rope.**',
    'blocks.*.attn.k_bias',
    'blocks.*.attn.relative_position_index',
  ],
};

/** What timm's entry points pass. */
const EVA02: JsonObject = { swiglu_mlp: true, use_rot_pos_emb: true, ref_feat_shape: [16, 16] };
const LARGER: JsonObject = { ...EVA02, qkv_fused: false, scale_mlp: true };
const ENTRIES: readonly (readonly [form: RegExp, args: JsonObject])[] = [
  [/^eva02_(?:tiny|small)_patch\d+_\d+$/, EVA02],
  [/^eva02_(?:base|large)_patch\d+_\d+$/, LARGER],
  [/^eva02_(?:base|large)_patch\d+_clip_\d+$/, { ...LARGER, scale_attn_inner: true, global_pool: 'token' }],
  [/^eva_giant_patch\d+_\d+$/, {}],
  [/^eva_giant_patch\d+_clip_\d+$/, { global_pool: 'token' }],
];

/** What timm's entry point of that name passes; undefined where it is none of the family. */
export const evaEntry = (name: string): JsonObject | undefined =>
  ENTRIES.find(([form]) => form.test(name))?.[1];

const KNOWN = [
  'img_size',
  'patch_size',
  'in_chans',
  'global_pool',
  'depth',
  'num_heads',
  'qkv_bias',
  'qkv_fused',
  'swiglu_mlp',
  'swiglu_align_to',
  'scale_mlp',
  'scale_attn_inner',
  'attn_type',
  'init_values',
  'class_token',
  'num_reg_tokens',
  'no_embed_class',
  'use_abs_pos_emb',
  'use_rot_pos_emb',
  'rope_type',
  'rope_grid_offset',
  'rope_grid_indexing',
  'rope_temperature',
  'rope_rotate_half',
  'use_post_norm',
  'use_pre_transformer_norm',
  'use_post_transformer_norm',
  'use_fc_norm',
  'ref_feat_shape',
];

export const timmEva02: Family = {
  id: 'timm-eva02',
  matches: (config) => /^eva(?:02)?_/.test(architectureOf(config)),
  build(json, checkpoint, { precision }) {
    const config = readTimmConfig(json, evaEntry, KNOWN);
    const { args } = config;
    args.only('use_post_norm', false);
    args.only('attn_type', 'eva');
    args.only('rope_type', 'cat');
    args.only('rope_rotate_half', false);
    args.only('rope_grid_indexing', 'ij', 'xy');
    const size = pictureSize(config);
    const encoder = encoderOf(config, checkpoint, new Layers('eva02', precision), size);
    const pool = poolOf(config.pool || 'avg');
    const poolNorm = args.flag('use_fc_norm', pool === 'avg');
    const last = args.flag('use_post_transformer_norm', !poolNorm);
    return finish(encoder, { norm: last, poolNorm, pool, poolsPrefix: false }, config, size);
  },
};

function encoderOf({ args }: TimmConfig, checkpoint: Checkpoint, layers: Layers, size: Size): Encoder {
  const names = new Names(TABLE, checkpoint);
  const [width = 0, , height = 0, across = 0] = names.shape('patch.weight', 4);
  const registers = args.number('num_reg_tokens', 0);
  const preNorm = args.flag('use_pre_transformer_norm', false);
  const learned = args.flag('use_abs_pos_emb', true);
  return {
    layers,
    names,
    width,
    depth: args.whole('depth', names.layers),
    heads: args.whole('num_heads', headsOf(width)),
    epsilon: 1e-6,
    grid: gridOf(size, args.size('patch_size', [height, across])),
    prefix: [
      ...(args.flag('class_token', true) ? [{ name: 'cls_token', tokens: 1 }] : []),
      ...(registers > 0 ? [{ name: 'reg_token', tokens: args.whole('num_reg_tokens', 0) }] : []),
    ],
    positions: !learned ? 'none' : args.flag('no_embed_class', false) ? 'patches' : 'all',
    patchBias: !preNorm,
    preNorm,
    block: blockOf(args, names),
  };
}

function blockOf(args: Settings, names: Names): Block {
  const fused = args.flag('qkv_fused', true);
  const biased = args.flag('qkv_bias', true);
  const gated = args.flag('swiglu_mlp', false);
  const mlpNorm = args.flag('scale_mlp', false);
  const apart = mlpNorm || args.number('swiglu_align_to', 0) > 0;
  const mlp = !gated ? 'plain' : apart ? 'gated' : 'gated-packed';
  const first = names.shape(`blocks.0.mlp.${mlp === 'gated' ? 'fc1_g' : 'fc1'}.weight`, 2)[0]!;
  return {
    qkv: fused ? 'fused' : 'separate',
    qkvBias: !biased ? 'none' : fused ? 'split' : 'query-value',
    qkNorm: false,
    attentionNorm: args.flag('scale_attn_inner', false),
    outputBias: true,
    layerScale: args.has('init_values'),
    mlp,
    hidden: mlp === 'gated-packed' ? first / 2 : first,
    mlpNorm,
    activation: 'gelu',
    ...(args.flag('use_rot_pos_emb', false) && { rotation: rotationOf(args, names.dtype('patch.weight')) }),
  };
}

function rotationOf(args: Settings, dtype: DType) {
  const reference = args.size('ref_feat_shape', undefined);
  return rotation({
    ...(reference && { reference }),
    temperature: args.number('rope_temperature', 10_000),
    offset: args.number('rope_grid_offset', 0),
    columnsFirst: args.raw('rope_grid_indexing') === 'xy',
    dtype,
  });
}
