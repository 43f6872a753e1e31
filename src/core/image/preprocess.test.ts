/** Bytes to tensors: torch's float32 steps, both layouts, every kind of resampling. */
import { describe, expect, it } from 'vitest';
import { normalize } from './normalize';
import { type ImageConfig, preprocess } from './preprocess';

const CLIP = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
} as const;
const rgb = { data: Uint8Array.of(0, 128, 255, 10, 20, 30), width: 2, height: 1 };
const config: ImageConfig = {
  width: 2,
  height: 1,
  resample: 'bicubic',
  fit: 'stretch',
  cropFraction: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  layout: 'NHWC',
};

describe('normalize', () => {
  it('rounds to float32 after every step, as torch does', () => {
    // torch 2.13: (torch.tensor([0, 128, 255.]) / 255 - mean) / std
    const values = normalize(rgb, CLIP, 'NHWC');
    const step = (byte: number, channel: 0 | 1 | 2) =>
      Math.fround(
        Math.fround(Math.fround(byte / 255) - Math.fround(CLIP.mean[channel])) /
          Math.fround(CLIP.std[channel]),
      );
    expect([...values.subarray(0, 3)]).toEqual([step(0, 0), step(128, 1), step(255, 2)]);
    expect(values[0]).toBeCloseTo(-1.7922626, 6);
  });

  it('puts channels first or last', () => {
    const last = normalize(rgb, config, 'NHWC');
    const first = normalize(rgb, config, 'NCHW');
    expect([...last].map((value) => Math.round(value * 255))).toEqual([0, 128, 255, 10, 20, 30]);
    expect([...first].map((value) => Math.round(value * 255))).toEqual([0, 10, 128, 20, 255, 30]);
  });
});

describe('preprocess', () => {
  const image = { data: Uint8Array.of(0, 128, 255, 7, 10, 20, 30, 0), width: 2, height: 1 };

  it('drops alpha and keeps the colours under it, whatever the resampling', () => {
    for (const resample of ['bicubic', 'bilinear', 'bilinear-corners'] as const)
      expect([...preprocess(image, { ...config, resample })].map((value) => Math.round(value * 255))).toEqual(
        [0, 128, 255, 10, 20, 30],
      );
  });

  it('gives the same numbers in both layouts', () => {
    for (const resample of ['bicubic', 'bilinear-corners'] as const) {
      const big = { ...config, resample, width: 5, height: 4 };
      const last = preprocess(image, big);
      const first = preprocess(image, { ...big, layout: 'NCHW' });
      for (let i = 0; i < 20; i++)
        for (let c = 0; c < 3; c++) expect(first[20 * c + i]).toBe(last[3 * i + c]);
    }
  });

  it('refuses crops that are not defined', () => {
    expect(() => preprocess(image, { ...config, fit: 'crop' })).toThrow(/square/);
    expect(() => preprocess(image, { ...config, fit: 'crop', resample: 'bilinear-corners' })).toThrow(
      /whole pictures/,
    );
  });
});
