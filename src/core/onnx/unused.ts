/** Tensors that a file carries and its network never reads. */
import type { OnnxModel } from './read';

/**
 * Initializers and constants that no node reads and that are no output, by name, in the file's order. ONNX Runtime drops
 * them with a warning, and exporters leave some behind, such as the float weights beside their 8-bit codes: no reason to
 * refuse a file, and worth saying, because they may as well mean that something was cut off.
 */
export function unusedTensors({ graph, weights }: OnnxModel): readonly string[] {
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  for (const { name } of graph.outputs) read.add(name);
  return [...graph.initializers.keys(), ...weights.keys()].filter((name) => !read.has(name));
}
