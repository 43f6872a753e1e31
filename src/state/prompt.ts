/** The prompt lane: text, and what each chosen model says of it. */

import type { Scores } from '../core/policy';
import { toWinnowError } from '../sdk/errors';
import type { Winnow } from '../sdk/types';
import { failedScores } from './judging';
import { Store } from './store';

/** Long enough to skip most keystrokes of a fast typist, short enough to feel live. */
export const DEBOUNCE = 120;

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
  #timer: ReturnType<typeof setTimeout> | undefined;
  #run: AbortController | undefined;

  constructor(
    readonly winnow: Pick<Winnow, 'classifyText'>,
    /** Ids of the models to ask, at the time of asking. */
    readonly models: () => readonly string[],
    readonly debounce = DEBOUNCE,
  ) {}

  /** Takes the text at once and asks for scores a moment later; whatever was being asked is withdrawn. */
  write(text: string): void {
    if (text === this.store.get().text) return;
    this.#withdraw();
    if (text === '') {
      this.store.set(EMPTY);
      return;
    }
    this.store.update((state) => ({ ...state, text, pending: this.models() }));
    this.#timer = setTimeout(() => void this.score(), this.debounce);
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
    await Promise.all(models.map((model) => this.#ask(model, text, run)));
    if (this.#run === run) this.#run = undefined;
  }

  dispose(): void {
    this.#withdraw();
  }

  #withdraw(): void {
    clearTimeout(this.#timer);
    this.#run?.abort();
    this.#run = undefined;
  }

  async #ask(model: string, text: string, run: AbortController): Promise<void> {
    let scores: Scores;
    try {
      scores = await this.winnow.classifyText(text, { model, signal: run.signal });
    } catch (thrown) {
      const error = toWinnowError(thrown);
      // `closed`: the instance is ending; there is nobody left to tell.
      if (error.kind === 'cancelled') return;
      scores = failedScores(model, error);
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

function only(scores: PromptState['scores'], models: readonly string[]): PromptState['scores'] {
  return Object.fromEntries(Object.entries(scores).filter(([id]) => models.includes(id)));
}
