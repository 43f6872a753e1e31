/** Pixels → input tensor, by the rules on a model's card. */
import { InvalidError } from '../errors';
import { centreCrop, type Placement, stretch } from './crop';
import { type Layout, type Normalisation, normalize } from './normalize';
import { type Filter, type RgbImage, resize } from './resize';
import { type RgbaPixels, resizeCorners } from './resize-corners';
import type { PixelImage } from './types';

/** Goes up whenever the same picture, or the same text, could give another input tensor than before. */
export const PREPROCESSING_VERSION = 2;

/** The part of a card's `ImageInput` that pixels need. */
export interface ImageConfig extends Normalisation {
  readonly width: number;
  readonly height: number;
  readonly resample: Filter | 'bilinear-corners';
  readonly fit: 'stretch' | 'crop';
  readonly cropFraction: number;
  readonly layout: Layout;
}

/**
 * F32 values in the card's layout, 3 × height × width of them. `image` is upright, RGBA or BGRA; alpha is not read.
 * Throws `invalid-input` for a card whose crop is not square or a picture with too few bytes.
 */
export function preprocess(image: RgbaPixels, config: ImageConfig): Float32Array {
  if (config.resample === 'bilinear-corners') return alignedCorners(image, config);
  const resized = resizeFor(image, { ...config, resample: config.resample });
  // Channels are resampled each by itself, so there are fewer pixels to turn round now.
  if (image.bgr) swapRedAndBlue(resized);
  return normalize(resized, config, config.layout);
}

function swapRedAndBlue({ data }: RgbImage): void {
  for (let at = 0; at < data.length; at += 3) {
    const first = data[at]!;
    data[at] = data[at + 2]!;
    data[at + 2] = first;
  }
}

/** The 8-bit RGB pixels a model sees, before normalisation. */
export function resizeFor(
  image: PixelImage,
  config: Pick<ImageConfig, 'width' | 'height' | 'fit' | 'cropFraction'> & { readonly resample: Filter },
): RgbImage {
  const { width, height, window } = placement(image, config);
  return resize(image, width, height, config.resample, window);
}

function placement(
  image: PixelImage,
  { width, height, fit, cropFraction }: Pick<ImageConfig, 'width' | 'height' | 'fit' | 'cropFraction'>,
): Placement {
  if (fit === 'stretch') return stretch(width, height);
  if (width !== height) throw new InvalidError('invalid-input', 'Only square crops are defined.');
  return centreCrop(image.width, image.height, width, cropFraction);
}

function alignedCorners(image: RgbaPixels, config: ImageConfig): Float32Array {
  if (config.fit !== 'stretch')
    throw new InvalidError('invalid-input', 'Aligned corners are defined for whole pictures only.');
  const planes = resizeCorners(image, config.width, config.height, config);
  return config.layout === 'NCHW' ? planes : interleaved(planes);
}

/** [3, …] → […, 3]. */
function interleaved(planes: Float32Array): Float32Array {
  const plane = planes.length / 3;
  const out = new Float32Array(planes.length);
  for (let i = 0; i < plane; i++)
    for (let channel = 0; channel < 3; channel++) out[3 * i + channel] = planes[channel * plane + i]!;
  return out;
}
