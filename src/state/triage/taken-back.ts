/**
 * W08: a worker may turn out wrong after the run that it scored for was closed. What was handed out is known by run and
 * item until then, so that the run is told where it lies, and says so when it is opened again.
 */
import type { Scores } from '../../core/policy';
import type { ItemScores, KeptScores } from '../../core/triage/types';
import type { SerializedError } from '../../sdk/errors';
import type { Run } from '../../sdk/triage/types';
import type { Winnow } from '../../sdk/types';

interface Delivery {
  /** The run as it was open then: a batch tells its own run by itself. */
  readonly by: object;
  readonly run: string;
  readonly items: Set<string>;
}

/** Of one run: items, each with scores that do not hold. */
export type TakenBack = ReadonlyMap<string, Scores>;

/** Which items of which runs got which scores. With whoever may still take scores back, what is known of them goes. */
export class HandedOut {
  readonly #kept = new WeakMap<Scores, Delivery[]>();

  note(scores: Scores, by: object, run: string, item: string): void {
    if (scores.status !== 'scored') return;
    const all = this.#kept.get(scores) ?? [];
    const own = all.find((one) => one.by === by);
    if (own) own.items.add(item);
    else all.push({ by, run, items: new Set([item]) });
    this.#kept.set(scores, all);
  }

  /** By run: what of these was given to runs that are closed by now, once. `open`: who is told by itself. */
  take(scores: readonly Scores[], open: object | undefined): ReadonlyMap<string, TakenBack> {
    const found = new Map<string, Map<string, Scores>>();
    for (const each of scores) {
      for (const { by, run, items } of this.#kept.get(each) ?? [])
        if (by !== open)
          for (const item of items) found.set(run, (found.get(run) ?? new Map()).set(item, each));
      this.#kept.delete(each);
    }
    return found;
  }
}

interface Opened {
  readonly run: Pick<Run, 'header'>;
  readonly inflow: { takeBack(back: TakenBack, reason: SerializedError): void };
}

/** Listens for scores that do not hold. The run that is open is told at once; one that is closed has it written into it. */
export class TakingBack {
  readonly handedOut = new HandedOut();
  /** Resolves when runs that are closed have been told. */
  #told: Promise<unknown> = Promise.resolve();
  readonly #unheed: (() => void) | undefined;

  constructor(
    private readonly winnow: Partial<Pick<Winnow, 'onWithdrawn'>> & Pick<Winnow, 'runs'>,
    open: () => Opened | undefined,
  ) {
    this.#unheed = winnow.onWithdrawn?.((scores, reason) => {
      const now = open();
      for (const [run, back] of this.handedOut.take(scores, now?.inflow))
        if (now?.run.header.id === run) now.inflow.takeBack(back, reason);
        else this.#told = this.#told.then(() => this.#write(run, back, reason));
    });
  }

  /** As `winnow.runs.open`, once it has been told what of it does not hold. */
  open(id: string): Promise<Run> {
    return this.#told.then(() => this.winnow.runs.open(id));
  }

  dispose(): void {
    this.#unheed?.();
  }

  async #write(id: string, back: TakenBack, reason: SerializedError): Promise<void> {
    try {
      const run = await this.winnow.runs.open(id);
      run.put([], takenBack(run, back, reason));
      await run.close();
    } catch {
      // It was deleted, or was in the memory of the tab alone.
    }
  }
}

/** As the run keeps it: counts as not scored, and why. What has other scores by now stays as it is. */
export function takenBack(
  run: Pick<Run, 'scores'>,
  back: TakenBack,
  { code, message }: Pick<SerializedError, 'code' | 'message'>,
): readonly ItemScores[] {
  return [...back].flatMap(([item, scores]) => {
    const kept = run.scores(item).find((one) => isOf(one, scores));
    if (!kept) return [];
    const coverage = { unit: 'whole', checked: 0, total: 1 } as const;
    const none = { status: 'error', probabilities: [], coverage } as const;
    return { item, scores: { ...kept, ...none, code, reason: message } };
  });
}

/** Kept scores are a copy; no two answers took the same time to the last bit and say the same. */
const isOf = (kept: KeptScores, { model, milliseconds, probabilities }: Scores): boolean =>
  kept.model === model &&
  kept.milliseconds === milliseconds &&
  kept.probabilities.length === probabilities.length &&
  kept.probabilities.every((value, at) => value === probabilities[at]);
