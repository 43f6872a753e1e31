/** Decoded pixels → the network's input tensor, by the card's own rules. */
import type { ImageInput } from '../catalog/card';
import { preprocess } from '../core/image/preprocess';
import { compactAxis, cornerAxis, sampleCorners } from '../core/image/resize-corners';
import type { PixelImage } from '../core/image/types';
import type { DecodedView } from './decode';
import type { Feed } from './engine';
import { readRows } from './readback';

/** The `pixels` feed of one picture: float32, one item, in the card's layout. */
export function pixelsFeed(image: PixelImage, input: ImageInput): Feed {
  return feed(preprocess(image, input), input);
}

/** As `pixelsFeed`; an opaque bitmap of which two rows per output row count is read row by row. */
export function viewFeed(view: DecodedView, input: ImageInput): Feed {
  const { bitmap, width, height } = view;
  const { needed, axis } = compactAxis(cornerAxis(height, input.height));
  const sparse = input.resample === 'bilinear-corners' && input.fit === 'stretch' && input.layout === 'NCHW';
  if (!bitmap || !sparse || needed.length > height / 2) return pixelsFeed(view.pixels(), input);
  return feed(sampleCorners(readRows(bitmap, needed), axis, cornerAxis(width, input.width), input), input);
}

function feed(data: Float32Array, { width, height, layout }: ImageInput): Feed {
  return { data, dims: layout === 'NCHW' ? [1, 3, height, width] : [1, height, width, 3] };
}
