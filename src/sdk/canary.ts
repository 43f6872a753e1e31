/** Every so many items a worker answers a known question again: what it said since the last good answer stands or falls with it. */
import { type ErrorCode, FailedError, toWinnowError, type WinnowError } from '../core/errors';
import type { Scores } from '../core/policy/types';
import type { OpenedModel } from '../rpc/contract';
import type { WithdrawnScores } from './on-machine';

/** Items of one worker between two checks. */
export const EVERY = 200;

export interface CanaryOptions {
  /** The model's name, for messages. */
  readonly name: string;
  readonly every?: number | undefined;
  /** A worker gave wrong answers: sees to it that the next one does better. The worker ends after. */
  readonly wrong: (error: WinnowError) => Promise<void>;
  /** A worker answered as it should. */
  readonly right?: () => void;
  /** Tells whoever got these scores that they do not hold. */
  readonly withdraw: (of: readonly WithdrawnScores[], error: FailedError) => void;
}

interface Remote {
  canary(): Promise<unknown>;
}

/** What one worker has said since its last good check, and the check under way. */
interface Watch {
  since: WithdrawnScores[];
  /** What else it answered since: embeddings, and items that it could not score. */
  others: number;
  /** It gave numbers that are no scores, and turned out to be right: the items are odd, not the worker. */
  odd?: boolean;
  /** It is to be checked as soon as it has answered something. */
  due?: boolean;
  check?: Promise<void> | undefined;
  /** Why it is not believed any more. */
  out?: WinnowError;
}

/** Answers that are wrong. Anything else says that it could not be asked, and nothing of what it said. */
const WRONG: readonly ErrorCode[] = ['self-test-failed', 'invalid-output'];
/** Numbers that are no scores: odd of the item, or of the worker. */
const isOdd = (code: ErrorCode | undefined): boolean => code !== undefined && WRONG.includes(code);
/** Gone, or ended by somebody: whoever supervises it knows what to do about that. */
const GONE: readonly ErrorCode[] = ['worker-died', 'timeout', 'gpu-lost', 'gpu-unavailable'];

export class Canary {
  readonly #watches = new WeakMap<object, Watch>();

  constructor(private readonly options: CanaryOptions) {}

  /** Asks a worker at once that was opened without: what it answers meanwhile waits for what comes of it. */
  doubt(remote: Remote): void {
    const watch = this.#watch(remote);
    watch.check ??= this.#check(remote, watch);
    // Nobody may be waiting yet: who comes later hears of it.
    watch.check.catch(() => {});
  }

  /**
   * A worker whose model was not checked now, as `OpenedModel.unchecked` says. `beyond the beginning`: it is asked behind its
   * first answer, which is handed out at once and withdrawn if the check fails.
   */
  opened(remote: Remote, unchecked: NonNullable<OpenedModel['unchecked']>): void {
    if (unchecked === 'at all') this.doubt(remote);
    else this.#watch(remote).due = true;
  }

  /** Asks it now, where that is still to be done: nobody waits for an answer, or one could not be taken back. */
  doubtIfDue(remote: Remote): void {
    if (this.#watch(remote).due) this.doubt(remote);
  }

  /**
   * To be waited for before an answer is handed out that cannot be taken back, which counts as one. Resolves when that worker is not
   * in doubt, as far as it is known by now. Rejects as `answered` does. `code`: why there is no answer.
   */
  async assured(remote: Remote, code?: ErrorCode): Promise<void> {
    this.doubtIfDue(remote);
    const watch = this.#watch(remote);
    if (watch.out) throw watch.out;
    await this.#counted(remote, watch, isOdd(code) && !watch.odd);
  }

  /**
   * To be waited for before scores of that worker are handed out. Rejects with FailedError('worker-died') when the worker
   * turned out wrong: these scores count as never given, and the item is scored again by another. `sha256`: of the item's
   * bytes, where they are known.
   */
  async answered(remote: Remote, scores: Scores, sha256 = ''): Promise<void> {
    const watch = this.#watch(remote);
    if (watch.out) throw watch.out;
    // What was not scored is nobody's to trust. Numbers that are no scores may be the worker's fault, and then others' are, too.
    if (isOdd(scores.code)) return this.#counted(remote, watch, !watch.odd);
    if (scores.status !== 'scored') return;
    const { model, backend } = scores;
    const given = () => ({ model, backend, sha256, at: Date.now(), scores });
    if (watch.due) {
      watch.since.push(given());
      return this.doubt(remote);
    }
    if (!watch.check && this.#isTime(watch)) {
      watch.check = this.#check(remote, watch);
      return watch.check;
    }
    // Whoever answers while it is checked waits for what comes of it, and counts from it on.
    await watch.check;
    watch.since.push(given());
  }

  #isTime({ since, others }: Watch): boolean {
    return since.length + others + 1 >= (this.options.every ?? EVERY);
  }

  /** One more that there is nothing to withdraw of. `now`: a check is due, however few there were. */
  async #counted(remote: Remote, watch: Watch, now = false): Promise<void> {
    if (!watch.check && (now || this.#isTime(watch))) watch.check = this.#check(remote, watch);
    else watch.others += 1;
    await watch.check;
    if (now) watch.odd = true;
  }

  #watch(remote: object): Watch {
    const found = this.#watches.get(remote) ?? { since: [], others: 0 };
    this.#watches.set(remote, found);
    return found;
  }

  async #check(remote: Remote, watch: Watch): Promise<void> {
    watch.due = false;
    try {
      await asked(remote);
      watch.since = [];
      watch.others = 0;
      this.options.right?.();
    } catch (thrown) {
      const cause = toWinnowError(thrown);
      watch.out = GONE.includes(cause.code) || cause.kind === 'cancelled' ? cause : ended(cause);
      if (WRONG.includes(cause.code)) await this.#wrong(watch, cause);
      throw watch.out;
    } finally {
      watch.check = undefined;
    }
  }

  async #wrong(watch: Watch, cause: WinnowError): Promise<void> {
    const { name, wrong, withdraw } = this.options;
    const { since } = watch;
    watch.since = [];
    const why = `${name} answered wrongly in a check between items. What it scored since the check before does not count. Score it again.`;
    if (since.length > 0) withdraw(since, new FailedError('self-test-failed', why, cause.data, { cause }));
    await wrong(cause);
  }
}

/** Once more where it stopped: a run that is withdrawn beside it may stop it, too. */
async function asked(remote: Remote): Promise<void> {
  await remote.canary().catch((thrown: unknown) => {
    if (toWinnowError(thrown).code !== 'inference-failed') throw thrown;
    return remote.canary();
  });
}

/** Another worker is to be asked in its place. */
function ended(cause: WinnowError): FailedError {
  const what = WRONG.includes(cause.code) ? 'gave wrong answers' : 'could not be checked';
  return new FailedError('worker-died', `The part that scores ${what}.`, {}, { cause });
}
