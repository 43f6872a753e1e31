/**
 * An ONNX graph in memory, and the builder that architectures write it with. Names follow onnx.proto:
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { InvalidError } from '../errors';
import { checked, type DType, type Tensor } from '../tensor';

/** A dimension: a size, or a name for one that the caller chooses, such as `batch`. */
export type Dimension = number | string;

export interface ValueInfo {
  readonly name: string;
  readonly dtype: DType;
  /** Absent: of any rank. */
  readonly shape?: readonly Dimension[];
}

/** JavaScript has one kind of number, ONNX has two: so the kind is spelt out. */
export type Attribute =
  | { readonly kind: 'int' | 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'ints' | 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] };

/** Attributes by name; an absent one may be written as `undefined`, which leaves ONNX's default. */
export type Attributes = Readonly<Record<string, Attribute | undefined>>;

export const int = (value: number): Attribute => ({ kind: 'int', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
export const string = (value: string): Attribute => ({ kind: 'string', value });

export interface Node {
  readonly op: string;
  readonly name: string;
  /** Empty for ONNX's own operators, else such as `com.microsoft`. */
  readonly domain: string;
  /** An empty string stands for an optional input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** Weights that lie in another file: `location` is a flat file name, offset and length are bytes. */
export interface ExternalTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly external: { readonly location: string; readonly offset: number; readonly length: number };
}

export type Initializer = Tensor | ExternalTensor;

export interface Graph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: ReadonlyMap<string, Initializer>;
  /** In an order in which every value is made before it is used. */
  readonly nodes: readonly Node[];
  /** Versions of the operator sets it is written against, by domain; those of `writeModel` when absent. */
  readonly opsets?: ReadonlyMap<string, number>;
}

export interface AddOptions {
  readonly domain?: string;
  /** What the node and its output are named after; the operator when absent. Made unique. */
  readonly name?: string;
}

/**
 * Writes a graph top to bottom. Values are referred to by the names that `add`, `input` and
 * `initializer` return. Every method throws `invalid-model` for a value that does not exist.
 */
export class GraphBuilder {
  readonly #name: string;
  readonly #used = new Set<string>();
  readonly #values = new Set<string>();
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #initializers = new Map<string, Initializer>();
  readonly #nodes: Node[] = [];

  readonly #opsets: ReadonlyMap<string, number> | undefined;

  /** `opsets`: of a graph that is taken over from a file, and keeps the versions it was written against. */
  constructor(name: string, opsets?: ReadonlyMap<string, number>) {
    this.#name = name;
    this.#opsets = opsets;
  }

  /** Declares a graph input; its name is public, so a second use of it is an error. */
  input(name: string, dtype: DType, shape: readonly Dimension[]): string {
    this.#reserve(name);
    this.#inputs.push({ name, dtype, shape });
    this.#values.add(name);
    return name;
  }

  /** Declares `value` as a graph output under the public name `name`. */
  output(value: string, name: string, dtype: DType, shape?: readonly Dimension[]): void {
    this.#reserve(name);
    this.#nodes.push(this.#node('Identity', [value], [name], {}, {}));
    this.#values.add(name);
    this.#outputs.push(shape ? { name, dtype, shape } : { name, dtype });
  }

  /** Adds weights and returns the name they got: `name`, or `name_2` where that is taken. */
  initializer(name: string, tensor: Initializer): string {
    const unique = this.#unique(name);
    this.#initializers.set(unique, 'external' in tensor ? checkedExternal(tensor) : checked(tensor));
    this.#values.add(unique);
    return unique;
  }

  /** Adds a node with one output and returns the output's name. */
  add(op: string, inputs: readonly string[], attributes: Attributes = {}, options: AddOptions = {}): string {
    return this.addMany(op, inputs, 1, attributes, options)[0]!;
  }

  /** Adds a node with `count` outputs and returns their names. */
  addMany(
    op: string,
    inputs: readonly string[],
    count: number,
    attributes: Attributes = {},
    options: AddOptions = {},
  ): string[] {
    const base = options.name ?? op;
    const outputs = Array.from({ length: count }, () => this.#unique(base));
    this.#nodes.push(this.#node(op, inputs, outputs, attributes, options));
    for (const output of outputs) this.#values.add(output);
    return outputs;
  }

  /** The finished graph. Throws `invalid-model` when it has no output. */
  build(): Graph {
    if (this.#outputs.length === 0) throw new InvalidError('invalid-model', 'The graph has no output.');
    return {
      name: this.#name,
      inputs: [...this.#inputs],
      outputs: [...this.#outputs],
      initializers: new Map(this.#initializers),
      nodes: [...this.#nodes],
      ...(this.#opsets && { opsets: this.#opsets }),
    };
  }

  #node(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes,
    options: AddOptions,
  ): Node {
    for (const input of inputs)
      if (input !== '' && !this.#values.has(input))
        throw new InvalidError('invalid-model', `${op} reads ${input}, which does not exist.`);
    return { op, name: outputs[0] ?? op, domain: options.domain ?? '', inputs, outputs, attributes };
  }

  #reserve(name: string): void {
    if (name === '' || this.#used.has(name))
      throw new InvalidError('invalid-model', `The name “${name}” cannot be used twice in a graph.`);
    this.#used.add(name);
  }

  #unique(base: string): string {
    let name = base;
    for (let suffix = 2; this.#used.has(name); suffix++) name = `${base}_${suffix}`;
    this.#reserve(name);
    return name;
  }
}

function checkedExternal(tensor: ExternalTensor): ExternalTensor {
  const { location, offset, length } = tensor.external;
  if (!/^[\w][\w.-]*$/.test(location))
    throw new InvalidError('invalid-model', `External weights must lie in a flat file, not “${location}”.`);
  for (const value of [offset, length])
    if (!Number.isSafeInteger(value) || value < 0)
      throw new InvalidError('invalid-model', `External weights have the offset or length ${value}.`);
  return tensor;
}
