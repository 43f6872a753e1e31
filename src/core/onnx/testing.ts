/** For tests: ONNX files put together field by field, whole or broken on purpose. */
import { bytesOf } from '../tensor';
import { ProtoWriter } from './proto';

export const message = () => new ProtoWriter();
export const opset = (version = 17, domain = '') => message().string(1, domain).integer(2, version);
/** `type` is a number of onnx.proto's DataType: 1 is float32. */
export const tensor = (name: string, dims: readonly number[], type = 1) => {
  const out = message();
  for (const size of dims) out.integer(1, size);
  return out.integer(2, type).string(8, name);
};
export const floats = (...values: number[]) => bytesOf(Float32Array.from(values));
export const value = (name: string, type = 1) =>
  message()
    .string(1, name)
    .message(2, message().message(1, message().integer(1, type)));
export const node = (op: string, inputs: readonly string[], outputs: readonly string[], domain = '') => {
  const out = message();
  for (const input of inputs) out.string(1, input);
  for (const output of outputs) out.string(2, output);
  return out.string(4, op).string(7, domain);
};

/** A file around a graph: by default y = relu(x + w). */
export interface Pieces {
  version?: number;
  nodes?: readonly ProtoWriter[];
  tensors?: readonly ProtoWriter[];
  /** More fields of the graph, and of the model. */
  graph?: (g: ProtoWriter) => void;
  model?: (m: ProtoWriter) => void;
  opsets?: readonly ProtoWriter[];
  outputs?: readonly ProtoWriter[];
}
export const W = tensor('w', [2]).bytes(9, floats(1, 2));
export const NODES = [node('Add', ['x', 'w'], ['s']), node('Relu', ['s'], ['y'])];

export function file(pieces: Pieces = {}): Uint8Array {
  const g = message();
  for (const one of pieces.nodes ?? NODES) g.message(1, one);
  g.string(2, 'g');
  for (const one of pieces.tensors ?? [W]) g.message(5, one);
  g.message(11, value('x'));
  for (const one of pieces.outputs ?? [value('y')]) g.message(12, one);
  pieces.graph?.(g);
  const m = message()
    .integer(1, pieces.version ?? 8)
    .string(2, 'test')
    .message(7, g);
  for (const one of pieces.opsets ?? [opset()]) m.message(8, one);
  pieces.model?.(m);
  return m.finish();
}
