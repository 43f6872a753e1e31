/** A graph of ours read back from the bytes it was kept as, with its weights left where they lie. */
import { memorySource } from '../checkpoint/source';
import { readTensor } from '../checkpoint/stored';
import { WEIGHTS } from '../prepare/plan';
import type { Graph, Initializer } from './graph';
import { readOnnx } from './read';

/** `seenBytes`: of the file of weights that it refers to, absent where it has none. Throws as `readOnnx` does. */
export async function readKeptGraph(bytes: Uint8Array, seenBytes?: number): Promise<Graph> {
  // As many bytes as it says it has, none of which is read: only where they lie is wanted.
  const outside = seenBytes !== undefined && {
    name: WEIGHTS,
    size: seenBytes,
    read: () => Promise.reject(new Error('Weights are not read here.')),
  };
  const file = memorySource('network.onnx', bytes);
  const model = await readOnnx(file, undefined, new Map(outside ? [[WEIGHTS, outside]] : []));
  const initializers = new Map<string, Initializer>(model.graph.initializers);
  for (const [name, tensor] of model.weights) {
    const { dtype, shape, source, start, end } = tensor;
    if (source !== outside) initializers.set(name, await readTensor(tensor));
    else
      initializers.set(name, {
        ...{ dtype, shape },
        external: { location: WEIGHTS, offset: start, length: end - start },
      });
  }
  return { ...model.graph, initializers };
}
