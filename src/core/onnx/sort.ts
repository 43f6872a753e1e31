/** Nodes in an order in which every value is made before it is used. */
import { InvalidError } from '../errors';
import type { Node } from './graph';

/**
 * ONNX asks for that order, but converters that add nodes (float16's, for one) append them at the end, and ONNX Runtime
 * takes such files. The order given is kept where it can be. Throws `invalid-model` for a value that nothing makes and for a circle.
 */
export function inOrder(nodes: readonly Node[], known: ReadonlySet<string>, file: string): Node[] {
  const maker = new Map<string, number>();
  for (const [at, { outputs }] of nodes.entries())
    for (const output of outputs) if (output !== '') maker.set(output, at);
  const missing = nodes.map((node) => new Set(node.inputs.filter((name) => name !== '' && !known.has(name))));
  const users = new Map<string, number[]>();
  for (const [at, names] of missing.entries())
    for (const name of names) {
      if (!maker.has(name))
        throw new InvalidError('invalid-model', `${file} uses the value “${name}”, which nothing makes.`);
      const list = users.get(name);
      if (list) list.push(at);
      else users.set(name, [at]);
    }
  const done: Node[] = [];
  // A stack per start, so that what a node was waiting for is followed by it at once.
  const ready: number[] = [];
  const place = (at: number) => {
    const node = nodes[at]!;
    done.push(node);
    for (const output of node.outputs)
      for (const user of users.get(output) ?? [])
        if (missing[user]!.delete(output) && missing[user]!.size === 0 && user < next) ready.push(user);
  };
  let next = 0;
  for (; next < nodes.length; ) {
    const at = next++;
    if (missing[at]!.size === 0) place(at);
    for (let one = ready.pop(); one !== undefined; one = ready.pop()) place(one);
  }
  if (done.length < nodes.length)
    throw new InvalidError('invalid-model', `${file} has a circle in its network.`);
  return done;
}
