/** The first layers of a written network as a graph of their own, on the same weights. */
import { beginningOf } from '../../core/onnx/beginning';
import { readKeptGraph } from '../../core/onnx/outside';
import { writeModel } from '../../core/onnx/write';
import type { Beginning } from '../store/manifest';
import type { StoredModel } from '../store/stored';

/** Of a dimension that is open: pictures, and words of a text. */
const OPEN = { first: 1, others: 8 } as const;

/** Undefined where the network has no such beginning. */
export async function makeBeginning(stored: StoredModel): Promise<Beginning | undefined> {
  const layout = stored.manifest.layouts.network;
  if (!layout) return undefined;
  const graph = beginningOf(await readKeptGraph(await stored.bytes('network.graph'), layout.seenBytes));
  const [input] = graph?.inputs ?? [];
  if (!graph || !input?.shape) return undefined;
  const dims = input.shape.map((size, at) =>
    typeof size === 'number' ? size : at === 0 ? OPEN.first : OPEN.others,
  );
  return { graph: writeModel(graph), input: input.name, dims };
}
