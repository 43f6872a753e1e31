/**
 * A text network for any batch and any padding → the same network for one text without padding. Exporters write out how
 * every shape is computed; with one text all of it is known but the length, and the values come out the same.
 */
import { bytesOf, type DType, type Tensor } from '../tensor';
import type { Graph, Initializer, Node } from './graph';
import { infer } from './infer';
import { intAttribute, type Known } from './known';
import { fixed, isFixed, LENGTH, type Size, same, sameAll } from './sizes';
import { intsOf } from './values';

/** What is known of a graph's inputs and weights, by name, before any node. */
export type Given = ReadonlyMap<string, Known>;

export const SEQUENCE = 'sequence';

/**
 * The graph with everything that follows from `given` worked out: whole numbers folded, nodes that do nothing or that
 * nothing needs left out, equal nodes made one. `length` names a value of rank 3 whose second dimension is the length.
 * Weights of more than a few numbers are never touched; what has no rule stays as it is.
 */
export function specialise(graph: Graph, given: Given, length: string): Graph {
  const folder = new Folder(graph, given, length);
  for (const node of graph.nodes) folder.take(node);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  // An output may have become another value's other name.
  for (const name of outputs)
    if (folder.named(name) !== name)
      folder.nodes.push({
        op: 'Identity',
        name,
        domain: '',
        inputs: [folder.named(name)],
        outputs: [name],
        attributes: {},
      });
  return needed({ ...graph, nodes: folder.nodes, initializers: folder.initializers });
}

class Folder {
  readonly nodes: Node[] = [];
  readonly initializers: Map<string, Initializer>;
  readonly #known: Map<string, Known>;
  readonly #alias = new Map<string, string>();
  readonly #seen = new Map<string, readonly string[]>();
  readonly #length: string;

  constructor(graph: Graph, given: Given, length: string) {
    this.initializers = new Map(graph.initializers);
    this.#known = new Map(given);
    this.#length = length;
    for (const [name, tensor] of graph.initializers) this.#known.set(name, knownOf(tensor));
  }

  named(name: string): string {
    return this.#alias.get(name) ?? name;
  }

  take(original: Node): void {
    const node = { ...original, inputs: original.inputs.map((name) => this.named(name)) };
    const inputs = node.inputs.map((name) => this.#known.get(name) ?? {});
    const [out = {}, ...more] = infer(node, inputs);
    const [first = ''] = node.outputs;
    const other = more.length === 0 ? alias(node, inputs, out) : undefined;
    if (other !== undefined) {
      this.#alias.set(first, other);
      return;
    }
    // Equal nodes: the same operator on the same values.
    const key = JSON.stringify([node.op, node.domain, node.inputs, node.outputs.length, plain(node)]);
    const twin = this.#seen.get(key);
    if (twin) {
      for (const [i, name] of node.outputs.entries()) this.#alias.set(name, twin[i]!);
      return;
    }
    this.#seen.set(key, node.outputs);
    for (const [i, known] of [out, ...more].entries()) this.#known.set(node.outputs[i] ?? '', known);
    this.nodes.push({
      ...node,
      inputs: node.inputs.map((name, i) => this.#folded(node, inputs, out, name, i)),
    });
  }

  /** What an input is replaced by: a constant where its values are known. */
  #folded(node: Node, inputs: readonly Known[], out: Known, name: string, i: number): string {
    const { values, shape, dtype } = inputs[i] ?? {};
    if (!values || !shape || this.initializers.has(name)) return name;
    const known = usable(node, inputs, out, i) ?? values;
    if (known.every(isFixed))
      return this.#constant(
        dtype ?? 'I64',
        shape,
        known.map(({ plus }) => plus),
      );
    if (known.length === 1 && same(known[0]!, LENGTH) && dtype === 'I64')
      return this.#lengthNode(shape.length);
    return name;
  }

  #constant(dtype: DType, shape: readonly Size[], values: readonly number[]): string {
    const sizes = shape.map(({ plus }) => plus);
    const name = `${dtype}[${sizes}]:${values}`;
    const bytes =
      dtype === 'I64'
        ? bytesOf(BigInt64Array.from(values, BigInt))
        : dtype === 'I32'
          ? bytesOf(Int32Array.from(values))
          : Uint8Array.from(values);
    if (!this.initializers.has(name)) this.initializers.set(name, { dtype, shape: sizes, bytes });
    return name;
  }

  /** The length itself, as a number or as a list of one: two nodes for the whole graph. */
  #lengthNode(rank: number): string {
    const name = `length.${rank}`;
    if (this.#known.has(name)) return name;
    const shape = 'length.shape';
    const make = (op: string, inputs: readonly string[], output: string): void => {
      this.nodes.push({ op, name: output, domain: '', inputs, outputs: [output], attributes: {} });
      this.#known.set(output, {});
    };
    if (!this.#known.has(shape)) make('Shape', [this.#length], shape);
    make('Gather', [shape, this.#constant('I64', rank === 0 ? [] : [fixed(1)], [1])], name);
    this.#known.set(name, { dtype: 'I64', shape: rank === 0 ? [] : [fixed(1)], values: [LENGTH] });
    return name;
  }
}

/** Values of an input as this operator reads them, with the length out of them where the operator has another word for it. */
function usable(node: Node, inputs: readonly Known[], out: Known, i: number): readonly Size[] | undefined {
  const { values } = inputs[i]!;
  const [x] = inputs;
  if (!values || i !== 1) return undefined;
  // One dimension of a reshape may be whatever is left.
  if (node.op === 'Reshape' && out.shape && out.shape.filter((size) => !isFixed(size)).length <= 1)
    return out.shape.map((size) => (isFixed(size) ? size : fixed(-1)));
  // An expansion to what a dimension already is may say 1.
  if (node.op === 'Expand' && x?.shape && out.shape) {
    const shift = values.length - x.shape.length;
    return values.map((size, at) =>
      x.shape![at - shift] && same(size, x.shape![at - shift]!) ? fixed(1) : size,
    );
  }
  // An index counted from the end.
  if (node.op === 'Gather' && x?.shape) {
    const axis = intAttribute(node, 'axis', 0);
    const size = x.shape[axis < 0 ? axis + x.shape.length : axis];
    if (size && !isFixed(size))
      return values.map((at) => (at.times === size.times ? fixed(at.plus - size.plus) : at));
  }
  return undefined;
}

/** The value that a node only gives another name to. */
function alias(node: Node, inputs: readonly Known[], out: Known): string | undefined {
  const [x, y] = inputs;
  const [first = '', second = ''] = node.inputs;
  const unchanged = (known: Known | undefined) =>
    known?.shape &&
    out.shape &&
    sameAll(known.shape, out.shape) &&
    known.dtype !== undefined &&
    known.dtype === out.dtype;
  switch (node.domain === '' ? node.op : '') {
    case 'Identity':
      return first;
    case 'Dropout':
      return node.outputs.length === 1 ? first : undefined;
    case 'Cast':
      return x?.dtype !== undefined && x.dtype === out.dtype ? first : undefined;
    case 'Reshape':
    case 'Expand':
      return unchanged(x) ? first : undefined;
    case 'And':
      if (x?.fill && same(x.fill, fixed(1)) && unchanged(y)) return second;
      return y?.fill && same(y.fill, fixed(1)) && unchanged(x) ? first : undefined;
    default:
      return undefined;
  }
}

/** Type and shape of a weight, and the values of a few whole numbers. */
export function knownOf(tensor: Initializer): Known {
  const values = intsOf(tensor)?.map(fixed);
  return { dtype: tensor.dtype, shape: tensor.shape.map(fixed), values };
}

/** Attributes as text; tensors by their bytes. */
function plain({ attributes }: Node): unknown {
  return Object.entries(attributes).map(([name, attribute]) =>
    attribute?.kind === 'tensor'
      ? [name, (attribute.value as Tensor).dtype, [...attribute.value.shape], [...attribute.value.bytes]]
      : [name, attribute],
  );
}

/** The graph without nodes, inputs and initializers that no output needs. */
export function needed(graph: Graph): Graph {
  const wanted = new Set(graph.outputs.map(({ name }) => name));
  const nodes: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    for (const name of node.inputs) wanted.add(name);
    nodes.push(node);
  }
  return {
    ...graph,
    nodes: nodes.reverse(),
    inputs: graph.inputs.filter(({ name }) => wanted.has(name)),
    initializers: new Map([...graph.initializers].filter(([name]) => wanted.has(name))),
  };
}

/** What can be told of every value of a graph. */
export function knownIn(graph: Graph, given: Given): ReadonlyMap<string, Known> {
  const known = new Map(given);
  for (const [name, tensor] of graph.initializers) known.set(name, knownOf(tensor));
  for (const node of graph.nodes) {
    const found = infer(
      node,
      node.inputs.map((name) => known.get(name) ?? {}),
    );
    for (const [i, name] of node.outputs.entries()) known.set(name, found[i] ?? {});
  }
  return known;
}
