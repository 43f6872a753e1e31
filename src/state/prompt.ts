/** The prompt lane: text, and what each chosen model says of it. */

import type { Scores } from '../core/policy';
import { FailedError, type SerializedError, toWinnowError } from '../sdk/errors';
import type { Winnow } from '../sdk/types';
import { failedScores, withdrawnScores } from './judging';
import { Store } from './store';

/** Milliseconds without a keystroke before a model of any size is asked: a fast typist's pause is longer. */
export const SETTLE = 150;
/** For models that answer within a keystroke: their bars move while somebody types. */
export const LIVE = 40;
/** Milliseconds of its last answer up to which a model counts as one of those. */
const QUICK = 30;

export interface PromptState {
  readonly text: string;
  /** By model id. Those of the text before stay until the new ones are there: nothing jumps to nothing. */
  readonly scores: Readonly<Record<string, Scores>>;
  /** Models whose scores are not yet those of `text`. */
  readonly pending: readonly string[];
  /** The text that `scores` belong to; offsets in contributions refer to it. */
  readonly scored: string;
}

const EMPTY: PromptState = { text: '', scores: Object.create(null), pending: [], scored: '' };

export class Prompt {
  readonly store = new Store<PromptState>(EMPTY);
  #timers: ReturnType<typeof setTimeout>[] = [];
  #run: AbortController | undefined;

  constructor(
    readonly winnow: Pick<Winnow, 'classifyText'>,
    /** Ids of the models to ask, at the time of asking. */
    readonly models: () => readonly string[],
    readonly waits = { settle: SETTLE, live: LIVE },
  ) {}

  /**
   * Takes the text at once and withdraws whatever was being asked. Models that are known to be quick are asked almost at
   * once, the others when the text has settled.
   */
  write(text: string): void {
    if (text === this.store.get().text) return;
    this.#withdraw();
    if (text === '') {
      this.store.set(EMPTY);
      return;
    }
    const models = this.models();
    this.store.update((state) => ({ ...state, text, pending: models }));
    const { scores } = this.store.get();
    const quick = models.filter((id) => isQuick(scores[id]));
    const slow = models.filter((id) => !quick.includes(id));
    const run = new AbortController();
    this.#run = run;
    const later = (wait: number, ids: readonly string[]) => {
      if (ids.length > 0) this.#timers.push(setTimeout(() => void this.#askAll(ids, text, run), wait));
    };
    later(this.waits.live, quick);
    later(this.waits.settle, slow);
  }

  /** Scores the text as it stands now, for instance after another model was put on the bench. */
  async score(): Promise<void> {
    this.#withdraw();
    const { text } = this.store.get();
    const models = this.models();
    this.store.update((state) => ({ ...state, scores: only(state.scores, models), pending: models }));
    if (text === '') {
      this.store.set(EMPTY);
      return;
    }
    const run = new AbortController();
    this.#run = run;
    await this.#askAll(models, text, run);
  }

  /** What was said of the text does not hold: it needs review, or another run. Returns whether anything was. */
  withdraw(withdrawn: ReadonlySet<Scores>, reason: SerializedError): boolean {
    const { scores } = this.store.get();
    const gone = Object.entries(scores).filter(([, each]) => withdrawn.has(each));
    if (gone.length === 0) return false;
    const now = gone.map(([model, each]) => [model, withdrawnScores(each, reason)] as const);
    this.store.update((state) => ({ ...state, scores: { ...state.scores, ...Object.fromEntries(now) } }));
    return true;
  }

  dispose(): void {
    this.#withdraw();
  }

  #withdraw(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    this.#run?.abort();
    this.#run = undefined;
  }

  async #askAll(models: readonly string[], text: string, run: AbortController): Promise<void> {
    await Promise.all(models.map((model) => this.#ask(model, text, run)));
  }

  async #ask(model: string, text: string, run: AbortController): Promise<void> {
    let scores: Scores;
    try {
      scores = await this.winnow.classifyText(text, { model, signal: run.signal });
    } catch (thrown) {
      const error = toWinnowError(thrown);
      if (run.signal.aborted) return;
      scores = failedScores(model, error.kind === 'cancelled' ? gone(error) : error);
    }
    // A reply may still arrive after its run was withdrawn: it belongs to another text.
    if (this.#run !== run) return;
    this.store.update((state) => ({
      ...state,
      scored: text,
      scores: { ...state.scores, [model]: scores },
      pending: state.pending.filter((id) => id !== model),
    }));
  }
}

/** Not withdrawn by anybody here: the model was removed, or everything is ending. It is not to stay pending for ever. */
function gone(cause: unknown): FailedError {
  const message = 'The model was closed before this was scored. Score it again.';
  return new FailedError('internal', message, {}, { cause });
}

function isQuick(scores: Scores | undefined): boolean {
  return scores?.status === 'scored' && scores.milliseconds <= QUICK;
}

function only(scores: PromptState['scores'], models: readonly string[]): PromptState['scores'] {
  return Object.fromEntries(Object.entries(scores).filter(([id]) => models.includes(id)));
}
