/**
 * An ONNX file from outside → its graph, by range: weights stay where they lie, so a file of a gigabyte is never held
 * whole. What is refused is refused here, before ONNX Runtime sees a byte (M08, M09, M11, M12). Field numbers are
 * onnx.proto's: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import type { ByteSource } from '../checkpoint/source';
import type { Checkpoint, StoredTensor } from '../checkpoint/stored';
import { InvalidError, throwIfAborted, UnsupportedError } from '../errors';
import type { DType, Tensor } from '../tensor';
import { checkGraph } from './check';
import type { Dimension, Graph, Node, ValueInfo } from './graph';
import { type Field, LENGTH_DELIMITED, ProtoReader, signed } from './proto-read';
import { readNode } from './read-node';
import { readTensorProto, type TensorFiles, text } from './read-tensor';
import { inOrder } from './sort';
import { ELEMENT_TYPE } from './write';

/** Everything but weights: names, nodes, constants. */
export const MOST_BYTES = 64 * 2 ** 20;
export const MOST_NODES = 100_000;
const MOST_TENSORS = 10_000;
const MOST_VALUES = 4096;

export interface OnnxModel {
  /** Nodes in order, inputs, outputs, and the initializers that are small. Constants are among the initializers. */
  readonly graph: Graph;
  /** Initializers that stayed in the file, by name. A name is in one of the two. */
  readonly weights: Checkpoint;
  /** Who wrote the file, as it says, such as `pytorch`. */
  readonly producer: string;
}

/**
 * Reads the network of an ONNX file; `files` are those its external data may lie in, by flat name. Throws
 * `invalid-model` for a damaged file or one over a limit, `unsupported-model` for operators, element types, functions,
 * sparse tensors and inner graphs that Winnow does not run, each by name.
 */
export async function readOnnx(
  source: ByteSource,
  signal?: AbortSignal,
  files: ReadonlyMap<string, ByteSource> = new Map(),
): Promise<OnnxModel> {
  throwIfAborted(signal);
  const reader = new ProtoReader(source, MOST_BYTES, signal);
  const opsets = new Map<string, number>();
  let producer = '';
  let version = 0;
  let graph: GraphParts | undefined;
  for await (const field of reader.walk(0, source.size)) {
    if (field.number === 1) version = Number(signed(field));
    else if (field.number === 2) producer = await text(reader, field);
    else if (field.number === 7) {
      if (graph) throw reader.damaged('two graphs');
      graph = await readGraph(reader, field, { source, files });
    } else if (field.number === 8) await readOpset(reader, field, opsets);
    else if (field.number === 20 || field.number === 25)
      throw new UnsupportedError(
        'unsupported-model',
        `${source.name} has functions or training steps of its own, which Winnow does not run.`,
      );
    else if (field.number > 26) throw reader.damaged(`the field ${field.number}`);
  }
  // Version 3 is ONNX 1.0; 13 is the newest that the runtime's own reader knows of.
  if (!graph || version < 3 || version > 13)
    throw reader.damaged(graph ? `the version ${version}` : 'no graph');
  return finish(source.name, graph, opsets, producer);
}

interface GraphParts {
  name: string;
  nodes: Node[];
  inputs: ValueInfo[];
  outputs: ValueInfo[];
  small: Map<string, Tensor>;
  weights: Map<string, StoredTensor>;
}

async function readGraph(reader: ProtoReader, field: Field, files: TensorFiles): Promise<GraphParts> {
  if (field.wire !== LENGTH_DELIMITED) throw reader.damaged('a number for a graph');
  const graph: GraphParts = {
    name: '',
    nodes: [],
    inputs: [],
    outputs: [],
    small: new Map(),
    weights: new Map(),
  };
  const keep = (name: string, value: Tensor | StoredTensor) => {
    if (name === '' || graph.small.has(name) || graph.weights.has(name))
      throw reader.damaged(`the tensor “${name}” twice`);
    if ('source' in value) graph.weights.set(name, value);
    else graph.small.set(name, value);
  };
  await checkCounts(reader, field);
  for await (const one of reader.walk(field.start, field.end)) {
    switch (one.number) {
      case 1: {
        const read = await readNode(reader, one, files);
        if ('node' in read) graph.nodes.push(read.node);
        else keep(read.constant, read.value);
        break;
      }
      case 2:
        graph.name = await text(reader, one);
        break;
      case 5: {
        const { name, value } = await readTensorProto(reader, one, files);
        keep(name, value);
        break;
      }
      case 11:
        graph.inputs.push(await readValueInfo(reader, one));
        break;
      case 12:
        graph.outputs.push(await readValueInfo(reader, one));
        break;
      case 15:
        throw new UnsupportedError(
          'unsupported-model',
          'The network has sparse tensors, which Winnow does not run.',
        );
      case 10: // doc_string
      case 13: // value_info
      case 14: // quantization_annotation
      case 16: // metadata_props
        break;
      default:
        throw reader.damaged(`the field ${one.number} in its graph`);
    }
  }
  return graph;
}

/** By the number of a graph's field. A constant counts as a node: graphs of PyTorch have thousands. */
const MOST: ReadonlyMap<number, readonly [most: number, what: string]> = new Map([
  [1, [MOST_NODES, 'nodes']],
  [5, [MOST_TENSORS, 'tensors']],
  [11, [MOST_VALUES + MOST_TENSORS, 'inputs']],
  [12, [MOST_VALUES, 'outputs']],
]);

/** Throws `invalid-model` for more than there may be of anything, before any of it is read. */
async function checkCounts(reader: ProtoReader, { start, end }: Field): Promise<void> {
  const counts = new Map<number, number>();
  await reader.tally(start, end, (number) => {
    const [most, what] = MOST.get(number) ?? [];
    if (most === undefined) return;
    const count = (counts.get(number) ?? 0) + 1;
    if (count > most)
      throw new InvalidError(
        'invalid-model',
        `The network has over ${most} ${what}; Winnow does not read it.`,
      );
    counts.set(number, count);
  });
}

async function readOpset(reader: ProtoReader, field: Field, opsets: Map<string, number>): Promise<void> {
  let domain = '';
  let version = 0;
  for (const one of await reader.fields(field, 16)) {
    if (one.number === 1) domain = await text(reader, one);
    else if (one.number === 2) version = Number(signed(one));
  }
  if (domain === 'ai.onnx') domain = '';
  if (version < 1 || version > 1000 || opsets.has(domain))
    throw reader.damaged(`the operator set ${version} of “${domain}”`);
  if (opsets.size >= 64) throw reader.damaged('over 64 operator sets');
  opsets.set(domain, version);
}

const DTYPE_OF = new Map(Object.entries(ELEMENT_TYPE).map(([dtype, code]) => [code, dtype as DType]));

/** ValueInfoProto: name, and type → tensor_type → elem_type, shape → dim. */
async function readValueInfo(reader: ProtoReader, field: Field): Promise<ValueInfo> {
  const parts = await reader.fields(field, 64);
  const within = async (of: readonly Field[], number: number, most = 64): Promise<Field[] | undefined> => {
    const found = of.find((one) => one.number === number);
    return found && reader.fields(found, most);
  };
  const named = parts.find((one) => one.number === 1);
  const name = named ? await text(reader, named) : '';
  const type = (await within(parts, 2)) ?? [];
  const tensor = await within(type, 1);
  const dtype = DTYPE_OF.get(Number(tensor?.find((one) => one.number === 1)?.integer ?? 0n));
  if (!tensor || !dtype)
    throw new UnsupportedError(
      'unsupported-model',
      `The network’s value ${name} is not a tensor of a type that Winnow runs.`,
    );
  const shape = await within(tensor, 2);
  if (!shape) return { name, dtype };
  const dimensions: Dimension[] = [];
  for (const one of shape.filter(({ number }) => number === 1)) dimensions.push(await dimension(reader, one));
  return { name, dtype, shape: dimensions };
}

async function dimension(reader: ProtoReader, field: Field): Promise<Dimension> {
  for (const one of await reader.fields(field, 8)) {
    if (one.number === 2) return text(reader, one);
    const size = Number(signed(one));
    if (one.number === 1 && size > 0 && Number.isSafeInteger(size)) return size;
  }
  // Unknown, and some exporters write -1 for it.
  return 'unknown';
}

function finish(file: string, parts: GraphParts, opsets: Map<string, number>, producer: string): OnnxModel {
  const { small, weights } = parts;
  // Files older than IR version 4 list their weights among the inputs too.
  const inputs = parts.inputs.filter(({ name }) => !small.has(name) && !weights.has(name));
  const known = new Set([...small.keys(), ...weights.keys(), ...inputs.map(({ name }) => name)]);
  const nodes = inOrder(parts.nodes, known, file);
  const graph: Graph = {
    ...{
      name: parts.name || 'network',
      inputs,
      outputs: parts.outputs,
      initializers: small,
      nodes,
    },
    opsets,
  };
  checkGraph(file, graph, weights);
  return { graph, weights, producer };
}
