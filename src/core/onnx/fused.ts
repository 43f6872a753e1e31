/**
 * Runs of operators as exporters spell them, as the one operator that ONNX Runtime's optimiser makes of them whenever a model is
 * opened. Done here once: the same kernels run on the same numbers, and opening a guard has a third fewer nodes to look at.
 */
import { bytesOf } from '../tensor';
import { float, type Graph, type Initializer, int, type Node } from './graph';
import { intAttribute } from './known';
import { isFixed } from './sizes';
import { type Given, knownIn, needed } from './specialise';
import { intsOf } from './values';
import { MICROSOFT } from './whole-products';

/**
 * `given`: types and shapes of the inputs, with what is open in them as the length. For networks that run on the CPU: elsewhere
 * not all of these have kernels. Values that somebody else reads stay.
 */
export function withFusedNodes(graph: Graph, given: Given): Graph {
  const split = withSplits(graph, given);
  const fusing = new Fusing(split);
  const fused = (node: Node) => fusing.norm(node) ?? fusing.silu(node) ?? fusing.scaled(node) ?? node;
  return needed({ ...split, nodes: split.nodes.map(fused) });
}

/** The tree of nodes that a value was made by. */
class Fusing {
  readonly #makers: ReadonlyMap<string, Node>;

  constructor(private readonly graph: Graph) {
    this.#makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  }

  /** weight · x / √(mean(x²) + ε) → SimplifiedLayerNormalization */
  norm(node: Node): Node | undefined {
    if (!is(node, 'Mul')) return undefined;
    for (const [weight, normed] of both(node)) {
      const division = this.#made(normed, 'Div');
      const [x = '', root] = division?.inputs ?? [];
      const sum = this.#made(this.#made(root, 'Sqrt')?.inputs[0], 'Add');
      if (!sum || this.graph.initializers.get(weight)?.shape.length !== 1) continue;
      for (const [mean, small] of both(sum)) {
        const epsilon = numberOf(this.graph.initializers.get(small));
        const squares = this.#meanOfLast(mean);
        if (epsilon === undefined || squares !== x) continue;
        const attributes = { axis: int(-1), epsilon: float(epsilon), stash_type: int(1) };
        return { ...node, op: 'SimplifiedLayerNormalization', inputs: [x, weight], attributes };
      }
    }
    return undefined;
  }

  /** The value whose squares are averaged over the last axis, which stays as size 1. */
  #meanOfLast(name: string): string | undefined {
    const mean = this.#made(name, 'ReduceMean');
    if (!mean || intAttribute(mean, 'keepdims', 1) !== 1) return undefined;
    const said = mean.attributes.axes;
    const axes =
      said?.kind === 'ints' ? said.value : intsOf(this.graph.initializers.get(mean.inputs[1] ?? ''));
    const power = this.#made(mean.inputs[0], 'Pow');
    const squared = numberOf(this.graph.initializers.get(power?.inputs[1] ?? '')) === 2;
    return axes?.length === 1 && axes[0] === -1 && squared ? power?.inputs[0] : undefined;
  }

  /** x · sigmoid(x) → QuickGelu */
  silu(node: Node): Node | undefined {
    if (!is(node, 'Mul')) return undefined;
    const [x] = both(node).find(([a, b]) => this.#made(b, 'Sigmoid')?.inputs[0] === a) ?? [];
    if (x === undefined) return undefined;
    return { ...node, op: 'QuickGelu', domain: MICROSOFT, inputs: [x], attributes: { alpha: float(1) } };
  }

  /** (a · bᵀ) · number → FusedMatMul */
  scaled(node: Node): Node | undefined {
    if (!is(node, 'Mul')) return undefined;
    for (const [product, factor] of both(node)) {
      const [a = '', b = ''] = this.#made(product, 'MatMul')?.inputs ?? [];
      const alpha = numberOf(this.graph.initializers.get(factor));
      if (a === '' || alpha === undefined) continue;
      const turned = this.#turned(b);
      return {
        ...{ ...node, op: 'FusedMatMul', domain: MICROSOFT, inputs: [a, turned ?? b] },
        attributes: { alpha: float(alpha), transA: int(0), transB: int(turned === undefined ? 0 : 1) },
      };
    }
    return undefined;
  }

  /** What a value is the transpose of, where only the last two axes change places. */
  #turned(name: string): string | undefined {
    const turn = this.#made(name, 'Transpose');
    const perm = turn?.attributes.perm;
    if (!turn || perm?.kind !== 'ints' || perm.value.length < 2) return undefined;
    const { length } = perm.value;
    const last = (at: number) => (at < length - 2 ? at : at === length - 2 ? length - 1 : length - 2);
    return perm.value.every((axis, at) => axis === last(at)) ? turn.inputs[0] : undefined;
  }

  #made(name: string | undefined, op: string): Node | undefined {
    const node = this.#makers.get(name ?? '');
    return node && is(node, op) ? node : undefined;
  }
}

const is = (node: Node, op: string): boolean => node.op === op && node.domain === '';

/** Both inputs, and both the other way round. */
function both({ inputs: [a = '', b = ''] }: Node): readonly (readonly [string, string])[] {
  return [
    [a, b],
    [b, a],
  ];
}

/** A float32 that stands for itself: a scalar, or a vector of one. */
function numberOf(tensor: Initializer | undefined): number | undefined {
  if (tensor?.dtype !== 'F32' || 'external' in tensor || tensor.bytes.length !== 4) return undefined;
  if (tensor.shape.length > 1) return undefined;
  return new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset).getFloat32(0, true);
}

/** Two slices of the same value that are all of it, one behind the other → Split. */
function withSplits(graph: Graph, given: Given): Graph {
  const known = knownIn(graph, given);
  const initializers = new Map(graph.initializers);
  const firsts = new Map<string, Part>();
  const splits = new Map<Node, Node>();
  const parts = graph.nodes.map((node) => partOf(node, graph));
  for (const part of parts) {
    if (!part) continue;
    const { x, axis, start, end } = part;
    const key = `${x} ${axis}`;
    const size = known.get(x)?.shape?.at(axis);
    const before = firsts.get(key);
    if (start === 0) firsts.set(key, part);
    if (!before || before.end !== start || !size || !isFixed(size) || end < size.plus || start >= size.plus)
      continue;
    const sizes = [start, size.plus - start];
    const name = `sizes:${sizes}`;
    initializers.set(name, { dtype: 'I64', shape: [2], bytes: bytesOf(BigInt64Array.from(sizes, BigInt)) });
    splits.set(before.node, {
      ...{ ...before.node, op: 'Split', inputs: [x, name] },
      ...{ outputs: [before.node.outputs[0]!, part.node.outputs[0]!], attributes: { axis: int(axis) } },
    });
    splits.set(part.node, before.node);
    firsts.delete(key);
  }
  // A second slice goes: the node of the first gives both.
  const nodes = graph.nodes.flatMap((node) => {
    const split = splits.get(node);
    if (!split) return [node];
    return split.op === 'Split' ? [split] : [];
  });
  return { ...graph, nodes, initializers };
}

interface Part {
  readonly node: Node;
  readonly x: string;
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/** A slice along one axis, of every element from its start on. */
function partOf(node: Node, { initializers }: Graph): Part | undefined {
  if (!is(node, 'Slice')) return undefined;
  const [x = '', ...names] = node.inputs;
  const [start, end, axis, step] = names.map((name) => intsOf(initializers.get(name)));
  if (names.length < 3 || [start, end, axis].some((one) => one?.length !== 1)) return undefined;
  if (names.length > 3 && !(step?.length === 1 && step[0] === 1)) return undefined;
  if (start![0]! < 0 || end![0]! < 0 || axis![0]! < 0) return undefined;
  return { node, x, axis: axis![0]!, start: start![0]!, end: end![0]! };
}
