/** Makings of float weights: read, put one below the other, kept as narrow as their file holds them. */
import { readFloat32, readTensor, type StoredTensor } from '../checkpoint/stored';
import type { Making, PlannedTensor } from '../prepare/plan';
import { narrowF16 } from '../quantize/half';
import { bytesOf, DTYPE_BYTES, elements } from '../tensor';

/** A tensor of the checkpoint, or that many zeros. */
export type Part = StoredTensor | number;

/** Parts one after the other as float32, kept in 16 bits where every one of them is. */
export function floats(name: string, shape: readonly number[], parts: readonly Part[]): Making {
  const types = new Set(parts.flatMap((part) => (typeof part === 'number' ? [] : [part.dtype])));
  const [dtype] = types;
  const kept = types.size === 1 && (dtype === 'BF16' || dtype === 'F16') ? dtype : undefined;
  const raw = types.size === 1 && (dtype === 'F32' || kept !== undefined);
  const tensor: PlannedTensor = { name, dtype: 'F32', shape, ...(kept && { kept }) };
  const make = async (signal?: AbortSignal) => [
    raw
      ? await joined(
          shape,
          DTYPE_BYTES[dtype!],
          parts,
          async (part) => (await readTensor(part, signal)).bytes,
        )
      : bytesOf(await readFloats(parts, shape, signal)),
  ];
  return { tensors: [tensor], ...reading(parts), make };
}

/** Parts one after the other as float16. */
export function halves(name: string, shape: readonly number[], parts: readonly Part[]): Making {
  const make = async (signal?: AbortSignal) => [narrowF16(await readFloats(parts, shape, signal))];
  return { tensors: [{ name, dtype: 'F16', shape }], ...reading(parts), make };
}

/** Numbers that are worked out rather than read: `parts` are what `work` reads, as float32. */
export function computed(
  name: string,
  shape: readonly number[],
  parts: readonly StoredTensor[],
  work: (values: readonly Float32Array[]) => Float32Array,
): Making {
  const make = async (signal?: AbortSignal) => {
    const values: Float32Array[] = [];
    for (const part of parts) values.push(await readFloat32(part, signal));
    return [bytesOf(work(values))];
  };
  return { tensors: [{ name, dtype: 'F32', shape }], ...reading(parts), make };
}

/** Parts one after the other as float32 numbers; `shape` is that of the whole. */
export async function readFloats(
  parts: readonly Part[],
  shape: readonly number[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  if (parts.length === 1 && typeof parts[0] === 'object') return readFloat32(parts[0], signal);
  const read = async (part: StoredTensor) => bytesOf(await readFloat32(part, signal));
  return new Float32Array((await joined(shape, 4, parts, read)).buffer);
}

/** What a making of these parts reads. */
export function reading(parts: readonly Part[]): Pick<Making, 'reads' | 'from'> {
  const from = parts.filter((part) => typeof part !== 'number');
  return { reads: from.reduce((sum, { start, end }) => sum + end - start, 0), from };
}

async function joined(
  shape: readonly number[],
  width: number,
  parts: readonly Part[],
  read: (part: StoredTensor) => Promise<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const out = new Uint8Array(elements(shape) * width);
  let offset = 0;
  for (const part of parts) {
    if (typeof part === 'number') offset += part * width;
    else {
      const bytes = await read(part);
      out.set(bytes, offset);
      offset += bytes.byteLength;
    }
  }
  return out;
}
