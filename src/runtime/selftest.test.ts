import { describe, expect, it } from 'vitest';
import { tryLazyWeights } from './selftest';

/** Node 20 has no way to free a buffer; browsers do. */
const prototype = ArrayBuffer.prototype as { transfer?: (length: number) => ArrayBuffer };
prototype.transfer ??= function (this: ArrayBuffer) {
  structuredClone(this, { transfer: [this] });
  return new ArrayBuffer(0);
};

const LENGTH = 128;
const OFFSET = 64;

/** What a runtime does with external data: reads both weights, in its own way, and adds. */
function runtime(read: (file: Uint8Array, offset: number) => Float32Array) {
  return async (_: Uint8Array, file: Uint8Array, x: Float32Array) => {
    const [v, w] = [OFFSET, OFFSET + 4 * LENGTH].map((offset) => read(file, offset));
    return x.map((value, i) => value + v![i]! + w![i]!);
  };
}

const copied = (file: Uint8Array, offset: number) =>
  new Float32Array(file.subarray(offset, offset + 4 * LENGTH).slice().buffer);

describe('tryLazyWeights', () => {
  it('passes a runtime that copies each range when it gets it', async () => {
    expect(await tryLazyWeights(runtime(copied))).toBe(true);
  });

  it('fails one that reads elsewhere, or another way, or keeps what it was given', async () => {
    const elsewhere = (file: Uint8Array, offset: number) => copied(file, offset - 4);
    const another = (file: Uint8Array, offset: number) =>
      new Float32Array(new Uint8Array(file.buffer.slice(offset)).buffer);
    const keeps = (file: Uint8Array, offset: number) => {
      const bytes = file.subarray(offset, offset + 4 * LENGTH);
      return new Float32Array(bytes.buffer, bytes.byteOffset, LENGTH);
    };
    const nothing = () => new Float32Array(LENGTH);
    for (const read of [elsewhere, another, keeps, nothing])
      expect(await tryLazyWeights(runtime(read)).catch(() => false)).toBe(false);
  });
});
