/** Bytes put together and taken apart. */
export { joined } from '../../../src/core/image/png-write';

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function u16le(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value & 255, (value >>> 8) & 255]));
}

export function u32le(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
}

export function u32be(value: number): Uint8Array {
  return u32le(value).reverse();
}

/** Where `needle` first occurs. Throws when it does not: a fixture changed under the test. */
export function indexOf(bytes: Uint8Array, needle: Uint8Array | string, from = 0): number {
  const wanted = typeof needle === 'string' ? ascii(needle) : needle;
  for (let at = from; at + wanted.length <= bytes.length; at++)
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  throw new Error('The bytes looked for are not there.');
}

/** A copy with `replacement` written over what is at `at`. */
export function patched(bytes: Uint8Array, at: number, replacement: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.set(replacement, at);
  return copy;
}
