/**
 * Somebody's own ONNX network, taken over as it is: its input and outputs under the names that every picture model of
 * ours has, its weights planned. Text networks keep their inputs, which their tokenizer knows.
 */

import type { Checkpoint } from '../checkpoint/stored';
import { readTensor } from '../checkpoint/stored';
import { InvalidError, UnsupportedError } from '../errors';
import type { ImageConfig } from '../image/preprocess';
import { inFloat32 } from '../onnx/float32';
import { type Dimension, type Graph, GraphBuilder, type Node, type ValueInfo } from '../onnx/graph';
import type { OnnxModel } from '../onnx/read';
import { unusedTensors } from '../onnx/unused';
import type { Precision } from '../policy/types';
import { type Making, WeightPlan } from '../prepare/plan';
import type { Network } from './family';

/** What a network of one's own says beside a family's. */
export interface AdoptedNetwork extends Network {
  /** `int8` where some of it computes in 8 bits: then one item is run at a time. */
  readonly precision: Precision;
  /** The network ended in it; it is left out, because cards apply it themselves. */
  readonly activation?: 'softmax' | 'sigmoid';
}

/** Initializers up to this many bytes stand in the graph. */
const IN_GRAPH = 256;
const EMBEDDINGS = /^(image_embeds|text_embeds|sentence_embedding|embeddings?|pooler_output|features)$/;
const LOGITS = /^(logits|output|outputs|scores|predictions?)$/;
const INTEGER_OPS = /^(MatMulInteger|ConvInteger|QLinear\w+|DynamicQuantize\w+|MatMulIntegerToFloat)$/;

/**
 * The network with `pixels` (images) as its input and `logits`, and `embedding` where it gives one, as outputs. Throws
 * `unsupported-model` for inputs or outputs of another kind, naming them. What the file has and the network never reads
 * is left out, and said.
 */
export function adoptOnnx(model: OnnxModel, task: 'image' | 'text'): AdoptedNetwork {
  const { graph: given, weights } = model;
  const graph = inFloat32(given);
  const g = new GraphBuilder('own', graph.opsets);
  const plan = new WeightPlan();
  const names = new Map<string, string>([['', '']]);
  const pixels = task === 'image' ? pictureInput(graph) : undefined;
  for (const { name, dtype, shape } of graph.inputs)
    names.set(name, g.input(name === pixels?.name ? 'pixels' : name, dtype, shape ?? []));
  const takes = new Taker(g, plan, graph, weights, names);
  for (const node of graph.nodes) takes.node(node);
  const { logits, embedding } = outputsOf(graph);
  const { value, activation } = beforeActivation(graph, logits?.name);
  if (logits) g.output(takes.named(value), 'logits', 'F32', logits.shape ?? ['batch', 'classes']);
  if (embedding)
    g.output(takes.named(embedding.name), 'embedding', 'F32', embedding.shape ?? ['batch', 'width']);
  const width = embedding?.shape?.at(-1);
  const input = pixels?.shape && inputOf(pixels.shape);
  const unused = unusedTensors(model);
  return {
    graph: g.build(),
    weights: plan,
    precision: graph.nodes.some(({ op }) => INTEGER_OPS.test(op)) ? 'int8' : 'exact',
    ...(activation && { activation }),
    says: {
      embedding: typeof width === 'number' ? width : 0,
      ...(input && { input }),
      ...(unused.length > 0 && { unused }),
    },
  };
}

function pictureInput({ inputs }: Graph): ValueInfo {
  const [input] = inputs;
  if (inputs.length !== 1 || input?.dtype !== 'F32' || (input.shape && input.shape.length !== 4))
    throw new UnsupportedError(
      'unsupported-model',
      `The network takes ${inputs.map(({ name, dtype, shape }) => `${name} ${dtype} [${shape ?? '?'}]`).join(', ')}; a picture classifier takes one batch of float pixels.`,
    );
  return input;
}

/** Size and layout where the shape says them: [batch, 3, height, width] or [batch, height, width, 3]. */
function inputOf(shape: readonly Dimension[]): Partial<ImageConfig> {
  const last = shape[3] === 3 && shape[1] !== 3;
  const [height, width] = last ? [shape[1], shape[2]] : [shape[2], shape[3]];
  const channels = last ? shape[3] : shape[1];
  if (typeof channels === 'number' && channels !== 3)
    throw new UnsupportedError('unsupported-model', `The network takes ${channels} channels, not three.`);
  return {
    ...(typeof channels === 'number' && { layout: last ? 'NHWC' : 'NCHW' }),
    ...(typeof height === 'number' && typeof width === 'number' && { height, width }),
  };
}

function outputsOf({ outputs }: Graph): { logits?: ValueInfo; embedding?: ValueInfo } {
  const floats = outputs.filter(({ dtype, shape }) => dtype === 'F32' && (shape?.length ?? 2) === 2);
  const embedding = floats.find(({ name }) => EMBEDDINGS.test(name));
  const rest = floats.filter((output) => output !== embedding);
  const logits = rest.find(({ name }) => LOGITS.test(name)) ?? (rest.length === 1 ? rest[0] : undefined);
  if (!logits && !embedding)
    throw new UnsupportedError(
      'unsupported-model',
      `The network gives ${outputs.map(({ name }) => name.slice(0, 40)).join(', ')}; a classifier gives one table of scores, named logits.`,
    );
  return { ...(logits && { logits }), ...(embedding && { embedding }) };
}

/** The value that a last Softmax or Sigmoid reads, or the output itself. */
function beforeActivation(
  { nodes }: Graph,
  output = '',
): { value: string; activation?: 'softmax' | 'sigmoid' } {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  let value = output;
  for (let maker = makers.get(value); maker; maker = makers.get(value)) {
    const [input = ''] = maker.inputs;
    if (maker.op === 'Softmax') return { value: input, activation: 'softmax' };
    if (maker.op === 'Sigmoid') return { value: input, activation: 'sigmoid' };
    if (maker.op !== 'Identity') break;
    value = input;
  }
  return { value: output };
}

/** Copies nodes; weights are planned when the first node asks for them. */
class Taker {
  constructor(
    private readonly g: GraphBuilder,
    private readonly plan: WeightPlan,
    private readonly graph: Graph,
    private readonly weights: Checkpoint,
    private readonly names: Map<string, string>,
  ) {}

  node({ op, domain, inputs, outputs, attributes }: Node): void {
    // Optional outputs that nobody wants come last, and asking for them may not be allowed.
    let count = outputs.length;
    while (count > 1 && outputs[count - 1] === '') count--;
    const taken = inputs.map((name) => this.named(name));
    const made = this.g.addMany(op, taken, count, attributes, { domain });
    for (const [at, name] of made.entries()) if (outputs[at]) this.names.set(outputs[at], name);
  }

  named(name: string): string {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const added = this.#weight(name);
    this.names.set(name, added);
    return added;
  }

  #weight(name: string): string {
    const small = this.graph.initializers.get(name);
    if (small && !('external' in small) && small.bytes.byteLength <= IN_GRAPH)
      return this.g.initializer(name, small);
    return this.plan.add(this.g, this.#making(name))[0]!;
  }

  #making(name: string): Making {
    const stored = this.weights.get(name);
    if (stored) {
      const { dtype, shape, start, end } = stored;
      // The graph was widened, so float16 weights are seen as float32.
      const narrow = dtype === 'F16' || dtype === 'BF16';
      const tensor = narrow ? { name, dtype: 'F32' as const, shape, kept: dtype } : { name, dtype, shape };
      const make = async (signal?: AbortSignal) => [(await readTensor(stored, signal)).bytes];
      return { tensors: [tensor], reads: end - start, make };
    }
    const small = this.graph.initializers.get(name);
    if (!small || 'external' in small)
      throw new InvalidError('invalid-model', `The network reads ${name}, which nothing makes.`);
    const { dtype, shape, bytes } = small;
    return { tensors: [{ name, dtype, shape }], reads: 0, make: async () => [bytes] };
  }
}
