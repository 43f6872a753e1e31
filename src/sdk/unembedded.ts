/** An embedding that there is none of, and why. */
import type { ModelCard } from '../catalog/card';
import type { WinnowError } from '../core/errors';
import type { Embedding, OpenedModel } from '../rpc/contract';

/** `opened`: what the model ran on, where it was opened. */
export function unembedded(
  { id, embedding }: ModelCard,
  error: WinnowError,
  milliseconds: number,
  opened: OpenedModel | undefined,
): Embedding {
  return {
    status: error.kind === 'unsupported' ? 'unsupported' : 'error',
    ...{ model: id, values: new Float32Array(0), normalised: embedding?.normalised ?? false },
    ...{ backend: opened?.backend ?? 'wasm', precision: opened?.precision ?? 'exact' },
    ...{ milliseconds, code: error.code, reason: error.message },
  };
}
