/** The smallest PNG writer: stored, not compressed. For known patterns that must survive a round trip. */

/** Adler-32's modulus (RFC 1950, 8.2). */
const ADLER = 65521;
/** Bytes of a stored block (RFC 1951, 3.2.4). */
const BLOCK = 65535;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** CRC-32 as PNG and ZIP use it; `before` is that of the bytes before these. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = before ^ 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** A chunk with its length and checksum. `type` is four ASCII letters. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) chunk[4 + i] = type.charCodeAt(i);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}

/** The 13 bytes of IHDR; 8 bits a channel, colour type 2 (RGB) or 6 (RGBA) unless told otherwise. */
export function pngIhdrBytes(width: number, height: number, colour = 6, depth = 8): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set([depth, colour, 0, 0, 0], 8);
  return data;
}

/** zlib data that inflates to `raw`. */
export function zlibStored(raw: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(raw.length / BLOCK));
  const out = new Uint8Array(2 + raw.length + 5 * blocks + 4);
  const view = new DataView(out.buffer);
  out.set([0x78, 0x01]);
  let at = 2;
  for (let start = 0, block = 0; block < blocks; block++, start += BLOCK) {
    const part = raw.subarray(start, start + BLOCK);
    out[at] = block === blocks - 1 ? 1 : 0;
    view.setUint16(at + 1, part.length, true);
    view.setUint16(at + 3, part.length ^ 0xffff, true);
    out.set(part, at + 5);
    at += 5 + part.length;
  }
  let [a, b] = [1, 0];
  for (const byte of raw) {
    a = (a + byte) % ADLER;
    b = (b + a) % ADLER;
  }
  view.setUint32(at, ((b << 16) | a) >>> 0);
  return out;
}

export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** RGBA pixels as a complete PNG file. */
export function writePng(data: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const stride = 4 * width;
  const raw = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) raw.set(data.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  return joined([
    PNG_SIGNATURE,
    pngChunk('IHDR', pngIhdrBytes(width, height)),
    pngChunk('IDAT', zlibStored(raw)),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
