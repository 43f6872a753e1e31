/** What is compared with what: a model in Winnow, and in whatever else one would run it with. */
import { join } from 'node:path';
import { falconsaiNsfw } from '../../../src/catalog/falconsai-nsfw';
import { freepikNsfw } from '../../../src/catalog/freepik-nsfw';
import { laionClipNsfw } from '../../../src/catalog/laion-clip-nsfw';
import { marqoNsfw384 } from '../../../src/catalog/marqo-nsfw-384';
import type { Precision } from '../../../src/core/policy/types';
import type { ModelCard } from '../../../src/sdk';
import type { PeerBackend } from '../../golden-nsfwjs/peer';
import type { PlainFeed } from '../prepare/peer/feed';
import { prompt } from '../prepare/prompt';
import { ownText } from './own-text';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const TOKENIZER = join(ROOT, 'src', 'runtime', 'fixtures', 'tokenizer', 'tokenizer.json');
const HEAD = join(ROOT, 'e2e', 'fixtures', 'models', 'clip_autokeras_binary_nsfw.zip');

export interface OurModel {
  /** An id of the catalog, or a card of one's own. */
  readonly card: string | ModelCard;
  readonly precision?: Precision;
  readonly backend?: 'webgpu';
}

export interface TransformersPeer {
  readonly kind: 'transformers.js';
  /** A folder of stand-ins. */
  readonly repo: string;
  readonly dtype: 'fp32' | 'q8';
  readonly task: 'image-classification' | 'text-classification';
  readonly labels: readonly string[];
}

export interface NsfwjsPeer {
  readonly kind: 'nsfwjs';
  readonly backend: PeerBackend;
}

export interface PlainPeer {
  readonly kind: 'onnxruntime-web';
  /** Below the folder of stand-ins. */
  readonly file: string;
  readonly feeds: Readonly<Record<string, PlainFeed>>;
  readonly picture?: PictureInput;
}

export type PagePeer = TransformersPeer | NsfwjsPeer | PlainPeer;

export interface PictureInput {
  readonly input: string;
  readonly side: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** The same network as its exporter left it. */
export interface Exported {
  /** Below the folder of stand-ins. */
  readonly file: string;
  readonly picture?: PictureInput;
  /** Inputs of as many numbers as the text has tokens. */
  readonly tokens?: readonly string[];
  /** Ours, which nobody exported: it shows the limit and is no rival. */
  readonly limitOnly?: boolean;
}

export interface Subject {
  readonly title: string;
  /** Where Winnow has it from. */
  readonly what: string;
  readonly ours: OurModel;
  /** What Winnow is given, below the folder of stand-ins. */
  readonly files: readonly string[];
  /** Of a text model: what it reads, and its tokenizer. */
  readonly text?: { readonly text: string; readonly tokenizer: string };
  readonly peers: readonly (TransformersPeer | NsfwjsPeer)[];
  readonly exported?: Exported;
  /** How many times as fast as plain ONNX Runtime Web the run has to be. Default 1. */
  readonly overPlain?: number;
}

const half = [0.5, 0.5, 0.5];
const picture = ({ input }: ModelCard, name = 'pixels'): PictureInput => {
  if (input.kind !== 'image') throw new Error('This card does not read pictures.');
  return { input: name, side: input.width, mean: input.mean, std: input.std };
};

const vit = (dtype: 'fp32' | 'q8'): Subject => ({
  title: `ViT-base/224 ${dtype === 'q8' ? 'int8' : 'float32'}`,
  what: 'model.safetensors, family hf-vit',
  ours: { card: falconsaiNsfw.id, precision: dtype === 'q8' ? 'int8' : 'exact' },
  files: ['config.json', 'preprocessor_config.json', 'model.safetensors'].map((file) => `vit-base/${file}`),
  peers: [
    {
      kind: 'transformers.js',
      repo: 'vit-base',
      dtype,
      task: 'image-classification',
      labels: falconsaiNsfw.labels.map(({ name }) => name),
    },
  ],
  exported: { file: onnx('vit-base', dtype), picture: picture(falconsaiNsfw, 'pixel_values') },
});

const text = (dtype: 'fp32' | 'q8'): Subject => ({
  title: `Small text classifier ${dtype === 'q8' ? 'int8' : 'float32'}`,
  what: `${onnx('', dtype).slice(1)}, family onnx`,
  ours: { card: ownText(onnx('', dtype).slice(1)) },
  files: ['config.json', 'tokenizer.json', 'tokenizer_config.json']
    .map((file) => `text-small/${file}`)
    .concat(onnx('text-small', dtype)),
  text: { text: prompt.text, tokenizer: 'text-small/tokenizer.json' },
  peers: [
    {
      kind: 'transformers.js',
      repo: 'text-small',
      dtype,
      task: 'text-classification',
      labels: ownText('').labels.map(({ name }) => name),
    },
  ],
  exported: {
    file: onnx('text-small', dtype),
    tokens: ['input_ids', 'attention_mask', 'token_type_ids'],
  },
});

function onnx(folder: string, dtype: 'fp32' | 'q8'): string {
  return `${folder}/onnx/${dtype === 'q8' ? 'model_quantized' : 'model'}.onnx`;
}

export const SUBJECTS: Readonly<Record<string, Subject>> = {
  starter: {
    title: 'starter-image',
    what: 'bundled',
    ours: { card: 'starter-image' },
    files: [],
    peers: [
      { kind: 'nsfwjs', backend: 'wasm' },
      { kind: 'nsfwjs', backend: 'default' },
      { kind: 'nsfwjs', backend: 'webgpu' },
    ],
    exported: {
      file: join(ROOT, 'dist', 'models', 'starter-image.onnx'),
      picture: { input: 'pixels', side: 224, mean: half, std: half },
      limitOnly: true,
    },
  },
  marqo: {
    title: 'Marqo float32',
    what: 'model.safetensors',
    ours: { card: marqoNsfw384.id, precision: 'exact' },
    files: ['marqo/model.safetensors', 'marqo/config.json'],
    peers: [],
    exported: { file: 'marqo/export.onnx', picture: picture(marqoNsfw384) },
  },
  'marqo-int8': {
    title: 'Marqo int8',
    what: 'model.safetensors',
    ours: { card: marqoNsfw384.id, precision: 'int8' },
    files: ['marqo/model.safetensors', 'marqo/config.json'],
    peers: [],
    exported: { file: 'marqo/export_int8.onnx', picture: picture(marqoNsfw384) },
  },
  vit: vit('fp32'),
  'vit-int8': vit('q8'),
  text: text('fp32'),
  'text-int8': text('q8'),
  freepik: {
    title: 'Freepik int8',
    what: 'model.safetensors',
    ours: { card: freepikNsfw.id, precision: 'int8' },
    files: ['freepik/model.safetensors', 'freepik/config.json'],
    peers: [],
    exported: { file: 'freepik/export_int8.onnx', picture: picture(freepikNsfw) },
    overPlain: 1.25,
  },
  clip: {
    title: 'CLIP int8',
    what: 'model.safetensors and a head; the exported tower has no head',
    ours: { card: laionClipNsfw.id, precision: 'int8' },
    files: ['clip/model.safetensors', 'clip/config.json', HEAD],
    peers: [],
    exported: { file: 'clip/export_int8.onnx', picture: picture(laionClipNsfw) },
    overPlain: 1.25,
  },
  guard: {
    title: 'Guard int8',
    what: 'onnx/model_quantized.onnx',
    ours: { card: 'qwen3-csam-guard' },
    files: ['guard/onnx/model_quantized.onnx', TOKENIZER],
    text: { text: prompt.text, tokenizer: TOKENIZER },
    peers: [],
    exported: { file: 'guard/onnx/model_quantized.onnx', tokens: ['input_ids', 'attention_mask'] },
  },
};
