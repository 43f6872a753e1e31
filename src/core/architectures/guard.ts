/**
 * The text guard: a Qwen3 encoder with a head on the last token, from any of the ONNX files it is published as. The graph
 * is taken over and made smaller: the host looks words up, one text is scored at a time, and every weight is planned.
 */
import { memorySource } from '../checkpoint/source';
import { UnsupportedError } from '../errors';
import { inFloat32, withDivisions } from '../onnx/float32';
import { withFusedNodes } from '../onnx/fused';
import { type Graph, GraphBuilder, type Node } from '../onnx/graph';
import { intAttribute } from '../onnx/known';
import type { OnnxModel } from '../onnx/read';
import { fixed, LENGTH } from '../onnx/sizes';
import { needed, SEQUENCE, specialise } from '../onnx/specialise';
import { unusedTensors } from '../onnx/unused';
import { withWholeProducts } from '../onnx/whole-products';
import type { Precision } from '../policy/types';
import { WeightPlan } from '../prepare/plan';
import { elements } from '../tensor';
import type { BuildOptions, Network } from './family';
import { findParts, missing, type Parts, pooledOf } from './guard/parts';
import { EMBEDDED, plainTable, tableMaking } from './guard/table';
import { givenOf, type How, Writer } from './guard/writer';

export {
  CODES,
  EMBEDDED,
  lookUp,
  ROWS,
  type Rows,
  SCALES,
  storedRows,
  type WordRows,
  wordRows,
} from './guard/table';

export interface GuardOptions extends BuildOptions {
  /**
   * How layers are kept in `int8` that their authors left in float32, and how words are. `compact`: 8 bits, run in whole
   * numbers on activations in two passes of 8 bits; 8-bit rows. `half`: float16, run as float32; 8-bit rows. `whole`: as in the file. By size when absent.
   */
  readonly digits?: 'compact' | 'half' | 'whole';
  /** `int8-blocks` as it would be without rounding anything: codes as the float32 numbers that they stand for, the rest as in the file. */
  readonly unrounded?: boolean;
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
   * `exact`: float32, from the float32 or float16 file: ONNX Runtime's own answer for the float32 file within 1e-5. Beside
   * transformers, which its authors trained with, it is the one model here that is not within 1e-4 but within 2e-3: there the
   * frequencies of rotary positions are rounded to bfloat16 like the weights, in every published export they are not, and those
   * are the files that people have. A text of one token, whose positions are all zero, is within 1e-5 of both. `int8`: 8-bit weights per output, those of the INT8 file bit for bit.
   * `int8-blocks`: 8-bit weights in blocks with activations in float32; those of the INT8 file are the same numbers.
   * Throws `unsupported-model` for `half` and for `exact` from the INT8 file, `invalid-model` naming what the graph lacks.
   */
  fromOnnx(given: OnnxModel, options: GuardOptions): Network {
    const model = withMatrices(given);
    const parts = findParts(model);
    const graph = simplified(model, parts);
    return write(model, parts, graph, options);
  },

  /** Whether the file's own layers are in 8 bits. */
  inCodes: ({ graph }: OnnxModel): boolean => graph.nodes.some(({ op }) => op.startsWith('MatMulInteger')),

  /**
   * The guard with every digit that its file has, to compare `precision` with: `exact`, or from the INT8 file that file as
   * it is, the layers and words that its authors left in float32 among it. Blocks read activations in float32, which that file
   * does not: they are compared with the same, on the numbers that its codes stand for.
   */
  inFull(given: OnnxModel, precision: Precision): Network {
    if (!guard.inCodes(given)) return guard.fromOnnx(given, { precision: 'exact' });
    if (precision === 'int8') return guard.fromOnnx(given, { precision, digits: 'whole' });
    return guard.fromOnnx(given, { precision: 'int8-blocks', digits: 'whole', unrounded: true });
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

/** The finished network: nodes over again, with linear layers and weights as `options` says. */
function write(model: OnnxModel, parts: Parts, graph: Graph, options: GuardOptions): Network {
  const { precision } = options;
  const whole = guard.inCodes({ ...model, graph });
  if (precision === 'half')
    throw new UnsupportedError(
      'unsupported-model',
      'The guard runs as exact, int8 or int8-blocks, not as half.',
    );
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
  const how = (node: Node): How => {
    if (precision === 'exact') return 'keep';
    if (precision === 'int8') return howOf(node, model, digits, whole, gated);
    const inBlocks = writer.inBlocks(node);
    if (!options.unrounded) return inBlocks;
    return inBlocks === 'recoded' ? 'decoded' : 'keep';
  };
  // Told before anything is written: what makes codes of activations is needed only while somebody reads them.
  const hows = new Map(graph.nodes.map((node) => [node, how(node)] as const));
  const read = new Set(graph.nodes.flatMap((node) => (UNCODED.includes(hows.get(node)!) ? [] : node.inputs)));
  for (const node of graph.nodes)
    if (node.op !== 'DynamicQuantizeLinear' || node.outputs.some((name) => read.has(name)))
      writer.node(node, hows.get(node)!);
  const classes = writer.shapeOf(parts.logits.name)?.[1] ?? parts.logits.shape?.[1];
  if (typeof classes !== 'number') throw missing('logits of a known number of classes');
  const pooled = pooledOf(graph, parts.width, (name) => writer.shapeOf(name));
  g.output(writer.named(parts.logits.name), 'logits', 'F32', [1, classes]);
  g.output(writer.named(pooled), 'embedding', 'F32', [1, parts.width]);
  plan.addTable(
    precision === 'exact' || digits === 'whole' ? plainTable(parts.table) : tableMaking(parts.table),
  );
  const unused = unusedTensors(model);
  const built = g.build();
  return {
    // `int8` runs on WASM only.
    graph: precision === 'int8' ? withFusedNodes(built, new Map(givenOf(model, parts.width))) : built,
    weights: plan,
    says: { embedding: parts.width, ...(unused.length > 0 && { unused }) },
  };
}

/** What reads activations as they are, and not their codes. */
const UNCODED: readonly How[] = ['recoded', 'decoded'];

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
