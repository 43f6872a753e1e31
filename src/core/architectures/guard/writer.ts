/** Writes a guard's finished graph: its nodes over again, with linear layers and weights as somebody decided for each. */
import { memorySource } from '../../checkpoint/source';
import type { StoredTensor } from '../../checkpoint/stored';
import { InvalidError } from '../../errors';
import type { Graph, GraphBuilder, Node } from '../../onnx/graph';
import { intAttribute, type Known } from '../../onnx/known';
import type { OnnxModel } from '../../onnx/read';
import { fixed, isFixed, LENGTH } from '../../onnx/sizes';
import { knownIn } from '../../onnx/specialise';
import type { WeightPlan } from '../../prepare/plan';
import { BLOCK } from '../../quantize/blocks8';
import { Linear } from './linear';
import { EMBEDDED } from './table';

/** `recoded`: codes that are there become blocks; `decoded`: what they stand for. */
export type How = 'keep' | 'int8' | 'twice' | 'half' | 'blocks' | 'recoded' | 'decoded';

/** What is known of the embeddings and of weights that lie in the file. */
export function givenOf({ weights }: OnnxModel, width: number): [string, Known][] {
  const known = [...weights].map(([name, { dtype, shape }]): [string, Known] => [
    name,
    { dtype: dtype === 'F16' ? 'F32' : dtype, shape: shape.map(fixed) },
  ]);
  return [[EMBEDDED, { dtype: 'F32', shape: [fixed(1), LENGTH, fixed(width)] }], ...known];
}

/** Initializers up to this many bytes stand in the graph. */
const IN_GRAPH = 256;

export class Writer {
  readonly #g: GraphBuilder;
  readonly #plan: WeightPlan;
  readonly #linear: Linear;
  readonly #model: OnnxModel;
  readonly #graph: Graph;
  readonly #names = new Map<string, string>();
  readonly #known: ReadonlyMap<string, Known>;
  /** Codes of activations → the activations. */
  readonly #coded: ReadonlyMap<string, string>;

  constructor(g: GraphBuilder, plan: WeightPlan, model: OnnxModel, graph: Graph) {
    this.#g = g;
    this.#plan = plan;
    this.#linear = new Linear(g, plan);
    this.#model = model;
    this.#graph = graph;
    const coding = graph.nodes.filter(({ op }) => op === 'DynamicQuantizeLinear');
    this.#coded = new Map(coding.map(({ inputs, outputs }) => [outputs[0]!, inputs[0]!]));
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

  /** How the weight of a node is kept and run in `int8-blocks`. */
  inBlocks({ op, inputs }: Node): How {
    const [codes = '', weight = '', , scales = '', , zero = ''] = inputs;
    const stored = this.#stored(weight);
    const [rows = 1, columns] = stored?.shape ?? [];
    if (stored?.shape.length !== 2) return 'keep';
    if (op === 'MatMul') return stored.dtype.startsWith('F') && rows % BLOCK === 0 ? 'blocks' : 'keep';
    const perOutput = this.#stored(scales)?.shape;
    const plain = op === 'MatMulIntegerToFloat' && zero === '' && stored.dtype === 'I8';
    return plain && perOutput?.[0] === columns && this.#coded.has(codes) ? 'recoded' : 'keep';
  }

  /** A tensor of the file or of the graph. */
  #stored(name: string): StoredTensor | undefined {
    const small = this.#graph.initializers.get(name);
    if (!small || 'external' in small) return this.#model.weights.get(name);
    const { dtype, shape, bytes } = small;
    return { dtype, shape, source: memorySource(name, bytes), start: 0, end: bytes.length };
  }

  node(node: Node, how: How): void {
    const [x = '', weight = '', , scales = ''] = node.inputs;
    const stored = this.#stored(weight);
    const [first = ''] = node.outputs;
    if (stored && how === 'blocks') this.rename(first, this.#linear.blocks(this.named(x), weight, stored));
    else if (stored && how === 'recoded') {
      const activations = this.named(this.#coded.get(x)!);
      this.rename(first, this.#linear.blocksOf(activations, weight, stored, this.#stored(scales)!));
    } else if (stored && how === 'decoded') {
      const activations = this.named(this.#coded.get(x)!);
      this.rename(first, this.#linear.decoded(activations, weight, stored, this.#stored(scales)!));
    } else if (stored && how === 'int8') this.rename(first, this.#int8(node, stored));
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
