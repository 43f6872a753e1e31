/**
 * Products of whole numbers as ONNX Runtime's quantiser spells them, four nodes each, as the one node its optimiser would make
 * of them. Done here once, so that it is not done whenever the model is opened. The numbers stay the same to the last bit.
 */
import type { Graph, Initializer, Node } from './graph';
import { intAttribute } from './known';
import { needed } from './specialise';
import { ELEMENT_TYPE } from './write';

export const MICROSOFT = 'com.microsoft';

/** (float) MatMulInteger(a, b, a₀, b₀) · (scale of a · scales of b) → MatMulIntegerToFloat. Zero points of zeros are left out. */
export function withWholeProducts(graph: Graph): Graph {
  const makers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  const made = (name: string | undefined, op: string): Node | undefined => {
    const node = makers.get(name ?? '');
    return node?.op === op && node.domain === '' ? node : undefined;
  };
  const fused = (node: Node): Node => {
    if (node.op !== 'Mul' || node.domain !== '') return node;
    for (const [first, second] of [node.inputs, [...node.inputs].reverse()]) {
      const cast = made(first, 'Cast');
      const product = cast && isToFloat(cast) ? made(cast.inputs[0], 'MatMulInteger') : undefined;
      const scales = made(second, 'Mul');
      // The scale of a comes from where its codes come from.
      const quantised = product && made(product.inputs[0], 'DynamicQuantizeLinear');
      const [a, b] = scales?.inputs ?? [];
      const other = a === quantised?.outputs[1] ? b : b === quantised?.outputs[1] ? a : undefined;
      if (!product || !quantised || other === undefined || product.inputs[2] !== quantised.outputs[2])
        continue;
      const inputs = [
        product.inputs[0]!,
        product.inputs[1]!,
        quantised.outputs[1]!,
        other,
        quantised.outputs[2]!,
      ];
      const zero = product.inputs[3] ?? '';
      if (zero !== '' && !isZero(graph.initializers.get(zero))) inputs.push(zero);
      return { ...node, op: 'MatMulIntegerToFloat', domain: MICROSOFT, inputs, attributes: {} };
    }
    return node;
  };
  return needed({ ...graph, nodes: graph.nodes.map(fused) });
}

const isToFloat = (node: Node): boolean => intAttribute(node, 'to', 0) === ELEMENT_TYPE.F32;

function isZero(tensor: Initializer | undefined): boolean {
  return tensor !== undefined && 'bytes' in tensor && tensor.bytes.every((byte) => byte === 0);
}
