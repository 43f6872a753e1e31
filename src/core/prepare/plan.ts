/**
 * The weights of a prepared model, planned before any is read. A graph refers to them as external data in one
 * virtual file; what is kept on disk may be narrower than what the graph sees (float16 for float32), and is widened
 * when ONNX Runtime asks for it.
 */

import type { StoredTensor } from '../checkpoint/stored';
import { InvalidError } from '../errors';
import type { GraphBuilder } from '../onnx/graph';
import { DTYPE_BYTES, type DType, elements } from '../tensor';

/** Of the virtual file that graphs refer to. A flat name, as ONNX wants it. */
export const WEIGHTS = 'weights';

/** Where tensors start: a multiple of a cache line, so that views of any element type are aligned. */
export const ALIGNMENT = 64;

/** Types a tensor may be kept in when the graph sees a wider one. */
export type Narrower = 'F16' | 'BF16';

/** One tensor of a making. */
export interface PlannedTensor {
  readonly name: string;
  /** As the graph sees it, or as the host does for a table. */
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** As kept, when narrower: F16 or BF16 of an F32. */
  readonly kept?: Narrower;
}

/** Tensors that are made together, because one read gives them all: the codes and scales of a weight. */
export interface Making {
  readonly tensors: readonly PlannedTensor[];
  /** Bytes that `make` reads from the checkpoint. */
  readonly reads: number;
  /** The tensors it reads; where it is not said they may lie anywhere in their file. */
  readonly from?: readonly StoredTensor[];
  /** The kept bytes of each tensor, in order. Called once. */
  make(signal?: AbortSignal): Promise<readonly Uint8Array[]>;
}

export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** A tensor's place: in the virtual file (absent for a table) and in the kept bytes. */
export interface Placed extends PlannedTensor {
  readonly seen?: Range;
  readonly place: Range;
}

/** Collects makings while an architecture writes its graph. */
export class WeightPlan {
  readonly makings: Making[] = [];
  readonly placed: Placed[] = [];
  /** Bytes of the virtual file, and of what is kept. */
  seenBytes = 0;
  keptBytes = 0;

  /** Adds weights to the graph and returns their names there. Throws `invalid-model` for a bad shape. */
  add(g: GraphBuilder, making: Making): string[] {
    const names = making.tensors.map((tensor) => {
      const length = elements(tensor.shape) * DTYPE_BYTES[tensor.dtype];
      const seen = { offset: this.seenBytes, length };
      this.seenBytes = aligned(this.seenBytes + length);
      this.placed.push({ ...tensor, seen, place: this.#keep(tensor) });
      const external = { location: WEIGHTS, ...seen };
      return g.initializer(tensor.name, { dtype: tensor.dtype, shape: tensor.shape, external });
    });
    this.makings.push(making);
    return names;
  }

  /** Adds tensors that the host reads itself and the graph never sees, such as rows of embeddings. */
  addTable(making: Making): void {
    for (const tensor of making.tensors) {
      if (this.placed.some(({ name }) => name === tensor.name))
        throw new InvalidError('invalid-model', `There are two tables named ${tensor.name}.`);
      this.placed.push({ ...tensor, place: this.#keep(tensor) });
    }
    this.makings.push(making);
  }

  #keep({ dtype, shape, kept }: PlannedTensor): Range {
    const range = {
      offset: this.keptBytes,
      length: elements(shape) * DTYPE_BYTES[kept ?? dtype],
    };
    this.keptBytes = aligned(this.keptBytes + range.length);
    return range;
  }
}

export const aligned = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
