/** Turning stored pixels upright by EXIF's orientation. Browsers do it while decoding; what they cannot, this does. */
import { type Orientation, swapsSides } from './exif';
import type { PixelImage } from './types';

/** A picture turned so that it is seen as its orientation says (EXIF 2.3, 4.6.4 A). */
export function orient(image: PixelImage, orientation: Orientation): PixelImage {
  if (orientation === 1) return image;
  const swapped = swapsSides(orientation);
  const [width, height] = swapped ? [image.height, image.width] : [image.width, image.height];
  const source = words(image);
  const data = new Uint8Array(4 * width * height);
  const target = new Uint32Array(data.buffer);
  // Along the upright rows the stored picture is read from a corner in steps: 1 or the stride, forwards or back.
  const right = image.width - 1;
  const below = (image.height - 1) * image.width;
  const [start, across, down] = steps(orientation, image.width, right, below);
  for (let y = 0, o = 0; y < height; y++)
    for (let x = 0, i = start + y * down; x < width; x++, i += across) target[o++] = source[i]!;
  return { data, width, height };
}

/** Index of the upright picture's first pixel, and the steps to the next one in its row and in its column. */
function steps(
  orientation: Orientation,
  stride: number,
  right: number,
  below: number,
): [start: number, across: number, down: number] {
  switch (orientation) {
    case 2:
      return [right, -1, stride];
    case 3:
      return [right + below, -1, -stride];
    case 4:
      return [below, 1, -stride];
    case 5:
      return [0, stride, 1];
    case 6:
      return [below, -stride, 1];
    case 7:
      return [right + below, -stride, -1];
    case 8:
      return [right, stride, -1];
    default:
      return [0, 1, stride];
  }
}

function words({ data, width, height }: PixelImage): Uint32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, width * height);
}
