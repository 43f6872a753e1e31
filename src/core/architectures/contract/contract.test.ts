/** What every family promises, asked of every family. */
import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../errors';
import { writeModel } from '../../onnx/write';
import type { Precision } from '../../policy/types';
import { madeWeights, openNetwork } from '../../prepare/testing';
import { FAMILIES, familyById } from '../index';
import {
  answer,
  golden,
  largestDifference,
  probabilities,
  randomValues,
  rowsOf,
  synthetic,
} from '../testing';
import { MADE, type Made, madeEva02, madeVariants, madeVit, PRECISIONS, small, VARIANTS } from './testing';

/** Family, fixture, and the fixture whose input it shares. */
const GOLDENS: readonly (readonly [family: string, fixture: string, input: string])[] = [
  ['timm-vit', 'timm-vit', 'timm-vit'],
  ['timm-eva02', 'timm-eva02', 'timm-eva02'],
  ['timm-eva02', 'timm-eva02-bf16-wrapped', 'timm-eva02'],
  ['hf-vit', 'hf-vit', 'timm-vit'],
  ['clip-vision', 'clip-vision', 'clip-vision'],
  ...VARIANTS.map(([family, variant]) => [family, `variants/${variant}`, 'variants'] as const),
];

/** The variants are 16 wide: rounding to 8 bits averages out over fewer products. */
const NARROW = 2;
/** Logits and embeddings, and probabilities, apart from the reference's by at most. */
const TOLERANCE: Readonly<Record<Precision, readonly [values: number, probabilities: number]>> = {
  exact: [1e-4, 1e-6],
  int8: [0.2, 0.02],
  'int8-blocks': [0.05, 0.005],
  half: [0.01, 0.002],
};

const build = (
  family: string,
  { config, checkpoint }: Pick<Made, 'config' | 'checkpoint'>,
  precision: Precision,
) => familyById(family)!.build(config, checkpoint, { precision });

describe.each(GOLDENS)('%s against the reference: %s', (family, fixture, input) => {
  it.each(PRECISIONS)('%s', async (precision) => {
    const reference = await golden(fixture, input);
    const open = await openNetwork(build(family, reference, precision));
    const got = await answer(open, precision, reference.input);
    const wide = precision === 'exact' || !fixture.startsWith('variants/');
    const [values, shares] = TOLERANCE[precision].map((one) => (wide ? one : NARROW * one)) as [
      number,
      number,
    ];
    for (const [name, expected] of reference.expected) {
      if (name === 'probabilities') continue;
      const ours = got.get(name === 'normalized' ? 'embedding' : name)!;
      expect(largestDifference(ours, expected.data), name).toBeLessThan(values);
    }
    const expected = reference.expected.get('probabilities');
    if (expected) {
      const classes = expected.dims[1]!;
      const ours = probabilities(got.get('logits')!, classes);
      expect(largestDifference(ours, expected.data)).toBeLessThan(shares);
      expect(tops(ours, classes)).toEqual(tops(expected.data, classes));
    }
    await open.close();
  });

  it('scores do not depend on the rest of a batch, nor on its order', async () => {
    const reference = await golden(fixture, input);
    const open = await openNetwork(build(family, reference, 'exact'));
    const both = await answer(open, 'exact', reference.input);
    const turned = await answer(open, 'exact', rowsOf(reference.input, 1, 0, 1));
    const first = await answer(open, 'exact', rowsOf(reference.input, 0));
    const second = await answer(open, 'exact', rowsOf(reference.input, 1));
    for (const [name, values] of both) {
      const alone = Float32Array.of(...first.get(name)!, ...second.get(name)!);
      expect(largestDifference(values, alone), name).toBeLessThan(1e-6);
      const back = Float32Array.of(...second.get(name)!, ...first.get(name)!, ...second.get(name)!);
      expect(largestDifference(turned.get(name)!, back), name).toBeLessThan(1e-6);
    }
    await open.close();
  });
});

function tops(values: Float32Array, classes: number): number[] {
  return Array.from({ length: values.length / classes }, (_, row) => {
    const scores = [...values.subarray(row * classes, (row + 1) * classes)];
    return scores.indexOf(Math.max(...scores));
  });
}

describe.each([...MADE, ...(await madeVariants())])('%s, %s', (family, _, make) => {
  it('is recognised by this family alone', () => {
    const { config, checkpoint } = make();
    expect(FAMILIES.filter((one) => one.matches(config, checkpoint)).map(({ id }) => id)).toEqual([family]);
  });

  it.each(PRECISIONS)('builds and runs in %s', async (precision) => {
    const made = make();
    const network = build(family, made, precision);
    expect(writeModel(network.graph).byteLength).toBeLessThan(200_000);
    expect(network.says.embedding).toBe(made.outputs.embedding?.[0] ?? made.input[0]);
    const open = await openNetwork(network);
    const name = family === 'mlp-head' ? 'embedding' : 'pixels';
    const [exact, input] = [build(family, made, 'exact'), randomValues([2, ...made.input], 5)];
    const got = await answer(open, precision, input, name);
    const reference = await openNetwork(exact);
    const wanted = await answer(reference, 'exact', input, name);
    expect([...got.keys()].sort()).toEqual(Object.keys(made.outputs).sort());
    for (const [key, shape] of Object.entries(made.outputs)) {
      const values = got.get(key)!;
      expect(values).toHaveLength(2 * shape[0]!);
      expect(values.every(Number.isFinite)).toBe(true);
      expect(largestDifference(values, wanted.get(key)!), key).toBeLessThan(TOLERANCE[precision][0]);
      // Different pictures, different answers: an output that ignores its input is no answer.
      expect(largestDifference(values.slice(0, shape[0]), values.slice(shape[0]))).toBeGreaterThan(1e-3);
    }
    await Promise.all([open.close(), reference.close()]);
  });

  it('a missing tensor is named, whichever it is', () => {
    const { config, checkpoint } = make();
    const needed = [...checkpoint.keys()].filter(
      (name) => !/^text_|logit_scale|position_ids|pooler/.test(name),
    );
    for (const name of needed) {
      const rest = new Map(checkpoint);
      rest.delete(name);
      expect(() => build(family, { config, checkpoint: rest }, 'exact'), name).toThrow(name);
    }
  });

  it('a tensor that no layer uses is named', () => {
    const { config, checkpoint } = make();
    for (const name of ['stray.weight', 'blocks.99.norm1.bias', 'mlp.0.fc3.weight', '']) {
      const more = new Map([...checkpoint, ...synthetic({ [name]: [2] })]);
      expect(() => build(family, { config, checkpoint: more }, 'exact'), name).toThrow(
        expect.objectContaining({ code: 'invalid-model', message: expect.stringContaining(name) }),
      );
    }
  });

  it('a tensor of another shape is named', () => {
    const { config, checkpoint } = make();
    const [name, stored] = [...checkpoint].filter(([key]) =>
      /(?:norm\w*|fc2|layers\.0)\.bias$|output\.dense\.bias$/.test(key),
    )[0]!;
    const other = new Map(checkpoint).set(name, { ...stored, shape: [stored.shape[0]! + 1] });
    expect(() => build(family, { config, checkpoint: other }, 'exact')).toThrow(name);
  });

  it('stops making weights when it is withdrawn', async () => {
    const { weights } = build(family, make(), 'int8');
    const controller = new AbortController();
    let made = 0;
    const all = (async () => {
      for await (const _ of madeWeights(weights, controller.signal)) if (++made === 1) controller.abort();
    })();
    await expect(all).rejects.toBeInstanceOf(CancelledError);
    expect(made).toBe(1);
  });

  it('is let go: nothing runs after it, and another opens', async () => {
    const made = make();
    const input = randomValues([1, ...made.input], 3);
    const name = family === 'mlp-head' ? 'embedding' : 'pixels';
    const first = await openNetwork(build(family, made, 'exact'));
    await first.close();
    await expect(answer(first, 'exact', input, name)).rejects.toThrow();
    const second = await openNetwork(build(family, made, 'exact'));
    expect((await answer(second, 'exact', input, name)).size).toBeGreaterThan(0);
    await second.close();
  });
});

describe('families', () => {
  it('ask no more than a config has: whatever it is', () => {
    for (const config of [
      {},
      { architecture: 7 },
      { model_type: null },
      { architecture: '' },
      { model_type: {} },
    ])
      for (const { matches } of FAMILIES) expect(matches(config, new Map())).toBe(false);
  });

  it('int8 takes one at a time: a batch is an error, not another score', async () => {
    const open = await openNetwork(build('timm-vit', madeVit(small), 'int8'));
    await expect(open.run({ pixels: randomValues([2, 3, 32, 32], 1) })).rejects.toThrow();
    await open.close();
  });

  it('the same model is planned to the same bytes', async () => {
    const graphs = [0, 1].map(() => writeModel(build('timm-eva02', madeEva02(small), 'int8').graph));
    expect(graphs[0]).toEqual(graphs[1]);
  });
});
