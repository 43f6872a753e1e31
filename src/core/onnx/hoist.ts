/**
 * Cuts off a text network what depends on the length of the text and on nothing else: positions, masks, shapes. The host
 * works it out once per length, on the CPU, where whole numbers of 64 bits are at home; the rest runs elsewhere, whole.
 */
import type { Dimension, Graph, Node, ValueInfo } from './graph';
import { intAttribute, type Known } from './known';
import { fixed, isFixed, LENGTH, type Size, same } from './sizes';
import { knownIn, needed, SEQUENCE } from './specialise';
import { intsOf } from './values';

export interface Hoisted {
  /** The network, with an input for each of `values`, and LAST where a position was counted from the end. */
  readonly main: Graph;
  /** Input SHAPE, I64: the shape of the network's input. Outputs: `values`. */
  readonly apart: Graph;
  readonly values: readonly string[];
  /** Where the last element stands is asked for: I32, from 0. Its dimensions; absent where nothing asks. */
  readonly last?: readonly number[];
}

export const SHAPE = 'given.shape';
export const LAST = 'given.last';

/** `name`: an input whose one open dimension is the length. Undefined where the cut cannot be made. */
export function hoist(graph: Graph, name: string): Hoisted | undefined {
  const input = graph.inputs.find((one) => one.name === name);
  if (!input?.shape) return undefined;
  const values = lengthValues(graph, name);
  const given = new Map<string, Known>([[name, { dtype: input.dtype, shape: input.shape.map(sizeOf) }]]);
  const known = knownIn(graph, given);
  const isApart = ({ outputs }: Node) => outputs.some((output) => values.has(output));
  const rest = graph.nodes.filter((node) => !isApart(node));
  const crossing = new Set(rest.flatMap(({ inputs }) => inputs.filter((one) => values.has(one))));
  for (const { name: output } of graph.outputs) if (values.has(output)) return undefined;
  const infos = [...crossing].map((one) => infoOf(one, known.get(one)));
  if (!infos.every((info) => info !== undefined)) return undefined;
  const { nodes, last } = countedFromTheFront(rest, graph, known);
  const asked: ValueInfo[] = last ? [{ name: LAST, dtype: 'I32', shape: last }] : [];
  const fromShape = graph.nodes.map((node) =>
    isShapeOf(node, name) ? { ...node, op: 'Identity', inputs: [SHAPE] } : node,
  );
  return {
    main: needed({ ...graph, nodes, inputs: [...graph.inputs, ...infos, ...asked] }),
    apart: needed({
      ...graph,
      nodes: fromShape,
      inputs: [{ name: SHAPE, dtype: 'I64', shape: [input.shape.length] }],
      outputs: infos,
    }),
    values: [...crossing],
    ...(last && { last }),
  };
}

const isShapeOf = ({ op, domain, inputs, attributes }: Node, name: string): boolean =>
  op === 'Shape' && domain === '' && inputs[0] === name && !attributes.start && !attributes.end;

/** Values made from the input's shape and from constants. */
function lengthValues(graph: Graph, name: string): ReadonlySet<string> {
  const found = new Set<string>();
  const data = new Set(graph.inputs.map((input) => input.name));
  for (const node of graph.nodes) {
    const follows = (names: ReadonlySet<string>) => node.inputs.some((one) => names.has(one));
    const kind = isShapeOf(node, name) ? found : follows(data) ? data : follows(found) ? found : undefined;
    if (kind) for (const output of node.outputs) kind.add(output);
  }
  return found;
}

const sizeOf = (dimension: Dimension): Size => (typeof dimension === 'number' ? fixed(dimension) : LENGTH);

function infoOf(name: string, { dtype, shape }: Known = {}): ValueInfo | undefined {
  if (!dtype) return undefined;
  const sizes = shape?.map((size) => (isFixed(size) ? size.plus : same(size, LENGTH) ? SEQUENCE : undefined));
  return { name, dtype, ...(sizes?.every((size) => size !== undefined) && { shape: sizes }) };
}

/**
 * Picking the last element of the sequence, which is not the last any more once there is padding behind it: by LAST instead
 * of −1. Nothing changes where it is asked for in two forms.
 */
function countedFromTheFront(
  nodes: readonly Node[],
  graph: Graph,
  known: ReadonlyMap<string, Known>,
): { readonly nodes: readonly Node[]; readonly last?: readonly number[] } {
  const picks = nodes.filter((node) => isLast(node, graph, known));
  const shapes = picks.map(({ inputs }) => graph.initializers.get(inputs[1]!)!.shape);
  const [last] = shapes;
  if (!last || shapes.some((shape) => shape.length !== last.length)) return { nodes };
  const counted = nodes.map((node) =>
    picks.includes(node) ? { ...node, inputs: [node.inputs[0]!, LAST] } : node,
  );
  return { nodes: counted, last };
}

function isLast(
  { op, domain, inputs, ...node }: Node,
  graph: Graph,
  known: ReadonlyMap<string, Known>,
): boolean {
  if (op !== 'Gather' || domain !== '') return false;
  const shape = known.get(inputs[0]!)?.shape;
  const at = intsOf(graph.initializers.get(inputs[1]!));
  const axis = intAttribute({ op, domain, inputs, ...node }, 'axis', 0);
  const size = shape?.[axis < 0 ? axis + shape.length : axis];
  return size !== undefined && same(size, LENGTH) && at?.length === 1 && at[0] === -1;
}
