/** One thing after the other, and whether it is saved. */
import { toWinnowError, type WinnowError } from '../../core/errors';
import type { Saving } from './types';

/** After this long a person is told that it is still going on (S16). */
const SLOW = 2_000;

/** What is saved: each fails, and is mended, by itself. */
export type SavedKind = 'records' | 'items' | 'now';

export class Saver {
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** Newest failures that nothing of their kind has mended since. */
  readonly #errors = new Map<SavedKind, WinnowError>();
  #slow = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<(saving: Saving) => void>();

  /** `kept`: whether what is saved is on disk, or in this tab only. */
  constructor(private readonly kept: () => boolean) {}

  get saving(): Saving {
    const waiting = this.#waiting;
    if (waiting > 0) return { state: this.#slow ? 'slow' : 'saving', waiting };
    const [error] = this.#errors.values();
    if (error) return { state: 'failed', waiting, error: error.serialize() };
    return { state: this.kept() ? 'saved' : 'memory', waiting };
  }

  /** Runs `work` when what came before is over, however that ended. */
  run<T>(kind: SavedKind, work: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    if (this.#waiting === 1) this.#watch();
    this.#tell();
    const ended = this.#queue.then(work).then(
      (answer) => {
        this.#over(kind, undefined);
        return answer;
      },
      (thrown: unknown) => {
        const error = toWinnowError(thrown);
        this.#over(kind, error);
        throw error;
      },
    );
    this.#queue = ended.catch(() => {});
    return ended;
  }

  /** The same without being counted as something to be saved. */
  quietly<T>(work: () => Promise<T>): Promise<T> {
    const ended = this.#queue.then(work);
    this.#queue = ended.catch(() => {});
    return ended;
  }

  onSaving(listener: (saving: Saving) => void): () => void {
    this.#listeners.add(listener);
    listener(this.saving);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    const { saving } = this;
    for (const listener of this.#listeners) listener(saving);
  }

  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#slow = true;
      this.#tell();
    }, SLOW);
  }

  #over(kind: SavedKind, error: WinnowError | undefined): void {
    this.#waiting -= 1;
    if (error) this.#errors.set(kind, error);
    else this.#errors.delete(kind);
    this.#slow = false;
    clearTimeout(this.#timer);
    if (this.#waiting > 0) this.#watch();
    this.#tell();
  }
}
