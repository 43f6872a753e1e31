/** One item to a worker that has a model open, by what the item is. */
import type * as Comlink from 'comlink';
import type { Scores } from '../core/policy/types';
import type { InferenceContract, PreparedPicture } from '../rpc/contract';
import { handedOver } from './pixels';

export type Remote = Comlink.Remote<InferenceContract>;

/** The answer with the number it was asked under. A prepared picture's tensors go with it. */
export async function ask(
  remote: Remote,
  job: number,
  content: string | Blob | PreparedPicture,
  signal: AbortSignal | undefined,
): Promise<{ job: number; value: Scores }> {
  const answer = await (typeof content === 'string'
    ? remote.classifyText(job, content, signal)
    : content instanceof Blob
      ? remote.classifyImage(job, content, signal)
      : remote.classifyPixels(job, handedOver(content), signal));
  return { job: answer.job, value: answer.scores };
}

/** As a picture's scores are that went to the worker whole: without what batches sort and search by. */
export function withoutTraits({ phash: _, direction: __, ...scores }: Scores): Scores {
  return scores;
}
