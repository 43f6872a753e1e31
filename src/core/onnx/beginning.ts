/**
 * The first layers of a network by themselves: the least of it that runs every kind of operator which all its layers have. Whether a machine computes them as it did before is known at a small part of the price of a run.
 */
import type { Graph, Node } from './graph';
import { needed } from './specialise';
import { typesOf } from './split';

/** Of the nodes, at most: beyond, there is little to save. */
const MOST = 1 / 3;

/** Its only output is F32. Undefined where the network has other inputs than one in F32, or repeats nothing. */
export function beginningOf(graph: Graph): Graph | undefined {
  const [input, ...others] = graph.inputs;
  const kinds = repeated(graph.nodes);
  if (input?.dtype !== 'F32' || others.length > 0 || kinds.size === 0) return undefined;
  const types = typesOf(graph);
  // Of every value, the kinds that it took to make it, as bits.
  const made = new Map<string, bigint>();
  const all = (1n << BigInt(kinds.size)) - 1n;
  for (const node of graph.nodes) {
    const own = kinds.get(kindOf(node)) ?? 0n;
    const taken = node.inputs.reduce((bits, name) => bits | (made.get(name) ?? 0n), own);
    for (const name of node.outputs) made.set(name, taken);
    const name = node.outputs[0]!;
    if (taken !== all || types.get(name) !== 'F32') continue;
    const beginning = needed({ ...graph, outputs: [{ name, dtype: 'F32' }] });
    return beginning.nodes.length <= MOST * graph.nodes.length ? beginning : undefined;
  }
  return undefined;
}

const kindOf = ({ domain, op }: Node): string => `${domain} ${op}`;

/** A kind that is there less often is one of what comes before all layers, or after. */
const OFTEN = 3;

/** Kinds of operator that layers have, each with a bit of its own. */
function repeated(nodes: readonly Node[]): ReadonlyMap<string, bigint> {
  const counts = new Map<string, number>();
  for (const node of nodes) counts.set(kindOf(node), (counts.get(kindOf(node)) ?? 0) + 1);
  const kinds = [...counts].flatMap(([kind, count]) => (count >= OFTEN ? [kind] : []));
  return new Map(kinds.map((kind, at) => [kind, 1n << BigInt(at)]));
}
