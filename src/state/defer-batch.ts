/** A batch that can be filled and steered before Winnow is there to start it. */
import type { Batch, BatchOptions, Winnow } from '../sdk/types';

/** As `Winnow.batch`; what that throws is what `done` rejects with. */
export function deferBatch(get: () => Promise<Winnow>, options: BatchOptions): Batch {
  let batch: Batch | undefined;
  const waiting: ((batch: Batch) => void)[] = [];
  const started = get().then((winnow) => {
    batch = winnow.batch(options);
    for (const step of waiting.splice(0)) step(batch);
    return batch;
  });
  const step = (take: (batch: Batch) => void) => {
    if (batch) take(batch);
    else waiting.push(take);
  };
  return {
    add: (items) => step((it) => it.add(items)),
    end: () => step((it) => it.end()),
    next: (ids) => step((it) => it.next(ids)),
    pause: () => step((it) => it.pause()),
    resume: () => step((it) => it.resume()),
    cancel: () => step((it) => it.cancel()),
    done: started.then((it) => it.done),
  };
}
