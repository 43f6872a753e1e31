/** Decoded pixels → the network's input tensor, by the card's own rules. */
import type { ImageInput } from '../catalog/card';
import { preprocess } from '../core/image/preprocess';
import type { DecodedView } from './decode';

interface Pixels {
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Float32 in the card's layout, [3 × height × width] values. */
export function pixelsTensor(pixels: Pixels, input: ImageInput): Float32Array {
  return preprocess(pixels, input);
}

export async function viewTensor(view: DecodedView, input: ImageInput): Promise<Float32Array> {
  return pixelsTensor(await view.pixels(), input);
}
