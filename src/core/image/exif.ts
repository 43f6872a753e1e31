/** The one tag of EXIF that changes what is seen. Everything else in it, GPS included, is not looked at. */

/** EXIF 2.3, 4.6.4 A: tag 0x0112, SHORT, 1 to 8. */
const ORIENTATION_TAG = 0x0112;
const TYPE_SHORT = 3;

export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Whether the orientation swaps width and height. */
export function swapsSides(orientation: Orientation): boolean {
  return orientation >= 5;
}

/**
 * Orientation from a TIFF block (`II*\0…` or `MM\0*…`, without the `Exif\0\0` prefix). 1 when it is absent
 * or nonsense: broken metadata is no reason to refuse a picture, and browsers do the same.
 */
export function exifOrientation(tiff: DataView): Orientation {
  if (tiff.byteLength < 14) return 1;
  const order = tiff.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  if (tiff.getUint16(2, little) !== 42) return 1;
  const directory = tiff.getUint32(4, little);
  if (directory + 2 > tiff.byteLength) return 1;
  const entries = tiff.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > tiff.byteLength) return 1;
    if (tiff.getUint16(entry, little) !== ORIENTATION_TAG) continue;
    if (tiff.getUint16(entry + 2, little) !== TYPE_SHORT) return 1;
    const value = tiff.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}
