/** A graph in float16 → the same in float32; and a rewriting that lets ONNX Runtime see what it has a kernel for. */
import { widenF16 } from '../quantize/half';
import { bytesOf, type Tensor } from '../tensor';
import type { Attribute, Graph, Initializer, Node, ValueInfo } from './graph';
import { intAttribute } from './known';
import { ELEMENT_TYPE } from './write';

/**
 * Casts to float16 become casts to float32, which do nothing, and small float16 tensors are widened. Large ones are the
 * caller's: they are seen as float32 from here on. float16 on a CPU runs as float32 between casts anyway, so nothing is lost.
 */
export function inFloat32(graph: Graph): Graph {
  return {
    ...graph,
    inputs: graph.inputs.map(widenedInfo),
    outputs: graph.outputs.map(widenedInfo),
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [name, widened(tensor)])),
    nodes: graph.nodes.map((node) => ({ ...node, attributes: widenedAttributes(node) })),
  };
}

const widenedInfo = (value: ValueInfo): ValueInfo =>
  value.dtype === 'F16' ? { ...value, dtype: 'F32' } : value;

function widened<T extends Initializer>(tensor: T): T | Tensor {
  if (tensor.dtype !== 'F16' || 'external' in tensor) return tensor;
  return { dtype: 'F32', shape: tensor.shape, bytes: bytesOf(widenF16(tensor.bytes)) };
}

function widenedAttributes(node: Node): Node['attributes'] {
  if (node.op === 'Cast' && intAttribute(node, 'to', 0) === ELEMENT_TYPE.F16)
    return { ...node.attributes, to: { kind: 'int', value: ELEMENT_TYPE.F32 } };
  const entries = Object.entries(node.attributes).map(
    ([name, attribute]): [string, Attribute | undefined] => [
      name,
      attribute?.kind === 'tensor' ? { kind: 'tensor', value: widened(attribute.value) } : attribute,
    ],
  );
  return Object.fromEntries(entries);
}

/**
 * x · (1 / y) → x / y. PyTorch spells root-mean-square norms with the inverse, and ONNX Runtime fuses the division only:
 * seven passes over the values become one. The result differs by rounding alone.
 */
export function withDivisions(graph: Graph): Graph {
  const makers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  const inverse = (name: string | undefined): string | undefined => {
    const node = makers.get(name ?? '');
    if (node?.op === 'Reciprocal' && node.domain === '') return node.inputs[0];
    return node?.op === 'Div' && isOne(graph.initializers.get(node.inputs[0] ?? ''))
      ? node.inputs[1]
      : undefined;
  };
  const nodes = graph.nodes.map((node): Node => {
    if (node.op !== 'Mul' || node.domain !== '') return node;
    const [a = '', b = ''] = node.inputs;
    const [first, second] = [inverse(a), inverse(b)];
    if (second !== undefined) return { ...node, op: 'Div', inputs: [a, second] };
    return first === undefined ? node : { ...node, op: 'Div', inputs: [b, first] };
  });
  return { ...graph, nodes };
}

function isOne(tensor: Initializer | undefined): boolean {
  if (tensor?.dtype !== 'F32' || 'external' in tensor || tensor.bytes.length !== 4) return false;
  return new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset).getFloat32(0, true) === 1;
}
