/** Longest edge of the hidden thumbnail, in pixels: too few to make anything out, even with the filters off. */
const thumbnailEdge = 24;

function drawWithin(canvas: HTMLCanvasElement, bitmap: ImageBitmap, longest: number): void {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext('2d');
  if (!context) return;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
}

/** Draws a bitmap at most 24 px long. A bitmap already closed leaves the canvas empty. */
export function paintThumbnail(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  if (bitmap.width > 0) drawWithin(canvas, bitmap, thumbnailEdge);
}

/** Draws a bitmap no larger than it will be seen: a canvas of 64 megapixels would cost 256 MB. */
export function paintPicture(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  const longest = Math.max(canvas.clientWidth, canvas.clientHeight, 320) * (window.devicePixelRatio || 1);
  if (bitmap.width > 0) drawWithin(canvas, bitmap, Math.ceil(longest));
}

/** Frees the pixels now instead of when the canvas is collected. */
export function wipe(canvas: HTMLCanvasElement): void {
  canvas.width = 0;
  canvas.height = 0;
}
