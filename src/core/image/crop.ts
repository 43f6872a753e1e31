/** Which part of the resized picture a model sees. */
import { InvalidError } from '../errors';
import type { Window } from './resize';

export interface Placement {
  /** Of the resized picture. */
  readonly width: number;
  readonly height: number;
  /** The part of it that is kept. */
  readonly window: Window;
}

/** Both sides to `width` × `height`; the aspect ratio is not kept. */
export function stretch(width: number, height: number): Placement {
  return { width, height, window: { left: 0, top: 0, width, height } };
}

/**
 * The short side to size / fraction, then the centre of size × size, as timm, CLIP and torchvision do it:
 * `Resize` rounds the long side down, `CenterCrop` rounds half to even (torchvision/transforms/functional.py).
 * Throws `invalid-input` for a fraction outside (0, 1].
 */
export function centreCrop(width: number, height: number, size: number, fraction: number): Placement {
  if (!(fraction > 0 && fraction <= 1))
    throw new InvalidError('invalid-input', `A crop fraction of ${fraction} is not in (0, 1].`);
  const short = Math.floor(size / fraction);
  const resized =
    width <= height
      ? { width: short, height: Math.floor((short * height) / width) }
      : { width: Math.floor((short * width) / height), height: short };
  const left = roundHalfEven((resized.width - size) / 2);
  const top = roundHalfEven((resized.height - size) / 2);
  return { ...resized, window: { left, top, width: size, height: size } };
}

/** Python's `round`. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
