/** Linear layers of a guard, in the number type they run in. */
import type { StoredTensor } from '../../checkpoint/stored';
import { readFloat32, readTensor } from '../../checkpoint/stored';
import type { GraphBuilder } from '../../onnx/graph';
import { matMul8Bits } from '../../onnx/ops';
import { MICROSOFT } from '../../onnx/whole-products';
import type { Making, WeightPlan } from '../../prepare/plan';
import { BLOCK, quantizeBlocks8 } from '../../quantize/blocks8';
import { narrowF16 } from '../../quantize/half';
import { bytesOf } from '../../tensor';
import { ColumnRange, codesOf } from './columns';
import { rowBlocks } from './table';

/** How an activation is quantised, once for every layer that reads it. */
interface Quantised {
  readonly codes: string;
  readonly scale: string;
  readonly zero: string;
}

export class Linear {
  readonly #g: GraphBuilder;
  readonly #plan: WeightPlan;
  readonly #quantised = new Map<string, Quantised>();
  readonly #rests = new Map<string, string>();

  constructor(g: GraphBuilder, plan: WeightPlan) {
    this.#g = g;
    this.#plan = plan;
  }

  /** A weight as it is; F16 is kept so and seen as F32. */
  plain(name: string, weight: StoredTensor): string {
    return this.#plan.add(this.#g, asStored(name, weight))[0]!;
  }

  /** A float weight kept as F16 and seen as F32. */
  half(name: string, weight: StoredTensor): string {
    const { shape } = weight;
    if (weight.dtype !== 'F32') return this.plain(name, weight);
    const make = async (signal?: AbortSignal) => [narrowF16(await readFloat32(weight, signal))];
    const making: Making = {
      tensors: [{ name, dtype: 'F32', shape, kept: 'F16' }],
      reads: weight.end - weight.start,
      from: [weight],
      make,
    };
    return this.#plan.add(this.#g, making)[0]!;
  }

  /** x · w with 8-bit weights per output and x in 8 bits: as ONNX Runtime quantises dynamically. */
  int8(x: string, name: string, weight: StoredTensor, turned = false): string {
    const making = turned ? rowMaking(name, weight) : columnMaking(name, weight);
    const [codes, scales] = this.#plan.add(this.#g, making) as [string, string];
    return this.#product(this.#quantise(x), codes, scales);
  }

  /** x · w with 8-bit weights in blocks and x in float32. Inputs are a multiple of `BLOCK`. */
  blocks(x: string, name: string, weight: StoredTensor): string {
    const [inputs = 0, outputs = 0] = weight.shape;
    return this.#blocks(x, { inputs, outputs }, blockMaking(name, weight));
  }

  /**
   * The same out of codes that are there: [inputs, outputs] I8 with a scale F32 per output become blocks without loss, or
   * float32 where the inputs do not divide into blocks.
   */
  blocksOf(x: string, name: string, codes: StoredTensor, scales: StoredTensor): string {
    const [inputs = 0, outputs = 0] = codes.shape;
    if (inputs % BLOCK !== 0) return this.decoded(x, name, codes, scales);
    return this.#blocks(x, { inputs, outputs }, codedMaking(name, codes, scales));
  }

  /** The same with the very numbers that the codes stand for, in float32. */
  decoded(x: string, name: string, codes: StoredTensor, scales: StoredTensor): string {
    return this.#g.add('MatMul', [x, ...this.#plan.add(this.#g, decodedMaking(name, codes, scales))]);
  }

  #blocks(x: string, size: { inputs: number; outputs: number }, making: Making): string {
    const weight = this.#plan.add(this.#g, making) as [string, string, string];
    return matMul8Bits(this.#g, x, weight, '', { k: size.inputs, n: size.outputs, block: BLOCK });
  }

  /**
   * x · w with 8-bit weights per output and x in two passes of 8 bits: what the first pass leaves is quantised again, so a
   * few large activations do not take the digits of all others. That is why the authors left these layers in float32.
   */
  twice(x: string, name: string, weight: StoredTensor): string {
    const g = this.#g;
    const [codes, scales] = this.#plan.add(g, columnMaking(name, weight)) as [string, string];
    const rest = this.#product(this.#quantise(this.#rest(x)), codes, scales);
    return g.add('Add', [this.#product(this.#quantise(x), codes, scales), rest]);
  }

  /** What quantising `x` loses. */
  #rest(x: string): string {
    const known = this.#rests.get(x);
    if (known) return known;
    const { codes, scale, zero } = this.#quantise(x);
    const rest = this.#g.add('Sub', [x, this.#g.add('DequantizeLinear', [codes, scale, zero])]);
    this.#rests.set(x, rest);
    return rest;
  }

  #quantise(x: string): Quantised {
    const known = this.#quantised.get(x);
    if (known) return known;
    const [codes, scale, zero] = this.#g.addMany('DynamicQuantizeLinear', [x], 3) as [string, string, string];
    const made = { codes, scale, zero };
    this.#quantised.set(x, made);
    return made;
  }

  #product({ codes, scale, zero }: Quantised, weight: string, scales: string): string {
    return this.#g.add(
      'MatMulIntegerToFloat',
      [codes, weight, scale, scales, zero],
      {},
      { domain: MICROSOFT },
    );
  }
}

/** Bit for bit. */
export function asStored(name: string, weight: StoredTensor): Making {
  const half = weight.dtype === 'F16' || weight.dtype === 'BF16';
  const tensor = { name, dtype: half ? ('F32' as const) : weight.dtype, shape: weight.shape };
  return {
    tensors: [half ? { ...tensor, kept: weight.dtype as 'F16' | 'BF16' } : tensor],
    reads: weight.end - weight.start,
    from: [weight],
    make: async (signal) => [(await readTensor(weight, signal)).bytes],
  };
}

/** [inputs, outputs] in float → codes I8 of the same shape, and scales F32 [outputs]. Read twice, never held as float. */
export function columnMaking(name: string, weight: StoredTensor): Making {
  const [inputs = 0, outputs = 0] = weight.shape;
  return {
    tensors: [
      { name: `${name}.codes`, dtype: 'I8', shape: [inputs, outputs] },
      { name: `${name}.scales`, dtype: 'F32', shape: [outputs] },
    ],
    reads: 2 * (weight.end - weight.start),
    from: [weight],
    make: async (signal) => {
      const range = new ColumnRange(outputs);
      for await (const { values } of rowBlocks(weight, signal)) range.take(values);
      const scales = range.scales();
      const codes = new Int8Array(inputs * outputs);
      for await (const { row, values } of rowBlocks(weight, signal))
        codesOf(values, scales, codes.subarray(row * outputs, row * outputs + values.length));
      return [bytesOf(codes), bytesOf(scales)];
    },
  };
}

/** As `columnMaking`, from weights [outputs, inputs]: those of a head, which are small. */
function rowMaking(name: string, weight: StoredTensor): Making {
  const [outputs = 0, inputs = 0] = weight.shape;
  return {
    ...columnMaking(name, { ...weight, shape: [inputs, outputs] }),
    reads: weight.end - weight.start,
    make: async (signal) => {
      const turned = transposed(await readFloat32(weight, signal), outputs, inputs);
      const range = new ColumnRange(outputs);
      range.take(turned);
      const scales = range.scales();
      const codes = new Int8Array(inputs * outputs);
      codesOf(turned, scales, codes);
      return [bytesOf(codes), bytesOf(scales)];
    },
  };
}

/** [inputs, outputs] in float → blocks of each output's weights. */
function blockMaking(name: string, weight: StoredTensor): Making {
  const [inputs = 0, outputs = 0] = weight.shape;
  return {
    tensors: blockTensors(name, inputs, outputs, 'BF16'),
    reads: weight.end - weight.start,
    make: async (signal) => {
      const made = quantizeBlocks8(transposed(await readFloat32(weight, signal), inputs, outputs));
      return [made.codes, made.scales, made.zeros];
    },
  };
}

/** Zero is in the middle of a byte, and every block of an output has that output's scale. */
function codedMaking(name: string, codes: StoredTensor, scales: StoredTensor): Making {
  const [inputs = 0, outputs = 0] = codes.shape;
  const [each, blocks] = [inputs / BLOCK, (inputs * outputs) / BLOCK];
  return {
    tensors: blockTensors(name, inputs, outputs),
    reads: codes.end - codes.start + scales.end - scales.start,
    make: async (signal) => {
      const turned = transposed(asInt8((await readTensor(codes, signal)).bytes), inputs, outputs);
      const perOutput = await readFloat32(scales, signal);
      const perBlock = Float32Array.from({ length: blocks }, (_, i) => perOutput[Math.floor(i / each)]!);
      return [
        // The sign bit turned over is 128 added.
        new Uint8Array(turned.buffer).map((code) => code ^ MIDDLE),
        bytesOf(perBlock),
        new Uint8Array(blocks).fill(MIDDLE),
      ];
    },
  };
}

/** What codes stand for: F32 [inputs, outputs]. */
function decodedMaking(name: string, codes: StoredTensor, scales: StoredTensor): Making {
  return {
    tensors: [{ name: `${name}.values`, dtype: 'F32', shape: codes.shape }],
    reads: codes.end - codes.start + scales.end - scales.start,
    from: [codes, scales],
    make: async (signal) => {
      const each = await readFloat32(scales, signal);
      const whole = asInt8((await readTensor(codes, signal)).bytes);
      return [bytesOf(Float32Array.from(whole, (code, i) => code * each[i % each.length]!))];
    },
  };
}

const MIDDLE = 128;
const asInt8 = (bytes: Uint8Array) => new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);

function blockTensors(name: string, inputs: number, outputs: number, kept?: 'BF16'): Making['tensors'] {
  const blocks = (inputs * outputs) / BLOCK;
  return [
    { name: `${name}.blocks`, dtype: 'U8', shape: [outputs, inputs / BLOCK, BLOCK] },
    { name: `${name}.scales`, dtype: 'F32', shape: [blocks], ...(kept && { kept }) },
    { name: `${name}.zeros`, dtype: 'U8', shape: [blocks] },
  ];
}

function transposed<T extends Float32Array | Int8Array>(values: T, rows: number, columns: number): T {
  const out = values.slice() as T;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      out[column * rows + row] = values[row * columns + column]!;
  return out;
}
