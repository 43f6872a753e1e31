/**
 * The text guard: a Qwen3 encoder with a head on the last token, from any of the ONNX files it is published as. The graph
 * is taken over and made smaller: the host looks words up, one text is scored at a time, and every weight is planned.
 */
import { memorySource } from '../checkpoint/source';
import type { StoredTensor } from '../checkpoint/stored';
import { InvalidError, UnsupportedError } from '../errors';
import { inFloat32, withDivisions } from '../onnx/float32';
import { type Graph, GraphBuilder, type Node } from '../onnx/graph';
import { intAttribute, type Known } from '../onnx/known';
import type { OnnxModel } from '../onnx/read';
import { fixed, isFixed, LENGTH } from '../onnx/sizes';
import { knownIn, needed, SEQUENCE, specialise } from '../onnx/specialise';
import { withWholeProducts } from '../onnx/whole-products';
import { WeightPlan } from '../prepare/plan';
import { elements } from '../tensor';
import type { BuildOptions, Network } from './family';
import { Linear } from './guard/linear';
import { findParts, missing, type Parts, pooledOf } from './guard/parts';
import { plainTable, tableMaking } from './guard/table';

export { CODES, lookUp, ROWS, type Rows, SCALES, type WordRows, wordRows } from './guard/table';

/** The graph's only input: F32 [1, sequence, width]. */
export const EMBEDDED = 'inputs_embeds';

export interface GuardOptions extends BuildOptions {
  /**
   * How layers are kept in `int8` that their authors left in float32, and how words are. `compact`: 8 bits, run in whole
   * numbers on activations in two passes of 8 bits; 8-bit rows. `half`: float16, run as float32; 8-bit rows. `whole`: as in the file. By size when absent.
   */
  readonly digits?: 'compact' | 'half' | 'whole';
}

export const guard = {
  id: 'qwen3-guard',

  /** Whether the network takes token ids, looks them up in a table and answers in logits. Never throws. */
  matches(given: OnnxModel): boolean {
    try {
      findParts(withMatrices(given));
      return true;
    } catch {
      return false;
    }
  },

  /**
   * `exact`: float32, from the float32 or float16 file. `int8`: 8-bit weights per output, those of the INT8 file bit for bit.
   * Throws `unsupported-model` for another precision and for `exact` from the INT8 file, `invalid-model` naming what the graph lacks.
   */
  fromOnnx(given: OnnxModel, options: GuardOptions): Network {
    const model = withMatrices(given);
    const parts = findParts(model);
    const graph = simplified(model, parts);
    return write(model, parts, graph, options);
  },
};

/** Small matrices, which are read with the graph, as weights like the others. */
function withMatrices({ graph, weights, producer }: OnnxModel): OnnxModel {
  const all = new Map(weights);
  const rest = new Map(graph.initializers);
  for (const [name, tensor] of graph.initializers) {
    if ('external' in tensor || tensor.shape.length !== 2 || !tensor.dtype.startsWith('F')) continue;
    const { dtype, shape, bytes } = tensor;
    all.set(name, { dtype, shape, source: memorySource(name, bytes), start: 0, end: bytes.length });
    rest.delete(name);
  }
  return { graph: { ...graph, initializers: rest }, weights: all, producer };
}

/** The graph for one text without padding, from its embeddings on. */
function simplified(model: OnnxModel, { gather, ids, mask, width }: Parts): Graph {
  const graph = inFloat32(model.graph);
  const embedded = gather.outputs[0]!;
  const renamed = (name: string) => (name === embedded ? EMBEDDED : name);
  const nodes = graph.nodes
    .filter(({ outputs }) => outputs[0] !== embedded)
    .map((node) => ({ ...node, inputs: node.inputs.map(renamed) }));
  const input = { name: EMBEDDED, dtype: 'F32' as const, shape: [1, SEQUENCE, width] };
  const given = new Map(givenOf(model, width));
  given.set(ids.name, { dtype: ids.dtype, shape: [fixed(1), LENGTH] });
  if (mask) given.set(mask.name, { dtype: mask.dtype, shape: [fixed(1), LENGTH], fill: fixed(1) });
  const whole = { ...graph, nodes, inputs: [input, ...graph.inputs] };
  return withWholeProducts(needed(withDivisions(specialise(whole, given, EMBEDDED))));
}

/** What is known of the embeddings and of weights that lie in the file. */
function givenOf({ weights }: OnnxModel, width: number): [string, Known][] {
  const known = [...weights].map(([name, { dtype, shape }]): [string, Known] => [
    name,
    { dtype: dtype === 'F16' ? 'F32' : dtype, shape: shape.map(fixed) },
  ]);
  return [[EMBEDDED, { dtype: 'F32', shape: [fixed(1), LENGTH, fixed(width)] }], ...known];
}

/** The finished network: nodes over again, with linear layers and weights as `options` says. */
function write(model: OnnxModel, parts: Parts, graph: Graph, options: GuardOptions): Network {
  const { precision } = options;
  const whole = graph.nodes.some(({ op }) => op.startsWith('MatMulInteger'));
  if (precision !== 'exact' && precision !== 'int8')
    throw new UnsupportedError('unsupported-model', `The guard runs as exact or int8, not as ${precision}.`);
  if (whole && precision === 'exact')
    throw new UnsupportedError(
      'unsupported-model',
      'This file holds the guard in 8 bits, so float32 cannot be had from it. Choose model.onnx for exact, or run it as int8.',
    );
  const g = new GraphBuilder(guard.id, model.graph.opsets);
  const plan = new WeightPlan();
  const writer = new Writer(g, plan, model, graph);
  for (const { name, dtype, shape } of graph.inputs) writer.rename(name, g.input(name, dtype, shape ?? []));
  const gated = gatedProducts(graph);
  const sensitive = graph.nodes.filter(
    ({ op, inputs: [x = ''] }) => op === 'MatMul' && (whole || gated.has(x)),
  );
  const digits = options.digits ?? digitsFor(model, parts, sensitive);
  for (const node of graph.nodes)
    writer.node(node, precision === 'exact' ? 'keep' : howOf(node, model, digits, whole, gated));
  const classes = writer.shapeOf(parts.logits.name)?.[1] ?? parts.logits.shape?.[1];
  if (typeof classes !== 'number') throw missing('logits of a known number of classes');
  const pooled = pooledOf(graph, parts.width, (name) => writer.shapeOf(name));
  g.output(writer.named(parts.logits.name), 'logits', 'F32', [1, classes]);
  g.output(writer.named(pooled), 'embedding', 'F32', [1, parts.width]);
  plan.addTable(
    precision === 'exact' || digits === 'whole' ? plainTable(parts.table) : tableMaking(parts.table),
  );
  return { graph: g.build(), weights: plan, says: { embedding: parts.width } };
}

/** What a table of words and the layers left in float may take before they are narrowed, in bytes. */
const SMALL = 64 * 2 ** 20;

type Digits = NonNullable<GuardOptions['digits']>;

/**
 * A small network keeps every digit of its file and gives its very answer: there is nothing to save. The published one would
 * be 1.33 GB so; with 8 bits throughout it is 0.6 GB, and its answers differ by 0.002 in the median and 0.005 at most (24 texts,
 * random weights of the published sizes). More digits do not help: whatever is changed, a code somewhere is rounded the other way.
 */
function digitsFor({ weights }: OnnxModel, { table }: Parts, sensitive: readonly Node[]): Digits {
  const shapes = [table.shape, ...sensitive.map(({ inputs }) => weights.get(inputs[1] ?? '')?.shape ?? [0])];
  // As float32, whatever the file has: all three files of a guard come out alike.
  return shapes.reduce((sum, shape) => sum + 4 * elements(shape), 0) > SMALL ? 'compact' : 'whole';
}

type How = 'keep' | 'int8' | 'twice' | 'half';

/** How the float weight of a node is kept and run in `int8`. */
function howOf(
  node: Node,
  { weights }: OnnxModel,
  digits: Digits,
  whole: boolean,
  gated: ReadonlySet<string>,
): How {
  const [x = '', weight = ''] = node.inputs;
  const shape = weights.get(weight)?.shape;
  if (shape?.length !== 2 || (node.op !== 'MatMul' && !isLinear(node))) return 'keep';
  // What a quantised file left in float, and what its recipe leaves: the layer after the gated product.
  if (!whole && !gated.has(x)) return 'int8';
  // The head was quantised too where the file was.
  if (digits === 'whole' || node.op === 'Gemm') return 'keep';
  return digits === 'half' ? 'half' : 'twice';
}

/** x · wᵀ + b and nothing else: what a linear layer of a head is exported as. */
function isLinear(node: Node): boolean {
  const { alpha, beta } = node.attributes;
  const plain = [alpha, beta].every((one) => one === undefined || (one.kind === 'float' && one.value === 1));
  return node.op === 'Gemm' && plain && intAttribute(node, 'transA', 0) === 0;
}

/** Values a · b with a = c · sigmoid(c): what down projections read. */
function gatedProducts({ nodes }: Graph): ReadonlySet<string> {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const activated = (name: string): boolean => {
    const node = makers.get(name);
    if (node?.op !== 'Mul') return false;
    const [a = '', b = ''] = node.inputs;
    const sigmoidOf = (of: string, value: string) =>
      makers.get(value)?.op === 'Sigmoid' && makers.get(value)?.inputs[0] === of;
    return sigmoidOf(a, b) || sigmoidOf(b, a);
  };
  const products = nodes.filter(({ op, inputs }) => op === 'Mul' && inputs.some(activated));
  return new Set(products.flatMap(({ outputs }) => outputs));
}

/** Initializers up to this many bytes stand in the graph. */
const IN_GRAPH = 256;

class Writer {
  readonly #g: GraphBuilder;
  readonly #plan: WeightPlan;
  readonly #linear: Linear;
  readonly #model: OnnxModel;
  readonly #graph: Graph;
  readonly #names = new Map<string, string>();
  readonly #known: ReadonlyMap<string, Known>;

  constructor(g: GraphBuilder, plan: WeightPlan, model: OnnxModel, graph: Graph) {
    this.#g = g;
    this.#plan = plan;
    this.#linear = new Linear(g, plan);
    this.#model = model;
    this.#graph = graph;
    this.#known = knownIn(graph, new Map(givenOf(model, Number(graph.inputs[0]!.shape?.[2]))));
  }

  rename(from: string, to: string): void {
    this.#names.set(from, to);
  }

  shapeOf(name: string): readonly number[] | undefined {
    const shape = this.#known.get(name)?.shape;
    return shape?.every(isFixed) ? shape.map(({ plus }) => plus) : undefined;
  }

  /** The name a value has in the new graph; weights are added when they are first asked for. */
  named(name: string): string {
    if (name === '') return '';
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const added = this.#weight(name);
    this.rename(name, added);
    return added;
  }

  node(node: Node, how: How): void {
    const [x = '', weight = ''] = node.inputs;
    const stored = this.#model.weights.get(weight);
    const [first = ''] = node.outputs;
    if (stored && how === 'int8') this.rename(first, this.#int8(node, stored));
    else if (stored && how === 'twice') this.rename(first, this.#linear.twice(this.named(x), weight, stored));
    else if (stored && how === 'half')
      this.rename(first, this.#g.add('MatMul', [this.named(x), this.#linear.half(weight, stored)]));
    else {
      const { op, domain, attributes } = node;
      const inputs = this.#inputs(node).map((name) => this.named(name));
      const outputs = this.#g.addMany(op, inputs, node.outputs.length, attributes, { domain });
      for (const [i, output] of node.outputs.entries()) this.rename(output, outputs[i]!);
    }
  }

  /** A linear layer in 8 bits; the head's have their weights the other way round, and a bias. */
  #int8(node: Node, stored: StoredTensor): string {
    const [x = '', weight = '', bias = ''] = node.inputs;
    const turned = node.op === 'Gemm' && intAttribute(node, 'transB', 0) === 1;
    const product = this.#linear.int8(this.named(x), weight, stored, turned);
    return bias === '' ? product : this.#g.add('Add', [product, this.named(bias)]);
  }

  /** Zero points that are all zero are what an absent one stands for; without them ONNX Runtime has less to do. */
  #inputs({ op, inputs }: Node): readonly string[] {
    const zero = op === 'MatMulInteger' ? this.#graph.initializers.get(inputs[3] ?? '') : undefined;
    const zeros = zero && !('external' in zero) && zero.bytes.every((byte) => byte === 0);
    return zeros ? inputs.slice(0, 3) : inputs;
  }

  #weight(name: string): string {
    const stored = this.#model.weights.get(name);
    if (stored) return this.#linear.plain(name, stored);
    const small = this.#graph.initializers.get(name);
    if (!small || 'external' in small)
      throw new InvalidError('invalid-model', `The network reads ${name}, which nothing makes.`);
    if (small.bytes.length <= IN_GRAPH) return this.#g.initializer(name, small);
    const { dtype, shape, bytes } = small;
    return this.#plan.add(this.#g, {
      tensors: [{ name, dtype, shape }],
      reads: 0,
      make: async () => [bytes],
    })[0]!;
  }
}
