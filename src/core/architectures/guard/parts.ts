/** Where the parts of a guard are in its graph, found by what they do and not by what they are called. */
import type { StoredTensor } from '../../checkpoint/stored';
import { InvalidError } from '../../errors';
import type { Graph, Node, ValueInfo } from '../../onnx/graph';
import type { OnnxModel } from '../../onnx/read';

export interface Parts {
  /** The look-up of words that the host takes over. */
  readonly gather: Node;
  readonly table: StoredTensor;
  /** Numbers in an embedding. */
  readonly width: number;
  readonly ids: ValueInfo;
  readonly mask?: ValueInfo;
  readonly logits: ValueInfo;
}

/** Throws `invalid-model` naming the part that is missing. */
export function findParts({ graph, weights }: OnnxModel): Parts {
  const [ids, mask] = textInputs(graph);
  const follow = names(graph, ids.name);
  const gather = graph.nodes.find(
    ({ op, inputs: [data = '', at = ''] }) =>
      op === 'Gather' && follow.has(at) && weights.get(data)?.shape.length === 2,
  );
  const table = gather && weights.get(gather.inputs[0]!);
  if (!gather || !table) throw missing('a table of words that its token ids are looked up in');
  if (table.dtype !== 'F32' && table.dtype !== 'F16') throw missing('a table of words in float32 or float16');
  const logits = graph.outputs.find(({ name }) => name === 'logits') ?? graph.outputs[0]!;
  if (graph.outputs.length !== 1 && logits.name !== 'logits')
    throw missing('one output, or one named logits');
  return { gather, table, width: table.shape[1]!, ids, ...(mask && { mask }), logits };
}

/** Token ids, and the mask of padding where there is one. */
function textInputs({ inputs }: Graph): [ValueInfo, ValueInfo | undefined] {
  const whole = inputs.filter(
    ({ dtype, shape }) => (dtype === 'I64' || dtype === 'I32') && (shape?.length ?? 2) === 2,
  );
  const mask = whole.find(({ name }) => /mask/i.test(name));
  const ids = whole.find((input) => input !== mask && /id|token|input/i.test(input.name));
  const others = inputs.filter((input) => input !== ids && input !== mask);
  if (!ids) throw missing('an input of token ids, such as input_ids');
  if (others.length > 0)
    throw missing(`only token ids and their mask as inputs (it also wants ${others[0]!.name})`);
  return [ids, mask];
}

/** Values that are another name, or another type, of one. */
function names(graph: Graph, first: string): ReadonlySet<string> {
  const found = new Set([first]);
  for (const { op, inputs, outputs } of graph.nodes)
    if (['Cast', 'Identity', 'Dropout'].includes(op) && found.has(inputs[0] ?? ''))
      found.add(outputs[0] ?? '');
  return found;
}

export function missing(what: string): InvalidError {
  return new InvalidError(
    'invalid-model',
    `This network is not a guard of the Qwen3 kind: it lacks ${what}.`,
  );
}

/**
 * The last token's hidden state: what the head's first linear layer reads, the one on rows of `width` numbers and not on a
 * sequence of them. `shapeOf` gives a value's shape where it is known.
 */
export function pooledOf(
  graph: Graph,
  width: number,
  shapeOf: (name: string) => readonly number[] | undefined,
): string {
  for (const { op, domain, inputs } of graph.nodes) {
    if (domain !== '' || !['Gemm', 'MatMul', 'DynamicQuantizeLinear'].includes(op)) continue;
    const shape = shapeOf(inputs[0]!);
    if (shape?.length === 2 && shape[0] === 1 && shape[1] === width) return inputs[0]!;
  }
  throw missing('a head on the last token’s hidden state');
}
