/**
 * Layers as every precision writes them. Activations between layers are float32 [rows, width], whatever a layer does
 * inside; `half` narrows them on the way into its products (`narrow`) and widens them on the way out (`widen`), so
 * that norms and the residual sum, which overflow first, stay float32.
 */
import { throwIfAborted } from '../errors';
import { type Dimension, GraphBuilder } from '../onnx/graph';
import * as ops from '../onnx/ops';
import type { Precision } from '../policy/types';
import { type Making, WeightPlan } from '../prepare/plan';
import { BLOCK, quantizeBlocks8 } from '../quantize/blocks8';
import { quantizeInt8 } from '../quantize/int8';
import { bytesOf, type DType } from '../tensor';
import { floats, halves, type Part, readFloats, reading } from './planned';

/** A linear layer, or several over the same input whose outputs stand beside each other. */
export interface Linear {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** [outputs, inputs] in all. */
  readonly weights: readonly Part[];
  /** [outputs] in all; none when empty. */
  readonly biases: readonly Part[];
}

type Quantized = readonly [codes: string, scale: string, zero: string];

export class Layers {
  readonly g: GraphBuilder;
  readonly plan = new WeightPlan();
  /** 8 bits with one range for the whole input: scores would depend on the rest of a batch. */
  readonly batch: Dimension;
  readonly #quantized = new Map<string, Quantized>();

  constructor(
    name: string,
    readonly precision: Precision,
  ) {
    this.g = new GraphBuilder(name);
    this.batch = precision === 'int8' ? 1 : 'batch';
  }

  /** The element type of activations inside attention and products. */
  get inner(): DType {
    return this.precision === 'half' ? 'F16' : 'F32';
  }

  narrow(x: string): string {
    return this.precision === 'half' ? ops.cast(this.g, x, 'F16') : x;
  }

  widen(x: string): string {
    return this.precision === 'half' ? ops.cast(this.g, x, 'F32') : x;
  }

  /** Adds one weight to the graph. */
  add(making: Making): string {
    return this.plan.add(this.g, making)[0]!;
  }

  floats(name: string, shape: readonly number[], parts: readonly Part[]): string {
    return this.add(floats(name, shape, parts));
  }

  /** x [rows, inputs], narrowed → [rows, outputs] */
  linear(x: string, linear: Linear): string {
    switch (this.precision) {
      case 'int8':
        return this.#int8(x, linear);
      case 'int8-blocks':
        return linear.inputs % BLOCK === 0 ? this.#blocks(x, linear) : this.linearExact(x, linear);
      case 'half':
        return this.#half(x, linear);
      default:
        return this.linearExact(x, linear);
    }
  }

  /** x [rows, inputs] F32 → [rows, outputs] F32 in any precision: for heads, which cost nothing. */
  linearExact(x: string, { name, inputs, outputs, weights, biases }: Linear): string {
    const weight = this.floats(`${name}.weight`, [outputs, inputs], weights);
    return ops.gemm(this.g, x, weight, this.#bias(name, outputs, biases), { name, transB: true });
  }

  #half(x: string, { name, inputs, outputs, weights, biases }: Linear): string {
    const weight = this.add(halves(`${name}.weight`, [outputs, inputs], weights));
    const bias = biases.length === 0 ? '' : this.add(halves(`${name}.bias`, [outputs], biases));
    return ops.gemm(this.g, x, weight, bias, { name, transB: true });
  }

  #int8(x: string, { name, inputs, outputs, weights, biases }: Linear): string {
    // Layers that read the same activations share their codes.
    const codes = this.#quantized.get(x) ?? ops.dynamicQuantizeLinear(this.g, x, { name: `${name}.codes` });
    this.#quantized.set(x, codes);
    const shape = [outputs, inputs];
    const [weight, scales] = this.plan.add(this.g, {
      tensors: [
        { name: `${name}.weight`, dtype: 'I8', shape: [inputs, outputs] },
        { name: `${name}.scales`, dtype: 'F32', shape: [outputs] },
      ],
      ...reading(weights),
      make: async (signal) => {
        const values = await readFloats(weights, shape, signal);
        throwIfAborted(signal);
        const made = quantizeInt8(values, outputs, inputs);
        return [bytesOf(made.codes), bytesOf(made.scales)];
      },
    });
    const bias = this.#bias(name, outputs, biases);
    return ops.matMulIntegerToFloat(this.g, codes, weight!, scales!, bias, { name });
  }

  #blocks(x: string, { name, inputs, outputs, weights, biases }: Linear): string {
    const shape = [outputs, inputs];
    const blocks = (outputs * inputs) / BLOCK;
    const names = this.plan.add(this.g, {
      tensors: [
        { name: `${name}.weight`, dtype: 'U8', shape: [outputs, inputs / BLOCK, BLOCK] },
        { name: `${name}.scales`, dtype: 'F32', shape: [blocks], kept: 'BF16' },
        { name: `${name}.zeros`, dtype: 'U8', shape: [blocks] },
      ],
      ...reading(weights),
      make: async (signal) => {
        const values = await readFloats(weights, shape, signal);
        throwIfAborted(signal);
        const made = quantizeBlocks8(values);
        return [made.codes, made.scales, made.zeros];
      },
    });
    const codes = names as [string, string, string];
    const bias = this.#bias(name, outputs, biases);
    return ops.matMul8Bits(this.g, x, codes, bias, { k: inputs, n: outputs, block: BLOCK }, { name });
  }

  #bias(name: string, outputs: number, biases: readonly Part[]): string {
    return biases.length === 0 ? '' : this.floats(`${name}.bias`, [outputs], biases);
  }
}
