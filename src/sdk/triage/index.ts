/** `winnow.runs`, and the arithmetic of triage for screens: verdicts of all items at once, orders, filters, stacks. */
import { FailedError } from '../../core/errors';
import type { RunHeader } from '../../core/triage/types';
import { Keeper } from './keeper';
import { OpenRun } from './run';
import type { Runs } from './types';

export { evidenceOf, keptScores } from '../../core/triage/evidence';
export { differs, errorsOf, filtered, formatView, parseView, scoreOf } from '../../core/triage/filters';
export { type Folded, folded, type Stack, turned } from '../../core/triage/fold';
export { HashList, HashListReader } from '../../core/triage/hash-list';
export { Near } from '../../core/triage/near';
export { nearest, SIMILAR_BITS, type Similar } from '../../core/triage/nearest';
export { disagreement, disagrees, ORDERS, sorted, uncertainty } from '../../core/triage/orders';
export { reportOf } from '../../core/triage/report';
export { agreement, inSecondPass } from '../../core/triage/sample';
export { Sieve } from '../../core/triage/sieve';
export { ALIKE_BITS, Stacks } from '../../core/triage/stacks';

/** Whoever closes Winnow, or clears everything, ends the worker as well. */
export interface RunsHost {
  readonly runs: Runs;
  release(): void;
  close(): void;
}

export function createRuns(options: {
  readonly url: string;
  readonly deadline: number;
  readonly idle: number;
}): RunsHost {
  const keeper = new Keeper(options);
  const runs: Runs = {
    list: () => keeper.run((remote) => remote.list()).catch((thrown) => unlessDenied(thrown, [])),
    create: async ({ name, models, thresholds, settings }) => {
      const header: RunHeader = {
        ...{ v: 1, id: randomId(), name, createdAt: new Date().toISOString() },
        ...{ models, thresholds, settings },
      };
      const kept = await keeper
        .run((remote) => remote.create(header))
        .then(() => true)
        .catch((thrown) => unlessDenied(thrown, false));
      if (kept) keeper.news('list', header.id);
      return OpenRun.fresh(keeper, header, kept);
    },
    open: async (id, given) => OpenRun.read(keeper, await keeper.run((remote) => remote.info(id)), given),
    remove: async (id) => {
      await keeper.run((remote) => remote.remove(id));
      keeper.news('list', id);
    },
    import: async (file, { signal, onProgress } = {}) => {
      const info = await keeper.import(file, (done, total) => onProgress?.(done / total), signal);
      keeper.news('list', info.id);
      return info;
    },
    onChange: (listener) => keeper.onChange(listener),
  };
  return { runs, release: () => keeper.release(), close: () => keeper.close() };
}

/** S11: what there is instead where the browser keeps nothing; other failures are for whoever asked. */
function unlessDenied<T>(thrown: unknown, instead: T): T {
  if (thrown instanceof FailedError && thrown.code === 'storage-unavailable') return instead;
  throw thrown;
}

/** 128 bits, hex. */
const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
