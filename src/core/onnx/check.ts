/** What a graph from outside must keep to, before anything is built on it. */
import type { Checkpoint } from '../checkpoint/stored';
import { InvalidError, UnsupportedError } from '../errors';
import { ALLOWED } from './allowed';
import type { Graph, Node } from './graph';
import { intsOf } from './values';

/** Oldest and newest set of ONNX's own operators that the runtime in this build runs. */
const OPSETS = { oldest: 7, newest: 24 };
/** Elements of one value whose shape stands in the file: a gigabyte of float32 (M11). */
const MOST_ELEMENTS = 2 ** 28;

/**
 * Throws `unsupported-model` for an operator outside the list and `invalid-model` for a graph whose values are made
 * twice, or which lacks its outputs.
 */
export function checkGraph(file: string, graph: Graph, weights: Checkpoint): void {
  const { oldest, newest } = OPSETS;
  const version = graph.opsets?.get('') ?? 0;
  if (version < oldest || version > newest)
    throw new UnsupportedError(
      'unsupported-model',
      `${file} is written against ONNX’s operator set ${version}; Winnow runs ${oldest} to ${newest}.`,
    );
  const made = new Set<string>([...graph.initializers.keys(), ...weights.keys()]);
  const make = (name: string) => {
    if (name === '' || made.has(name))
      throw new InvalidError('invalid-model', `${file} makes the value “${name}” twice.`);
    made.add(name);
  };
  for (const { name } of graph.inputs) make(name);
  for (const node of graph.nodes) {
    checkNode(file, graph, node);
    for (const output of node.outputs) if (output !== '') make(output);
  }
  if (graph.outputs.length === 0 || graph.nodes.length === 0)
    throw new InvalidError(
      'invalid-model',
      `${file} has a network without ${graph.nodes.length ? 'outputs' : 'nodes'}.`,
    );
  for (const { name } of graph.outputs)
    if (!made.has(name)) throw new InvalidError('invalid-model', `${file} never makes its output “${name}”.`);
}

function checkNode(file: string, graph: Graph, node: Node): void {
  if (!ALLOWED.get(node.domain)?.has(node.op) || !graph.opsets?.has(node.domain))
    throw new UnsupportedError(
      'unsupported-model',
      `${file} uses the operator ${node.domain && `${node.domain}.`.slice(0, 60)}${node.op.slice(0, 60)}, which Winnow does not run.`,
      { operator: node.op.slice(0, 60) },
    );
  const count = stated(graph, node);
  if (!(count <= MOST_ELEMENTS))
    throw new InvalidError(
      'invalid-model',
      `${file} makes a value of ${count} elements with ${node.op}; the limit is ${MOST_ELEMENTS}.`,
    );
}

/** Elements that a node makes, where the file states their number; 0 where only the input will tell. */
function stated(graph: Graph, { op, inputs, attributes }: Node): number {
  const value = (at: number): readonly number[] | undefined =>
    intsOf(graph.initializers.get(inputs[at] ?? ''));
  const product = (sizes: readonly number[] | undefined) =>
    (sizes ?? []).reduce((all, size) => all * Math.max(1, Math.abs(size)), 1);
  switch (op) {
    case 'ConstantOfShape':
      return product(value(0));
    case 'Expand':
    case 'Reshape':
    case 'Tile':
      return product(value(1));
    case 'Resize':
      return product(value(3));
    case 'Pad': {
      const pads = value(1) ?? (attributes.pads?.kind === 'ints' ? attributes.pads.value : []);
      return Math.max(0, ...pads.map(Math.abs));
    }
    case 'OneHot':
    case 'TopK':
      return product(value(1));
    case 'Range': {
      const [from, to, step] = [value(0)?.[0], value(1)?.[0], value(2)?.[0]];
      return from === undefined || to === undefined || !step ? 0 : Math.max(0, (to - from) / step);
    }
    default:
      return 0;
  }
}
