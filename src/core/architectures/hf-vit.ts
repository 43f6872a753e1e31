/** transformers' ViTForImageClassification: Falconsai's and AdamCodd's models. */
import { InvalidError } from '../errors';
import type { Family } from './family';
import { Layers } from './layers';
import { Names, type NameTable } from './names';
import { Settings } from './settings';
import { bothOf } from './timm';
import { encode, firstToken, linear, norm } from './transformer';
import { encoderOf } from './transformers-config';

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
    const encoder = encoderOf(config, new Names(TABLE, checkpoint), layers, {
      epsilon: 1e-12,
      patch: [16, 16],
      activation: 'gelu',
      qkvBias: config.flag('qkv_bias', true) ? 'all' : 'none',
      patchBias: true,
      preNorm: false,
    });
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
