/** Bitmaps back to bytes, exactly. */
import { FailedError } from '../../core/errors';
import type { PixelImage } from '../../core/image/types';
import { largestDifference, pattern, patternBitmap } from './probe';

/** Pixels read at a time: a full canvas beside a full copy would take twice the picture's memory. */
const BAND_PIXELS = 4_000_000;

/**
 * RGBA through a 2D canvas: exact for opaque pixels, and as seen for others (colours under full transparency are
 * gone, those under little of it are coarse). Throws `out-of-memory`.
 */
export function readPixels(bitmap: ImageBitmap): PixelImage {
  const { width, height } = bitmap;
  const rows = Math.min(height, Math.max(1, Math.floor(BAND_PIXELS / width)));
  try {
    const context = canvas2d(width, rows);
    if (rows === height) {
      context.drawImage(bitmap, 0, 0);
      return { data: context.getImageData(0, 0, width, height).data, width, height };
    }
    const data = new Uint8Array(4 * width * height);
    for (let top = 0; top < height; top += rows) {
      context.clearRect(0, 0, width, rows);
      context.drawImage(bitmap, 0, -top);
      const band = Math.min(rows, height - top);
      data.set(context.getImageData(0, 0, width, band).data, 4 * width * top);
    }
    return { data, width, height };
  } catch (error) {
    throw outOfMemory(error);
  }
}

/** A 2D canvas kept in main memory: reading a GPU canvas back costs more than drawing on the CPU. */
export function canvas2d(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw outOfMemory(undefined);
  return context;
}

export function outOfMemory(cause: unknown): FailedError {
  const message = 'The browser ran out of memory for this picture. Close other tabs, or try a smaller copy.';
  return new FailedError('out-of-memory', message, {}, { cause });
}

/** Side of the tiles that pass through WebGL; every implementation takes textures of 4,096. */
const TILE = 4096;

let context: WebGL2RenderingContext | null | undefined;
let exact: Promise<boolean> | undefined;

/**
 * RGBA as stored, colours under transparency included, or null where the browser cannot do it exactly. The bitmap
 * must have been made with `premultiplyAlpha: 'none'`. WebGL2 is the one way back that does not premultiply:
 * Chromium 156's ImageDecoder does, whatever it is told.
 */
export async function readStoredPixels(bitmap: ImageBitmap): Promise<PixelImage | null> {
  exact ??= checkStraight();
  return (await exact) ? readTiles(bitmap) : null;
}

async function checkStraight(): Promise<boolean> {
  const size = 16;
  const expected = pattern(size, true);
  const bitmap = await patternBitmap(expected, size);
  const found = await readTiles(bitmap);
  bitmap.close();
  return found !== null && largestDifference(found.data, expected) === 0;
}

async function readTiles(bitmap: ImageBitmap): Promise<PixelImage | null> {
  const { width, height } = bitmap;
  if (context === undefined || context?.isContextLost()) context = newContext();
  if (context === null) return null;
  if (width <= TILE && height <= TILE) return readTile(context, bitmap);
  const data = new Uint8Array(4 * width * height);
  for (let top = 0; top < height; top += TILE)
    for (let left = 0; left < width; left += TILE) {
      const [columns, rows] = [Math.min(TILE, width - left), Math.min(TILE, height - top)];
      const part = await createImageBitmap(bitmap, left, top, columns, rows, {
        premultiplyAlpha: 'none',
        colorSpaceConversion: 'none',
      });
      const tile = readTile(context, part);
      part.close();
      if (tile === null) return null;
      for (let y = 0; y < rows; y++)
        data.set(tile.data.subarray(4 * columns * y, 4 * columns * (y + 1)), 4 * ((top + y) * width + left));
    }
  return { data, width, height };
}

function newContext(): WebGL2RenderingContext | null {
  // failIfMajorPerformanceCaveat stays off: slow and exact is what is wanted.
  return new OffscreenCanvas(1, 1).getContext('webgl2');
}

function readTile(gl: WebGL2RenderingContext, bitmap: ImageBitmap): PixelImage | null {
  const { width, height } = bitmap;
  const texture = gl.createTexture();
  const framebuffer = gl.createFramebuffer();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  const complete = gl.checkFramebufferStatus(gl.FRAMEBUFFER) === gl.FRAMEBUFFER_COMPLETE;
  const data = new Uint8Array(4 * width * height);
  if (complete) gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, data);
  gl.deleteFramebuffer(framebuffer);
  gl.deleteTexture(texture);
  // A lost context reads zeros, which would look like a black picture.
  return complete && gl.getError() === gl.NO_ERROR && !gl.isContextLost() ? { data, width, height } : null;
}
