/** BMP (Windows bitmap headers, 12 to 124 bytes): dimensions, and whether the rows announced are there. */
import { cutShort, damaged, need, type Parse } from './ranges';
import { notChecked } from './sniff';
import type { FormatHeader, Structure } from './types';

const FILE_HEADER_BYTES = 14;
const OS2_HEADER_BYTES = 12;
const RGB = 0;
const RLE8 = 1;
const RLE4 = 2;
/** Bit masks, without and with alpha. */
const BITFIELDS = 3;
const ALPHA_BITFIELDS = 6;
const DEPTHS = [1, 2, 4, 8, 16, 24, 32];

interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly compression: number;
  /** Bytes of compressed data; 0 is allowed for plain rows. */
  readonly dataBytes: number;
  readonly dataStart: number;
  readonly fileBytes: number;
}

function* readBmp(size: number): Parse<BmpHeader> {
  const file = yield* need(size, 0, FILE_HEADER_BYTES + 4, 'header');
  const headerBytes = file.getUint32(FILE_HEADER_BYTES, true);
  const os2 = headerBytes === OS2_HEADER_BYTES;
  // The 16-byte OS/2 header stops after the depth; the others have compression and sizes.
  const view = yield* need(size, FILE_HEADER_BYTES, Math.min(headerBytes, 40), 'header');
  const common = { fileBytes: file.getUint32(2, true), dataStart: file.getUint32(10, true) };
  if (os2) {
    const width = view.getUint16(4, true);
    const height = view.getUint16(6, true);
    return { ...common, width, height, depth: view.getUint16(10, true), compression: RGB, dataBytes: 0 };
  }
  return {
    ...common,
    width: view.getInt32(4, true),
    height: view.getInt32(8, true),
    depth: view.getUint16(14, true),
    compression: view.byteLength >= 40 ? view.getUint32(16, true) : RGB,
    dataBytes: view.byteLength >= 40 ? view.getUint32(20, true) : 0,
  };
}

export function* bmpHeader(size: number): Parse<FormatHeader> {
  const { width, height, depth, compression, dataStart } = yield* readBmp(size);
  if (width <= 0 || height === 0 || height === -(2 ** 31))
    throw damaged(`the BMP header says ${width} × ${height} pixels`);
  if (height < 0) throw notChecked('BMP stored from the top down', 'Save it as PNG.');
  if (![RGB, RLE8, RLE4, BITFIELDS, ALPHA_BITFIELDS].includes(compression))
    throw notChecked('BMP with embedded JPEG, PNG or ink data', 'Save it as PNG.');
  if (!DEPTHS.includes(depth)) throw damaged(`the BMP header says ${depth} bits per pixel`);
  if (dataStart < FILE_HEADER_BYTES + OS2_HEADER_BYTES || dataStart > size) throw cutShort('header');
  // 32 bits a pixel may carry alpha; 16 bits may through masks.
  const hasAlpha = depth === 32 || depth === 16 ? 'maybe' : 'no';
  return { width, height, orientation: 1, animated: false, frames: 1, hasAlpha };
}

export function* bmpStructure(size: number): Parse<Structure> {
  const { width, height, depth, compression, dataBytes, dataStart, fileBytes } = yield* readBmp(size);
  const compressed = compression === RLE8 || compression === RLE4;
  if (compressed && dataBytes === 0) throw damaged('the BMP does not say how long its data is');
  // Rows are padded to 4 bytes.
  const rows = Math.ceil((width * depth) / 32) * 4 * Math.abs(height);
  const end = dataStart + (compressed ? dataBytes : rows);
  if (end > size) throw cutShort('image data');
  // Writers put 0 or nonsense into the file size; it only tells where trailing bytes begin.
  return { frames: 1, end: fileBytes >= end && fileBytes <= size ? fileBytes : end };
}
