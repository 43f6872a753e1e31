/** transformers' ViTForImageClassification: Falconsai's and AdamCodd's models. */
import { InvalidError } from '../errors';
import { activationOf } from './activation';
import type { Family } from './family';
import { Layers } from './layers';
import { Names, type NameTable } from './names';
import { Settings } from './settings';
import { bothOf } from './timm';
import { type Encoder, encode, firstToken, gridOf, linear, norm } from './transformer';

const LAYER = 'encoder.layer.*';
const TABLE: NameTable = {
  prefixes: ['vit.', ''],
  rows: [
    ['embeddings.cls_token', 'cls_token'],
    ['embeddings.position_embeddings', 'positions'],
    ...bothOf('embeddings.patch_embeddings.projection', 'patch'),
    ...bothOf('layernorm', 'norm'),
    ...bothOf('classifier', 'head'),
    ...bothOf(`${LAYER}.layernorm_before`, 'blocks.*.norm1'),
    ...bothOf(`${LAYER}.layernorm_after`, 'blocks.*.norm2'),
    ...bothOf(`${LAYER}.attention.attention.query`, 'blocks.*.attn.q'),
    ...bothOf(`${LAYER}.attention.attention.key`, 'blocks.*.attn.k'),
    ...bothOf(`${LAYER}.attention.attention.value`, 'blocks.*.attn.v'),
    ...bothOf(`${LAYER}.attention.output.dense`, 'blocks.*.attn.proj'),
    ...bothOf(`${LAYER}.intermediate.dense`, 'blocks.*.mlp.fc1'),
    ...bothOf(`${LAYER}.output.dense`, 'blocks.*.mlp.fc2'),
  ],
  // Of other tasks: a classifier reads the first token without the pooler, and no patch is masked.
  ignored: ['pooler.dense.weight', 'pooler.dense.bias', 'embeddings.mask_token', 'embeddings.position_ids'],
};

export const hfVit: Family = {
  id: 'hf-vit',
  matches: (config) => config.model_type === 'vit',
  build(json, checkpoint, { precision }) {
    const config = new Settings(json);
    config.only('num_channels', 3);
    const layers = new Layers('vit', precision);
    const size = config.size('image_size', [224, 224]);
    const encoder = encoderOf(config, new Names(TABLE, checkpoint), layers, size);
    const { g } = layers;
    const { names, width } = encoder;
    const embedding = firstToken(encoder, norm(encoder, encode(encoder), 'norm'));
    const classes = names.shape('head.weight', 2)[0]!;
    const logits = layers.linearExact(embedding, linear(encoder, 'head', width, classes));
    g.output(embedding, 'embedding', 'F32', [layers.batch, width]);
    g.output(logits, 'logits', 'F32', [layers.batch, classes]);
    names.finish();
    const labels = config.labels('id2label');
    if (labels && labels.length !== classes)
      throw new InvalidError(
        'invalid-model',
        `config.json names ${labels.length} labels; the head has ${classes}.`,
      );
    const input = { height: size[0], width: size[1], layout: 'NCHW' } as const;
    return {
      graph: g.build(),
      weights: layers.plan,
      says: { ...(labels && { labels }), input, embedding: width },
    };
  },
};

function encoderOf(config: Settings, names: Names, layers: Layers, size: readonly [number, number]): Encoder {
  const width = config.whole('hidden_size', 768);
  return {
    layers,
    names,
    width,
    depth: config.whole('num_hidden_layers', 12),
    heads: config.whole('num_attention_heads', 12),
    epsilon: config.number('layer_norm_eps', 1e-12),
    grid: gridOf(size, config.size('patch_size', [16, 16])),
    prefix: [{ name: 'cls_token', tokens: 1 }],
    positions: 'all',
    patchBias: true,
    preNorm: false,
    block: {
      qkv: 'separate',
      qkvBias: config.flag('qkv_bias', true) ? 'all' : 'none',
      qkNorm: false,
      attentionNorm: false,
      outputBias: true,
      layerScale: false,
      mlp: 'plain',
      hidden: config.whole('intermediate_size', 3072),
      mlpNorm: false,
      activation: activationOf(config.raw('hidden_act') ?? 'gelu'),
    },
  };
}
