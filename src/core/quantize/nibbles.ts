/** Whole numbers from −8 to 7 in four bits: two to a byte, the first in the low half. */

/** Both halves of every byte, sign-extended: twice as many bytes, each an I8. */
export function widenI4(bytes: Uint8Array): Uint8Array {
  const out = new Int8Array(bytes.length * 2);
  for (let i = 0; i < bytes.length; i++) {
    const pair = bytes[i]!;
    out[2 * i] = (pair << 28) >> 28;
    out[2 * i + 1] = (pair << 24) >> 28;
  }
  return new Uint8Array(out.buffer);
}

/** An even number of values from −8 to 7 → half as many bytes. */
export function narrowI4(values: Int8Array): Uint8Array {
  const out = new Uint8Array(values.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = (values[2 * i]! & 15) | (values[2 * i + 1]! << 4);
  return out;
}
