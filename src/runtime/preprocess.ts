/** Decoded pixels → the network's input tensor, by the card's own rules. */
import type { ImageInput } from '../catalog/card';
import { preprocess } from '../core/image/preprocess';
import { compactAxis, cornerAxis, type RgbaPixels, sampleCorners } from '../core/image/resize-corners';
import type { DecodedView } from './decode';
import type { Feed } from './engine';
import { withOpaqueRows } from './readback';

/** The `pixels` feed of one picture: float32, one item, in the card's layout. */
export function pixelsFeed(image: RgbaPixels, input: ImageInput): Feed {
  return feed(preprocess(image, input), input);
}

/** As `pixelsFeed`; of an opaque bitmap the bytes are read where it keeps them, and where rows are left out, only the others. */
export async function viewFeed(view: DecodedView, input: ImageInput): Promise<Feed> {
  const { bitmap, width, height, turned } = view;
  const sparse = input.resample === 'bilinear-corners' && input.fit === 'stretch' && input.layout === 'NCHW';
  if (!bitmap) return pixelsFeed(view.pixels(), input);
  if (!sparse) {
    const every = Array.from({ length: height }, (_, y) => y);
    // A canvas of all rows at once would take twice the memory.
    const banded = () => view.pixels();
    return withOpaqueRows({ bitmap, turned }, every, (pixels) => pixelsFeed(pixels, input), banded);
  }
  const { needed, axis } = compactAxis(cornerAxis(height, input.height));
  const columns = cornerAxis(width, input.width);
  return withOpaqueRows({ bitmap, turned }, needed, (rows) =>
    feed(sampleCorners(rows, axis, columns, input), input),
  );
}

function feed(data: Float32Array, { width, height, layout }: ImageInput): Feed {
  return { data, dims: layout === 'NCHW' ? [1, 3, height, width] : [1, height, width, 3] };
}
