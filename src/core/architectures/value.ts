/** What a layer gives, while a Keras model is turned into a graph. */
import type { Weight } from '../checkpoint/weight';
import { weightShape } from '../checkpoint/weight';
import { InvalidError } from '../errors';
import type { GraphBuilder } from '../onnx/graph';
import * as ops from '../onnx/ops';
import type { Linear } from './linear';
import type { Pads } from './sliding';

/** In the graph already, or still waiting for something to be folded into it. */
export interface Value {
  /** Per example: [channels, height, width], or [features]. */
  readonly shape: readonly number[];
  /** Adds it to the graph where it is not there yet; returns its name. */
  readonly emit: () => string;
  /** Set when it is `of` inside a border of zeros, which a convolution can take upon itself. */
  readonly padded?: { readonly of: Value; readonly pads: Pads };
  /** Set when it is a linear layer, which can take a normalisation upon itself. */
  readonly linear?: { readonly parts: Linear; readonly rebuild: (parts: Linear) => Value };
}

/** A value that `add` puts into the graph the first time it is needed. */
export function lazily(
  shape: readonly number[],
  add: () => string,
  extra?: Pick<Value, 'padded' | 'linear'>,
): Value {
  let name: string | undefined;
  return {
    shape,
    emit: () => {
      name ??= add();
      return name;
    },
    ...extra,
  };
}

/** The graph under construction, and the tensors that nobody has asked for yet. */
export class Construction {
  readonly #left: Map<string, Weight>;
  readonly #scalars = new Map<number, string>();

  constructor(
    readonly g: GraphBuilder,
    weights: ReadonlyMap<string, Weight>,
  ) {
    this.#left = new Map(weights);
  }

  /** The tensor of that name. Throws `invalid-model` when it is missing, used, or of another shape. */
  take(name: string, shape: readonly number[]): Weight {
    const weight = this.#left.get(name);
    if (!weight) throw new InvalidError('invalid-model', `The tensor ${name} is missing.`);
    const found = weightShape(weight);
    if (found.length !== shape.length || found.some((size, axis) => size !== shape[axis]))
      throw new InvalidError('invalid-model', `The tensor ${name} is [${found}], not [${shape}].`);
    this.#left.delete(name);
    return weight;
  }

  /** A float32 scalar in the graph; one per number. */
  scalar(value: number): string {
    const name = this.#scalars.get(value) ?? ops.scalar(this.g, `constant_${value}`, value);
    this.#scalars.set(value, name);
    return name;
  }

  /** Throws `invalid-model` naming a tensor that no layer took. */
  finish(): void {
    for (const name of this.#left.keys())
      throw new InvalidError('invalid-model', `No layer uses the tensor ${name}.`);
  }
}
