/** What is particular to a family: what it says of itself, what it refuses, its tables. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unpackZip } from '../../runtime/unpack';
import type { JsonObject } from '../checkpoint/json';
import { readSavedModel } from '../checkpoint/savedmodel/read';
import { memorySource } from '../checkpoint/source';
import { openNetwork } from '../prepare/testing';
import { madeClip, madeEva02, madeHead, madeHfVit, madeVit } from './contract/testing';
import { evaEntry } from './eva02';
import { familyById } from './index';
import { angles } from './rotary';
import { answer, golden, largestDifference, synthetic, tensors, valuesOf } from './testing';
import { headsOf, vitEntry } from './vit';

const size = { width: 32, depth: 1, heads: 2, image: 32, patch: 16, classes: 2 };
const build = (family: string, made: { config: JsonObject; checkpoint: ReturnType<typeof synthetic> }) =>
  familyById(family)!.build(made.config, made.checkpoint, { precision: 'exact' });

describe('what the files say', () => {
  it('timm: labels, and pixels as pretrained_cfg has them', async () => {
    const { says } = build('timm-vit', await golden('timm-vit'));
    expect(says).toEqual({
      labels: ['NSFW', 'SFW'],
      embedding: 48,
      input: {
        ...{ width: 64, height: 64, layout: 'NCHW', resample: 'bicubic', fit: 'crop', cropFraction: 1 },
        ...{ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      },
    });
    const wrapped = build('timm-eva02', await golden('timm-eva02-bf16-wrapped', 'timm-eva02')).says;
    expect(wrapped.labels).toEqual(['neutral', 'low', 'medium', 'high']);
    expect(wrapped.input).toMatchObject({
      fit: 'stretch',
      width: 70,
      mean: [0.48145466, 0.4578275, 0.40821073],
    });
  });

  it('transformers: labels in the order of their numbers', async () => {
    const { says } = build('hf-vit', await golden('hf-vit', 'timm-vit'));
    expect(says).toEqual({
      labels: ['normal', 'nsfw'],
      embedding: 48,
      input: { width: 64, height: 64, layout: 'NCHW' },
    });
  });

  it('nothing of interpolations and crops that are not one of ours', () => {
    const made = madeVit(size);
    const cfg = { input_size: [3, 32, 32], interpolation: 'lanczos', crop_mode: 'border', crop_pct: 0.9 };
    const { says } = build('timm-vit', { ...made, config: { ...made.config, pretrained_cfg: cfg } });
    expect(says.input).toEqual({ width: 32, height: 32, layout: 'NCHW' });
  });
});

describe('what is refused by name', () => {
  const vit = (more: JsonObject) => () => build('timm-vit', madeVit(size, more));
  const named = (name: string) =>
    expect.objectContaining({ code: 'unsupported-model', message: expect.stringContaining(name) });

  it.each<[string, JsonObject]>([
    ['global_pool', { global_pool: 'map' }],
    ['mlp_layer', { mlp_layer: 'SwiGLUPacked' }],
    ['hardswish', { act_layer: 'hardswish' }],
    ['in_chans', { in_chans: 1 }],
    ['33', { img_size: 33 }],
  ])('timm ViT: %s', (name, more) => {
    expect(vit(more)).toThrow(named(name));
  });

  it('an architecture whose blocks are other blocks', () => {
    const made = madeVit(size);
    for (const architecture of ['vit_base_patch16_rpn_224', 'vit_base_patch16_siglip_224'])
      expect(() => build('timm-vit', { ...made, config: { ...made.config, architecture } })).toThrow(
        named(architecture),
      );
  });

  it('EVA02 with norms behind its blocks', () => {
    const made = madeEva02(size);
    const config = {
      ...made.config,
      model_args: { ...(made.config.model_args as object), use_post_norm: true },
    };
    expect(() => build('timm-eva02', { ...made, config })).toThrow(named('use_post_norm'));
  });

  it('transformers: an activation nobody knows, and pictures without colours', () => {
    const { config, checkpoint } = madeHfVit(size);
    for (const [name, value] of [['hidden_act', 'laplace'] as const, ['num_channels', 1] as const])
      expect(() => build('hf-vit', { config: { ...config, [name]: value }, checkpoint })).toThrow(
        expect.objectContaining({ code: 'unsupported-model' }),
      );
  });

  it('settings that are not what they should be', () => {
    const made = madeClip(size);
    for (const hidden_size of ['64', -1, 1.5, 2 ** 60, [1]])
      expect(() => {
        const vision = { ...(made.config.vision_config as object), hidden_size };
        build('clip-vision', { ...made, config: { ...made.config, vision_config: vision } });
      }).toThrow(expect.objectContaining({ code: 'invalid-model' }));
  });

  it('positions for another grid: they would have to be resampled', () => {
    expect(vit({ img_size: 64 })).toThrow(
      expect.objectContaining({ message: expect.stringContaining('pos_embed') }),
    );
  });

  it('labels that are not as many as the classes', () => {
    const made = madeVit(size);
    const config = { ...made.config, label_names: ['a', 'b', 'c'] };
    expect(() => build('timm-vit', { ...made, config })).toThrow('3 labels');
  });
});

describe('timm’s entry points', () => {
  const passed: Readonly<Record<string, JsonObject>> = JSON.parse(
    readFileSync(join(import.meta.dirname, 'fixtures/variants/entries.json'), 'utf8'),
  );
  const named = Object.entries(passed).flatMap(([name, args]) => {
    const ours = /^eva/.test(name) ? evaEntry(name) : vitEntry(name);
    return ours ? [[name, args, ours] as const] : [];
  });

  it('of the families are these many, and the rest are refused by name', () => {
    expect([Object.keys(passed).length, named.length]).toEqual([233, 101]);
    for (const name of ['vit_base_patch16_siglip_224', 'vit_giant_patch14_dinov2', 'vit_base_patch16_xp_224'])
      expect([vitEntry(name), passed[name]]).toEqual([undefined, expect.anything()]);
  });

  it.each(named)('%s passes what we take it to', (name, args, ours) => {
    const { embed_dim: width, num_heads: heads, norm_layer: norm, ...rest } = args;
    const { num_heads: given, ...others } = ours;
    expect(others).toEqual(rest);
    expect(given ?? headsOf(Number(width))).toBe(heads);
    // Told by the name: the CLIPs' norms have another epsilon.
    const clip = /^vit_.*_clip_/.test(name);
    expect(norm).toEqual(clip ? { of: 'LayerNorm', eps: 1e-5 } : undefined);
  });
});

describe('rotary positions', () => {
  const even = { temperature: 10_000, offset: 0, columnsFirst: false, dtype: 'F32' } as const;

  it('are row and column, scaled to the reference grid, times falling frequencies', () => {
    const got = angles({ height: 2, width: 4 }, 8, { ...even, reference: [16, 16] });
    // Patch 6 is row 1, column 2: at 8 of 16 and 8 of 16; bands 1 and 0.01.
    expect(Array.from(got.subarray(24, 28), (value) => +value.toFixed(6))).toEqual([8, 0.08, 8, 0.08]);
    // Patch 1: row 0, column 1.
    expect(Array.from(got.subarray(4, 8), (value) => +value.toFixed(6))).toEqual([0, 0, 4, 0.04]);
  });

  it('turn columns first where the config says xy, and start at an offset', () => {
    const grid = { height: 1, width: 2 };
    expect([...angles(grid, 4, { ...even, columnsFirst: true, offset: 0.5 })]).toEqual([0.5, 0.5, 1.5, 0.5]);
  });
});

describe('heads', () => {
  it('LAION’s, out of its SavedModel: the reference’s 200 scores', async () => {
    const zip = readFileSync('e2e/fixtures/models/clip_autokeras_binary_nsfw.zip');
    const files = await unpackZip(memorySource('head.zip', zip));
    const checkpoint = await readSavedModel(new Map(files.map((file) => [file.name, file])));
    const network = build('mlp-head', { config: {}, checkpoint });
    expect(network.says).toEqual({ embedding: 768 });
    const embeddings = await valuesOf((await tensors('clip-nsfw', 'embeddings')).get('embeddings')!);
    const expected = await valuesOf((await tensors('clip-nsfw', 'scores')).get('scores')!);
    const open = await openNetwork(network);
    const logits = (await answer(open, 'exact', embeddings, 'embedding')).get('logits')!;
    const scores = logits.map((logit) => 1 / (1 + Math.exp(-logit)));
    expect(scores).toHaveLength(200);
    expect(largestDifference(scores, expected.data)).toBeLessThan(1e-5);
    await open.close();
  });

  it('is normalised by its own mean and variance, then linear', async () => {
    const { config, checkpoint } = madeHead([3, 1]);
    const open = await openNetwork(build('mlp-head', { config, checkpoint }));
    const [mean, variance, weight, bias] = await Promise.all(
      ['mean', 'variance', 'layers.0.weight', 'layers.0.bias'].map((name) => valuesOf(checkpoint.get(name)!)),
    );
    const x = Float32Array.of(0.5, -1, 2);
    const expected = x.reduce(
      (sum, value, i) => sum + ((value - mean!.data[i]!) / Math.sqrt(variance!.data[i]!)) * weight!.data[i]!,
      bias!.data[0]!,
    );
    const got = (await answer(open, 'exact', { data: x, dims: [1, 3] }, 'embedding')).get('logits')!;
    expect(got[0]).toBeCloseTo(expected, 5);
    await open.close();
  });

  it('a variance of zero is an error, not an infinite score', async () => {
    const { config, checkpoint } = madeHead([3, 1]);
    const zero = synthetic({ variance: [3] });
    const source = memorySource('variance', new Uint8Array(12));
    const broken = new Map([...checkpoint, ['variance', { ...zero.get('variance')!, source }]] as const);
    await expect(openNetwork(build('mlp-head', { config, checkpoint: broken }))).rejects.toThrow('variance');
  });
});
