/**
 * The picture half of transformers' CLIPModel and CLIPVisionModelWithProjection. The text half of a file with both
 * is never read: 0.5 of ViT-L/14's 1.71 GB.
 */
import * as ops from '../onnx/ops';
import type { Family } from './family';
import { Layers } from './layers';
import { Names, type NameTable } from './names';
import { Settings } from './settings';
import { bothOf } from './timm';
import { encode, firstToken, norm } from './transformer';
import { encoderOf } from './transformers-config';

const LAYER = 'encoder.layers.*';
const VISION: NameTable['rows'] = [
  ['embeddings.class_embedding', 'cls_token'],
  ['embeddings.patch_embedding.weight', 'patch.weight'],
  ['embeddings.position_embedding.weight', 'positions'],
  // As published: the spelling is theirs.
  ...bothOf('pre_layrnorm', 'norm_pre'),
  ...bothOf('post_layernorm', 'norm'),
  ...bothOf(`${LAYER}.layer_norm1`, 'blocks.*.norm1'),
  ...bothOf(`${LAYER}.layer_norm2`, 'blocks.*.norm2'),
  ...bothOf(`${LAYER}.self_attn.q_proj`, 'blocks.*.attn.q'),
  ...bothOf(`${LAYER}.self_attn.k_proj`, 'blocks.*.attn.k'),
  ...bothOf(`${LAYER}.self_attn.v_proj`, 'blocks.*.attn.v'),
  ...bothOf(`${LAYER}.self_attn.out_proj`, 'blocks.*.attn.proj'),
  ...bothOf(`${LAYER}.mlp.fc1`, 'blocks.*.mlp.fc1'),
  ...bothOf(`${LAYER}.mlp.fc2`, 'blocks.*.mlp.fc2'),
];

const TABLE: NameTable = {
  prefixes: ['', 'clip.'],
  rows: [
    ...VISION.map(([theirs, ours]) => [`vision_model.${theirs}`, ours] as const),
    ['visual_projection.weight', 'projection.weight'],
  ],
  ignored: [
    'text_model.**',
    'text_projection.weight',
    'logit_scale',
    'logit_bias',
    'vision_model.embeddings.position_ids',
  ],
};

export const clipVision: Family = {
  id: 'clip-vision',
  matches: (config) => config.model_type === 'clip' || config.model_type === 'clip_vision_model',
  build(json, checkpoint, { precision }) {
    const whole = new Settings(json);
    const config = whole.has('vision_config') ? whole.inside('vision_config') : whole;
    config.only('num_channels', 3);
    const layers = new Layers('clip_vision', precision);
    const size = config.size('image_size', [224, 224]);
    const encoder = encoderOf(config, new Names(TABLE, checkpoint), layers, {
      epsilon: 1e-5,
      patch: [32, 32],
      activation: 'quick_gelu',
      qkvBias: 'all',
      patchBias: false,
      preNorm: true,
    });
    const { names, width } = encoder;
    const { g } = layers;
    // Pooled, then normed: the other tokens are not needed any more.
    const pooled = norm(encoder, firstToken(encoder, encode(encoder)), 'norm');
    // A file of both towers says it at the top; its vision_config keeps a default that is not used.
    const outputs = whole.whole('projection_dim', 512);
    const weights = [names.take('projection.weight', [outputs, width])];
    const linear = { name: 'projection', inputs: width, outputs, weights, biases: [] };
    const embeds = layers.linearExact(pooled, linear);
    const shape = [layers.batch, outputs];
    g.output(embeds, 'image_embeds', 'F32', shape);
    g.output(normalised(layers, embeds), 'embedding', 'F32', shape);
    names.finish();
    const input = { height: size[0], width: size[1], layout: 'NCHW' } as const;
    return { graph: g.build(), weights: layers.plan, says: { input, embedding: outputs } };
  },
};

/** Rows of length 1. */
function normalised({ g }: Layers, x: string): string {
  const squares = ops.reduceSum(g, ops.mul(g, x, x), [1]);
  return ops.div(g, x, ops.sqrt(g, squares));
}
