/** Checkpoint files made in code, whole or broken on purpose, and a source that counts what is read of it. */
import { bytesOf } from '../tensor';
import { type ByteSource, memorySource } from './source';

export interface CountedSource extends ByteSource {
  /** Bytes asked for so far, those asked for twice twice. */
  readonly bytesRead: number;
}

export function counted(source: ByteSource): CountedSource {
  let bytesRead = 0;
  return {
    name: source.name,
    size: source.size,
    read(start, end, signal) {
      bytesRead += end - start;
      return source.read(start, end, signal);
    },
    get bytesRead() {
      return bytesRead;
    },
  };
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function joined(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** `value` in `bytes` little-endian bytes. */
export function little(value: number | bigint, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 255n));
}

/**
 * A safetensors file: `header` as JSON, or as the text itself, then `data` or so many zeros. `length` replaces the true
 * length of the header.
 */
export function safetensorsFile(
  header: unknown,
  data: number | Uint8Array = 0,
  length?: number | bigint,
): Uint8Array {
  const text =
    header instanceof Uint8Array
      ? header
      : utf8(typeof header === 'string' ? header : JSON.stringify(header));
  const body = typeof data === 'number' ? new Uint8Array(data) : data;
  return joined(little(length ?? text.length, 8), text, body);
}

/** Float32 tensors by name, laid end to end, with their values counting up. */
export function plainSafetensors(shapes: Readonly<Record<string, readonly number[]>>): Uint8Array {
  let end = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const [name, shape] of Object.entries(shapes)) {
    const start = end;
    end += 4 * shape.reduce((a, b) => a * b, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
  }
  return safetensorsFile(header, bytesOf(Float32Array.from({ length: end / 4 }, (_, i) => i)));
}

/** A `.npy` file: the dictionary as text, padded as NumPy does, then `data` or so many zeros. */
export function npyFile(dictionary: string, data: number | Uint8Array = 0, version = 1): Uint8Array {
  const from = version === 1 ? 10 : 12;
  const padding = 64 - ((from + dictionary.length + 1) % 64);
  const text = utf8(`${dictionary}${' '.repeat(padding)}\n`);
  const body = typeof data === 'number' ? new Uint8Array(data) : data;
  const magic = [0x93, ...utf8('NUMPY'), version, 0];
  return joined(magic, little(text.length, version === 1 ? 2 : 4), text, body);
}

export const source = (name: string, bytes: Uint8Array): CountedSource => counted(memorySource(name, bytes));
