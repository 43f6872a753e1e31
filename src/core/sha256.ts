/**
 * SHA-256 of bytes that come piece by piece, and at once (FIPS 180-4, https://doi.org/10.6028/NIST.FIPS.180-4). Browsers hash
 * whole buffers only, answer later, and not at all on pages over plain http; a file of a gigabyte is never held whole, and a
 * database transaction ends as soon as something else is awaited.
 */

const BLOCK = 64;

/** The first 32 bits of the fractional part of a root of each of the first primes: cube roots, and square roots. */
const ROUNDS = roots(64, 3n);
const START = roots(8, 2n);

/** In whole numbers: how exact the root of a float is, is up to the browser. */
function roots(count: number, power: bigint): Int32Array {
  const out = new Int32Array(count);
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++)
    if (primes.every((prime) => candidate % prime !== 0)) {
      const scaled = BigInt(candidate) << (32n * power);
      let root = 0n;
      // The largest prime is 311, whose square root has 5 bits before the point and 32 after it.
      for (let bit = 1n << 37n; bit > 0n; bit >>= 1n) if ((root + bit) ** power <= scaled) root += bit;
      out[primes.length] = Number(BigInt.asIntN(32, root));
      primes.push(candidate);
    }
  return out;
}

const encoder = new TextEncoder();

export class Sha256 {
  readonly #state = Int32Array.from(START);
  readonly #words = new Int32Array(64);
  readonly #block = new Uint8Array(BLOCK);
  #filled = 0;
  #length = 0;

  /** Adds bytes, or the UTF-8 of a text. */
  update(data: Uint8Array | string): void {
    const bytes = typeof data === 'string' ? encoder.encode(data) : data;
    this.#length += bytes.byteLength;
    let at = 0;
    if (this.#filled > 0) {
      at = Math.min(bytes.byteLength, BLOCK - this.#filled);
      this.#block.set(bytes.subarray(0, at), this.#filled);
      this.#filled += at;
      if (this.#filled < BLOCK) return;
      this.#mix(this.#block, 0);
      this.#filled = 0;
    }
    for (; at + BLOCK <= bytes.byteLength; at += BLOCK) this.#mix(bytes, at);
    this.#block.set(bytes.subarray(at));
    this.#filled = bytes.byteLength - at;
  }

  /** Hex, lower case. Nothing may follow. */
  finish(): string {
    const length = this.#length;
    const padding = new Uint8Array((this.#filled < 56 ? 56 : 120) - this.#filled + 8);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer, padding.byteLength - 8);
    view.setUint32(0, Math.floor(length / 2 ** 29));
    view.setUint32(4, (length << 3) >>> 0);
    this.update(padding);
    return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #mix(bytes: Uint8Array, from: number): void {
    const w = this.#words;
    for (let i = 0, at = from; i < 16; i++, at += 4)
      w[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
    }
    const state = this.#state;
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i]! + w[i]!) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
    state[4]! += e;
    state[5]! += f;
    state[6]! += g;
    state[7]! += h;
  }
}

/** Hash of bytes or of a text's UTF-8, hex, lower case. */
export type Hash = (data: Uint8Array | string) => string;

export const sha256: Hash = (data) => {
  const hash = new Sha256();
  hash.update(data);
  return hash.finish();
};
