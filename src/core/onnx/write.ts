/**
 * A graph → the bytes of an .onnx file. Field numbers are onnx.proto's, named beside each use:
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (IR version 10, released with ONNX 1.16).
 */
import type { DType } from '../tensor';
import type { Attribute, Dimension, Graph, Initializer, Node, ValueInfo } from './graph';
import { ProtoWriter } from './proto';

const IR_VERSION = 10;
/** The operator set Winnow's graphs are written against; released with ONNX 1.16. */
export const OPSET = 21;

/** TensorProto.DataType */
export const ELEMENT_TYPE: Readonly<Record<DType, number>> = {
  F32: 1,
  U8: 2,
  I8: 3,
  U16: 4,
  I16: 5,
  I32: 6,
  I64: 7,
  BOOL: 9,
  F16: 10,
  F64: 11,
  U32: 12,
  U64: 13,
  BF16: 16,
};

/** AttributeProto.AttributeType */
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

const EXTERNAL = 1; // TensorProto.DataLocation

/**
 * The model file. The same graph always gives the same bytes. `com.microsoft` operators are declared
 * when a node uses one.
 */
export function writeModel(graph: Graph): Uint8Array {
  const model = new ProtoWriter()
    .integer(1, IR_VERSION) // ir_version
    .string(2, 'winnow') // producer_name
    .message(7, graphProto(graph)); // graph
  const domains = new Set(['', ...graph.nodes.map((node) => node.domain)]);
  for (const domain of [...domains].sort()) {
    const version = graph.opsets?.get(domain) ?? (domain === '' ? OPSET : 1);
    model.message(8, new ProtoWriter().string(1, domain).integer(2, version)); // opset_import
  }
  return model.finish();
}

function graphProto(graph: Graph): ProtoWriter {
  const out = new ProtoWriter();
  for (const node of graph.nodes) out.message(1, nodeProto(node)); // node
  out.string(2, graph.name); // name
  for (const [name, tensor] of graph.initializers) out.message(5, tensorProto(tensor, name)); // initializer
  for (const input of graph.inputs) out.message(11, valueInfoProto(input)); // input
  for (const output of graph.outputs) out.message(12, valueInfoProto(output)); // output
  return out;
}

function nodeProto(node: Node): ProtoWriter {
  const out = new ProtoWriter();
  for (const input of node.inputs) out.string(1, input); // input
  for (const output of node.outputs) out.string(2, output); // output
  out.string(3, node.name).string(4, node.op); // name, op_type
  for (const [name, attribute] of Object.entries(node.attributes))
    if (attribute) out.message(5, attributeProto(name, attribute)); // attribute
  if (node.domain !== '') out.string(7, node.domain); // domain
  return out;
}

function attributeProto(name: string, attribute: Attribute): ProtoWriter {
  const out = new ProtoWriter().string(1, name); // name
  switch (attribute.kind) {
    case 'float':
      out.float(2, attribute.value); // f
      break;
    case 'int':
      out.integer(3, attribute.value); // i
      break;
    case 'string':
      out.string(4, attribute.value); // s
      break;
    case 'tensor':
      out.message(5, tensorProto(attribute.value)); // t
      break;
    case 'floats':
      for (const value of attribute.value) out.float(7, value); // floats
      break;
    case 'ints':
      for (const value of attribute.value) out.integer(8, value); // ints
      break;
    case 'strings':
      for (const value of attribute.value) out.string(9, value); // strings
      break;
  }
  return out.integer(20, ATTRIBUTE_TYPE[attribute.kind]); // type
}

function tensorProto(tensor: Initializer, name?: string): ProtoWriter {
  const out = new ProtoWriter();
  for (const size of tensor.shape) out.integer(1, size); // dims
  out.integer(2, ELEMENT_TYPE[tensor.dtype]); // data_type
  if (name !== undefined) out.string(8, name); // name
  if (!('external' in tensor)) return out.bytes(9, tensor.bytes); // raw_data
  for (const [key, value] of Object.entries(tensor.external))
    out.message(13, new ProtoWriter().string(1, key).string(2, String(value))); // external_data: key, value
  return out.integer(14, EXTERNAL); // data_location
}

function valueInfoProto(value: ValueInfo): ProtoWriter {
  const tensorType = new ProtoWriter().integer(1, ELEMENT_TYPE[value.dtype]); // elem_type
  if (value.shape) {
    const shape = new ProtoWriter();
    for (const dimension of value.shape) shape.message(1, dimensionProto(dimension)); // dim
    tensorType.message(2, shape); // shape
  }
  return new ProtoWriter()
    .string(1, value.name) // name
    .message(2, new ProtoWriter().message(1, tensorType)); // type: tensor_type
}

function dimensionProto(dimension: Dimension): ProtoWriter {
  return typeof dimension === 'number'
    ? new ProtoWriter().integer(1, dimension) // dim_value
    : new ProtoWriter().string(2, dimension); // dim_param
}
