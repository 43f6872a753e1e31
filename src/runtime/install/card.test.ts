import { describe, expect, it } from 'vitest';
import type { ImageInput, ModelCard } from '../../catalog/card';
import { starterImage } from '../../catalog/starter-image';
import type { WinnowError } from '../../core/errors';
import { compareWithCard, type Says } from './compare';
import { completeCard } from './complete';

const input: ImageInput = {
  ...{ kind: 'image', width: 224, height: 224, resample: 'bicubic', fit: 'crop', cropFraction: 0.875 },
  ...{ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], layout: 'NCHW' },
};
const card: ModelCard = {
  ...starterImage,
  labels: [{ name: 'nsfw' }, { name: 'normal' }],
  scores: [{ name: 'nsfw', labels: ['nsfw'], risk: true, review: 0.5, block: 0.8 }],
  input,
};
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect((error as WinnowError).code).toBe('invalid-model');
    return (error as Error).message;
  }
  return '';
};
const compared = (says: Says, own = false) => refusal(() => compareWithCard(card, says, { own }));

describe('M16: labels', () => {
  it('agree, whatever their case, or are placeholders', () => {
    expect(compared({ labels: ['NSFW', ' normal '] })).toBe('');
    expect(compared({ labels: ['LABEL_0', 'LABEL_1'] })).toBe('');
  });

  it('are refused when they are swapped, others, or of another number', () => {
    expect(compared({ labels: ['normal', 'nsfw'] })).toContain('“normal”, “nsfw”');
    expect(compared({ labels: ['explicit', 'normal'] })).toContain('“explicit”');
    expect(compared({ labels: ['nsfw', 'normal', 'drawing'] })).toContain('3 labels');
    expect(compared({ labels: ['LABEL_1', 'LABEL_0'] })).not.toBe('');
  });

  it('may have other names on a card of one’s own, in the same order', () => {
    expect(compared({ labels: ['explicit', 'fine'] }, true)).toBe('');
    expect(compared({ labels: ['explicit', 'normal'] }, true)).toBe('');
    expect(compared({ labels: ['normal', 'nsfw'] }, true)).not.toBe('');
    expect(compared({ labels: ['normal', 'other'] }, true)).not.toBe('');
  });
});

describe('M18: labels out of a file', () => {
  const completed = (labels: readonly string[]) =>
    completeCard({ ...card, labels: [], scores: [] }, { labels }, labels.length);

  it('are taken as they are written, markup and all, and refused by name when they are endless', () => {
    const markup = '<script>alert(1)</script>';
    expect(completed([markup, 'normal']).scores.map(({ name }) => name)).toEqual([markup, 'normal']);
    const message = refusal(() => completed(['x'.repeat(10_240), 'normal']));
    expect(message).toContain('10240 characters');
    expect(message.length).toBeLessThan(200);
  });
});

describe('M17: pixels', () => {
  it('agree up to the rounding of decimals, and where files say nothing', () => {
    expect(compared({ input })).toBe('');
    expect(compared({ input: {} })).toBe('');
    expect(compared({ input: { mean: [0.485 + 1e-8, 0.456, 0.406] } })).toBe('');
    // 224 of 256 px either way.
    expect(compared({ input: { fit: 'crop', cropFraction: 0.8749, width: 224 } })).toBe('');
  });

  it('are refused when anything differs', () => {
    const wrong: [Partial<ImageInput>, RegExp][] = [
      [{ width: 384, height: 384 }, /384 × 384/],
      [{ mean: [0.5, 0.5, 0.5] }, /mean/],
      [{ std: [0.225, 0.224, 0.229] }, /std/],
      [{ mean: [Number.NaN, 0.456, 0.406] }, /mean/],
      [{ resample: 'bilinear' }, /bilinear/],
      [{ fit: 'stretch' }, /stretch/],
      [{ fit: 'crop', cropFraction: 1 }, /crop/],
      [{ layout: 'NHWC' }, /NHWC/],
    ];
    for (const [says, message] of wrong) expect(compared({ input: says }, true)).toMatch(message);
  });
});

describe('completeCard', () => {
  const blank: ModelCard = { ...card, labels: [], scores: [], input: { ...input, width: 0, height: 0 } };
  const says: Says = { labels: ['normal', 'nsfw'], input };

  it('takes labels, scores and pixels from the files; what is not known to be harmless counts', () => {
    const complete = completeCard(blank, says, 2);
    expect(complete.labels).toEqual([{ name: 'normal' }, { name: 'nsfw' }]);
    expect(complete.scores).toEqual([
      { name: 'normal', labels: ['normal'], risk: false },
      { name: 'nsfw', labels: ['nsfw'], risk: true, review: 0.5, block: 0.8 },
    ]);
    expect(complete.input).toEqual(input);
  });

  it('numbers labels without names, and none of them is harmless', () => {
    const { labels, scores } = completeCard(blank, { ...says, labels: ['LABEL_0', 'LABEL_1'] }, 2);
    expect(labels.map(({ name }) => name)).toEqual(['label 1', 'label 2']);
    expect(scores.every(({ risk }) => risk)).toBe(true);
    const harmless = completeCard(blank, { ...says, labels: ['normal', 'neutral'] }, 2);
    expect(harmless.scores.every(({ risk }) => risk)).toBe(true);
  });

  it('leaves alone what the card says', () => {
    expect(completeCard(card, says, 2)).toEqual(card);
  });

  it('says what neither of them says', () => {
    expect(refusal(() => completeCard(blank, { input }, undefined))).toContain('labels');
    expect(refusal(() => completeCard(blank, { labels: ['a', 'b'] }, 2))).toContain('Fill in size');
    expect(refusal(() => completeCard(blank, { labels: ['a', 'a'], input }, 2))).toContain('twice');
  });
});
