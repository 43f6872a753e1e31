/** Decoded pixels → the network's input tensor, by the card's own rules. */
import type { ImageInput } from '../catalog/card';
import { preprocess } from '../core/image/preprocess';
import { compactAxis, cornerAxis, sampleCorners } from '../core/image/resize-corners';
import type { PixelImage } from '../core/image/types';
import type { DecodedView } from './decode';
import type { Feed } from './engine';
import { withOpaqueRows } from './readback';

/** The `pixels` feed of one picture: float32, one item, in the card's layout. */
export function pixelsFeed(image: PixelImage, input: ImageInput): Feed {
  return feed(preprocess(image, input), input);
}

/** As `pixelsFeed`; of an opaque bitmap, only the rows that are resampled are read. */
export async function viewFeed(view: DecodedView, input: ImageInput): Promise<Feed> {
  const { bitmap, width, height } = view;
  const sparse = input.resample === 'bilinear-corners' && input.fit === 'stretch' && input.layout === 'NCHW';
  if (!bitmap || !sparse) return pixelsFeed(view.pixels(), input);
  const { needed, axis } = compactAxis(cornerAxis(height, input.height));
  const columns = cornerAxis(width, input.width);
  return withOpaqueRows(bitmap, needed, (rows) => feed(sampleCorners(rows, axis, columns, input), input));
}

function feed(data: Float32Array, { width, height, layout }: ImageInput): Feed {
  return { data, dims: layout === 'NCHW' ? [1, 3, height, width] : [1, height, width, 3] };
}
