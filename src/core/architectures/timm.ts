/** What timm's two families share: config.json as on the Hub, the entry points' defaults, names, head and pooling. */
import type { JsonObject } from '../checkpoint/json';
import { InvalidError, UnsupportedError } from '../errors';
import type { Network } from './family';
import type { Names, NameTable } from './names';
import { pretrainedInput, Settings, type Size } from './settings';
import { type Encoder, encode, firstToken, linear, meanToken, norm, prefixTokens } from './transformer';

/** `timm_model.` is what a transformers wrapper puts before every name. */
export const PREFIXES = ['', 'timm_model.', 'model.'] as const;

export interface TimmConfig {
  /** Without the tag of a set of weights, which may follow a dot. */
  readonly architecture: string;
  /** `model_args`, over the entry point's defaults. */
  readonly args: Settings;
  readonly pretrained: Settings;
  readonly labels: readonly string[] | undefined;
  readonly pool: string;
  readonly classes: number | undefined;
}

export const architectureOf = (config: JsonObject): string => {
  const { architecture } = config;
  return typeof architecture === 'string' ? architecture.split('.')[0]! : '';
};

/** Training's settings, which change nothing when a model is run. */
const TRAINING = [
  'drop_rate',
  'pos_drop_rate',
  'patch_drop_rate',
  'proj_drop_rate',
  'attn_drop_rate',
  'drop_path_rate',
  'weight_init',
  'fix_init',
  'head_init_scale',
  'num_classes',
  'mlp_ratio',
  'embed_dim',
  'dynamic_img_size',
];

/** Reads config.json; `defaults` are the entry point's arguments, `known` those that the family reads. */
export function readTimmConfig(
  config: JsonObject,
  defaults: (architecture: string) => JsonObject | undefined,
  known: readonly string[],
): TimmConfig {
  const architecture = architectureOf(config);
  const entry = defaults(architecture);
  if (!entry)
    throw new UnsupportedError('unsupported-model', `The architecture ${architecture} is not supported.`);
  const whole = new Settings(config);
  // As timm does: an argument of null is none, so that the entry point's stays.
  const given = Object.entries(whole.inside('model_args').config).filter(([, value]) => value !== null);
  const args = new Settings({ ...entry, ...Object.fromEntries(given) }, 'model_args of config.json');
  args.nothingBut(new Set([...known, ...TRAINING]));
  args.only('in_chans', 3);
  const pretrained = whole.inside('pretrained_cfg');
  const pool = args.text('global_pool', undefined) ?? whole.text('global_pool', undefined);
  return {
    architecture,
    args,
    pretrained,
    labels: pretrained.labels('label_names') ?? whole.labels('label_names'),
    pool: pool ?? '',
    classes: args.number('num_classes', undefined) ?? whole.number('num_classes', undefined),
  };
}

/** Sides of architectures whose names do not end in it. */
const UNNAMED: ReadonlyMap<string, number> = new Map([['dinov2', 518]]);

/** Pixels of the input: the arguments', else the published size, else what the architecture's name says. */
export function pictureSize({ architecture, args, pretrained }: TimmConfig): Size {
  const given = args.size('img_size', undefined);
  if (given) return given;
  const published = pretrained.raw('input_size');
  if (Array.isArray(published) && published.length === 3) {
    const size = new Settings({ input_size: published.slice(1) }, pretrained.what).size(
      'input_size',
      undefined,
    );
    if (size) return size;
  }
  const last = architecture.split('_').at(-1)!;
  const named = UNNAMED.get(last) ?? (/^\d{2,4}$/.test(last) ? Number(last) : 0);
  if (named > 0) return [named, named];
  throw new InvalidError('invalid-model', 'config.json does not say how large pictures are.');
}

/** Norms after the blocks, and where they stand: before pooling or after it. */
export interface Tail {
  readonly norm: boolean;
  readonly poolNorm: boolean;
  readonly pool: 'token' | 'avg';
  /** Whether the tokens before the patches count towards the mean. */
  readonly poolsPrefix: boolean;
}

/** Throws `unsupported-model` for another pooling. */
export function poolOf(pool: string): 'token' | 'avg' {
  if (pool === 'token' || pool === 'avg') return pool;
  throw new UnsupportedError('unsupported-model', `global_pool = “${pool}” is not supported.`);
}

/** Blocks, pooling and head: the finished network. */
export function finish(encoder: Encoder, tail: Tail, config: TimmConfig, size: Size): Network {
  const { layers, names, width } = encoder;
  const { g } = layers;
  let x = encode(encoder);
  if (tail.norm) x = norm(encoder, x, 'norm');
  const from = tail.poolsPrefix ? 0 : prefixTokens(encoder);
  let embedding = tail.pool === 'token' ? firstToken(encoder, x) : meanToken(encoder, x, from);
  if (tail.poolNorm) embedding = norm(encoder, embedding, 'fc_norm');
  const classes = classesOf(names, config);
  g.output(embedding, 'embedding', 'F32', [layers.batch, width]);
  if (classes > 0) {
    const logits = layers.linearExact(embedding, linear(encoder, 'head', width, classes));
    g.output(logits, 'logits', 'F32', [layers.batch, classes]);
  }
  names.finish();
  const { labels } = config;
  if (labels && classes > 0 && labels.length !== classes)
    throw new InvalidError(
      'invalid-model',
      `config.json names ${labels.length} labels; the head has ${classes}.`,
    );
  return {
    graph: g.build(),
    weights: layers.plan,
    says: { ...(labels && { labels }), input: pretrainedInput(config.pretrained, size), embedding: width },
  };
}

/** Of the head; 0 where there is none. A config that says it is believed, so that a missing head is noticed. */
function classesOf(names: Names, { classes }: TimmConfig): number {
  if (classes !== undefined) return classes;
  return names.has('head.weight') || names.has('head.bias') ? names.shape('head.weight', 2)[0]! : 0;
}

/** Rows that both families have; each adds its own. */
export const TIMM_ROWS: NameTable['rows'] = [
  ['cls_token', 'cls_token'],
  ['reg_token', 'reg_token'],
  ['pos_embed', 'positions'],
  ...bothOf('patch_embed.proj', 'patch'),
  ...bothOf('norm_pre', 'norm_pre'),
  ...bothOf('norm', 'norm'),
  ...bothOf('fc_norm', 'fc_norm'),
  ...bothOf('head', 'head'),
  ...['norm1', 'norm2', 'attn.qkv', 'attn.proj', 'attn.norm', 'mlp.fc1', 'mlp.fc2', 'mlp.norm'].flatMap(
    (name) => bothOf(`blocks.*.${name}`, `blocks.*.${name}`),
  ),
  ...['attn.q_norm', 'attn.k_norm'].flatMap((name) => bothOf(`blocks.*.${name}`, `blocks.*.${name}`)),
];

/** Rows for a weight and its bias. */
export function bothOf(theirs: string, ours: string): [string, string][] {
  return ['weight', 'bias'].map((part) => [`${theirs}.${part}`, `${ours}.${part}`]);
}
