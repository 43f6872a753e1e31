/**
 * A graph as a chain of smaller ones, so that a network whose weights do not fit at once can be run a part at a time: each
 * part takes what the parts before it gave, and the last gives what the whole would.
 */
import { InvalidError } from '../errors';
import { DTYPE_BYTES, type DType, elements } from '../tensor';
import type { Graph, Initializer, ValueInfo } from './graph';
import { infer } from './infer';
import type { Known } from './known';
import { knownOf } from './specialise';

/** Types that a value may have where it is handed from one part to the next. */
const HANDED: readonly DType[] = ['F32', 'I32', 'I64'];

/**
 * Parts of `graph` in the order they run in; put together they are the whole, node by node. A part's inputs are inputs of
 * the graph and outputs of earlier parts, under their own names. Weights of a part stay under `budget` bytes, as the graph
 * sees them, except where one node has more, or where there is no place to cut before. Cuts lie where the fewest values are
 * live. Throws `invalid-model` when an output is made by no node.
 */
export function splitGraph(graph: Graph, budget: number): readonly Graph[] {
  const uses = usesOf(graph);
  const types = typesOf(graph);
  const parts: Graph[] = [];
  for (let start = 0; start < graph.nodes.length; ) {
    const end = cutAfter(graph, start, { budget, uses, types });
    parts.push(part(graph, start, end, { uses, types, at: parts.length }));
    start = end;
  }
  return parts;
}

/** By value: the node that makes it, −1 for none, and the last that reads it; outputs are read by nobody but the caller. */
interface Use {
  readonly made: number;
  last: number;
  readonly wanted: boolean;
}

function usesOf({ nodes, outputs }: Graph): ReadonlyMap<string, Use> {
  const wanted = new Set(outputs.map(({ name }) => name));
  const uses = new Map<string, Use>();
  for (const [at, node] of nodes.entries()) {
    for (const name of node.inputs) {
      const use = uses.get(name);
      if (use) use.last = at;
    }
    for (const name of node.outputs)
      if (name !== '') uses.set(name, { made: at, last: -1, wanted: wanted.has(name) });
  }
  for (const name of wanted)
    if (!uses.has(name)) throw new InvalidError('invalid-model', `No node makes the output ${name}.`);
  return uses;
}

/** Element types. An operator without a rule gives what it reads first: those that do not have one. */
export function typesOf(graph: Graph): ReadonlyMap<string, DType | undefined> {
  const known = new Map<string, Known>();
  for (const { name, dtype } of graph.inputs) known.set(name, { dtype });
  for (const [name, tensor] of graph.initializers) known.set(name, knownOf(tensor));
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => known.get(name) ?? {});
    const found = infer(node, inputs);
    for (const [i, name] of node.outputs.entries()) {
      const { dtype = inputs[0]?.dtype, ...rest } = found[i] ?? {};
      known.set(name, { ...rest, dtype });
    }
  }
  return new Map([...known].map(([name, { dtype }]) => [name, dtype]));
}

interface Cutting {
  readonly budget: number;
  readonly uses: ReadonlyMap<string, Use>;
  readonly types: ReadonlyMap<string, DType | undefined>;
}

/**
 * The node before which the part from `start` ends: of the places with the fewest live values, the last that fits. Those
 * in the first half of the budget count only where there is no other: a graph often begins with a single value.
 */
function cutAfter(graph: Graph, start: number, { budget, uses, types }: Cutting): number {
  const { nodes, initializers } = graph;
  const weights = new Set<string>();
  let bytes = 0;
  let best: { end: number; live: number; early: boolean } | undefined;
  for (let end = start + 1; end <= nodes.length; end++) {
    for (const name of nodes[end - 1]!.inputs) {
      const tensor = initializers.get(name);
      if (tensor && !weights.has(name)) {
        weights.add(name);
        bytes += bytesOf(tensor);
      }
    }
    if (bytes > budget && best) return best.end;
    if (end === nodes.length) return end;
    const live = liveAt(end, uses);
    if (!live.every((name) => HANDED.includes(types.get(name) ?? 'BOOL'))) continue;
    const early = 2 * bytes < budget;
    if (!best || best.early !== early || live.length <= best.live) best = { end, live: live.length, early };
    if (bytes > budget) return best.end;
  }
  return nodes.length;
}

/** Values made before the node `at` and read by it or later. */
function liveAt(at: number, uses: ReadonlyMap<string, Use>): string[] {
  return [...uses].flatMap(([name, { made, last }]) => (made < at && last >= at ? [name] : []));
}

/** Bytes of a weight as the graph sees it. */
export function bytesOf({ dtype, shape }: Pick<Initializer, 'dtype' | 'shape'>): number {
  return elements(shape) * DTYPE_BYTES[dtype];
}

function part(
  graph: Graph,
  start: number,
  end: number,
  { uses, types, at }: Omit<Cutting, 'budget'> & { readonly at: number },
): Graph {
  const nodes = graph.nodes.slice(start, end);
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const value = (name: string): ValueInfo => ({ name, dtype: types.get(name) ?? 'F32' });
  const before = [...uses].flatMap(([name, { made }]) => (made < start && read.has(name) ? [name] : []));
  const given = [...uses].flatMap(([name, { made, last, wanted }]) =>
    made >= start && made < end && last >= end && !wanted ? [name] : [],
  );
  const wanted = graph.outputs.filter(({ name }) => {
    const { made } = uses.get(name)!;
    return made >= start && made < end;
  });
  return {
    ...graph,
    name: `${graph.name}.${at}`,
    inputs: [...graph.inputs.filter(({ name }) => read.has(name)), ...before.map(value)],
    outputs: [...wanted, ...given.map(value)],
    initializers: new Map([...graph.initializers].filter(([name]) => read.has(name))),
    nodes,
  };
}
