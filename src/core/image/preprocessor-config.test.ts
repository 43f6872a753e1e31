import { describe, expect, it } from 'vitest';
import type { WinnowError } from '../errors';
import { centreCrop } from './crop';
import { cropFraction, preprocessorInput } from './preprocessor-config';

const VIT = {
  ...{ do_normalize: true, do_rescale: true, do_resize: true, rescale_factor: 0.00392156862745098 },
  ...{ image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], resample: 2 },
  size: { height: 224, width: 224 },
};
const CLIP = {
  ...{ crop_size: { height: 224, width: 224 }, do_center_crop: true, resample: 3 },
  ...{ image_mean: [0.48145466, 0.4578275, 0.40821073], size: { shortest_edge: 256 } },
};

describe('preprocessorInput', () => {
  it('reads what ViT and CLIP ship', () => {
    expect(preprocessorInput(VIT)).toEqual({
      ...{ width: 224, height: 224, fit: 'stretch', cropFraction: 1, resample: 'bilinear' },
      ...{ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    });
    expect(preprocessorInput(CLIP)).toEqual({
      ...{ width: 224, height: 224, fit: 'crop', cropFraction: 0.875, resample: 'bicubic' },
      mean: [0.48145466, 0.4578275, 0.40821073],
    });
  });

  it('reads sizes as numbers, of old files, and no normalisation', () => {
    expect(preprocessorInput({ ...VIT, size: 384 })).toMatchObject({ width: 384, fit: 'stretch' });
    const old = { do_center_crop: true, size: 224, crop_size: 224 };
    expect(preprocessorInput(old)).toEqual({ width: 224, height: 224, fit: 'crop', cropFraction: 1 });
    expect(preprocessorInput({ do_normalize: false })).toEqual({ mean: [0, 0, 0], std: [1, 1, 1] });
    expect(preprocessorInput({ image_mean: 0.5 })).toEqual({ mean: [0.5, 0.5, 0.5] });
  });

  it('M17: refuses steps that would give other pixels', () => {
    const wrong: object[] = [
      { ...VIT, resample: 1 },
      { ...VIT, resample: 0 },
      { ...VIT, do_resize: false },
      { ...VIT, do_rescale: false },
      { ...VIT, rescale_factor: 1 / 127.5 },
      { ...VIT, size: { shortest_edge: 224 } },
      { ...VIT, size: { height: 224 } },
      { ...VIT, size: { shortest_edge: 224, longest_edge: 300 } },
      { ...CLIP, crop_size: { height: 224, width: 200 } },
      { ...CLIP, crop_size: 300 },
      { ...CLIP, size: { height: 256, width: 256 } },
      { ...VIT, image_mean: [0.5] },
      { ...VIT, image_std: [0.5, 0, 0.5] },
    ];
    for (const config of wrong) {
      let code = '';
      try {
        preprocessorInput(config as never);
      } catch (error) {
        code = (error as WinnowError).code;
      }
      expect(code, JSON.stringify(config)).toBe('unsupported-model');
    }
    for (const config of [{ size: 1.5 }, { size: 'large' }, { ...VIT, image_mean: ['a', 'b', 'c'] }])
      expect(() => preprocessorInput(config as never)).toThrow();
  });
});

it('cropFraction leads back to the very edge, for every size', () => {
  for (let size = 16; size <= 512; size += 7)
    for (let edge = size; edge <= 600; edge++)
      expect(centreCrop(edge, edge + 1, size, cropFraction(size, edge)).width).toBe(edge);
});
