/** What is dropped before Winnow is there to read it. */
import { handlesOf, seize } from '../sdk/input-sources';
import type { GatherInput, Gathering, GatherOptions } from '../sdk/input-types';
import type { Winnow } from '../sdk/types';

/** As `Winnow.gather`. The drop is seized now: once its event is over, nothing is left of it. */
export function deferGather(
  get: () => Promise<Winnow>,
  input: GatherInput,
  options?: GatherOptions,
): Gathering {
  const seized = seize(input);
  const gathering = () => get().then((winnow) => winnow.gather(seized, options));
  return {
    handles: handlesOf(seized),
    async *[Symbol.asyncIterator]() {
      yield* await gathering();
    },
  };
}
