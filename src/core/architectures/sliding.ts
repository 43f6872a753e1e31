/** Sizes and borders of operators that slide a window over a picture, as TensorFlow counts them. */
import { InvalidError } from '../errors';

/** Top, left, bottom, right. */
export type Pads = readonly [number, number, number, number];
/** Vertical, horizontal. */
export type Pair = readonly [number, number];

export interface Window {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
}

export const NO_PADS: Pads = [0, 0, 0, 0];

/** Windows that fit into `size` with a border. Throws `invalid-model` when none does. */
export function slidingSize([height, width]: Pair, pads: Pads, window: Window): [number, number] {
  return [along(height + pads[0] + pads[2], window, 0), along(width + pads[1] + pads[3], window, 1)];
}

/**
 * The border of padding `same`: just enough for ceil(size / stride) windows, the odd row or column
 * behind. https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
export function samePads([height, width]: Pair, window: Window): Pads {
  const vertical = missing(height, window, 0);
  const horizontal = missing(width, window, 1);
  const top = Math.floor(vertical / 2);
  const left = Math.floor(horizontal / 2);
  return [top, left, vertical - top, horizontal - left];
}

export const sumPads = (a: Pads, b: Pads): Pads => [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];

const reach = (window: Window, axis: 0 | 1) => (window.kernel[axis] - 1) * window.dilations[axis] + 1;

function along(size: number, window: Window, axis: 0 | 1): number {
  const count = Math.floor((size - reach(window, axis)) / window.strides[axis]) + 1;
  if (count < 1) throw new InvalidError('invalid-model', 'A window is larger than what it slides over.');
  return count;
}

function missing(size: number, window: Window, axis: 0 | 1): number {
  const stride = window.strides[axis];
  return Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach(window, axis) - size);
}
