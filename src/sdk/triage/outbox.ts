/** Items and scores on their way to disk: gathered, so that each result is not a transaction of its own, and tried until they are there. */
import type { Item, ItemScores } from '../../core/triage/types';
import type { Page } from '../../rpc/journal';

/** Milliseconds in which they are gathered. */
const GATHER = 400;
/** Milliseconds after a failure, the last of them for every further one (S16). */
const AGAIN = [2_000, 5_000, 10_000] as const;

export class Outbox {
  #items: Item[] = [];
  #scores: ItemScores[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #closed = false;

  /** `send`, when it is time: whoever owns this writes what `take` gives. */
  constructor(private readonly send: () => Promise<void>) {}

  put(items: readonly Item[], scores: readonly ItemScores[]): void {
    this.#items.push(...items);
    this.#scores.push(...scores);
    this.#later(GATHER);
  }

  /** Runs `write` with all there is; what it could not write waits for the next time. Rejects as it does. */
  async empty(write: (page: Page) => Promise<void>): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [items, scores] = [this.#items, this.#scores];
    if (items.length + scores.length === 0) return;
    [this.#items, this.#scores] = [[], []];
    try {
      await write({ items, scores });
      this.#failures = 0;
    } catch (thrown) {
      // What came meanwhile is newer, so it goes behind.
      [this.#items, this.#scores] = [items.concat(this.#items), scores.concat(this.#scores)];
      this.again();
      throw thrown;
    }
  }

  /** Something could not be written: it is tried once more, later and later. */
  again(): void {
    const wait = AGAIN[Math.min(this.#failures, AGAIN.length - 1)]!;
    this.#failures += 1;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#later(wait);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #later(milliseconds: number): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.send().catch(() => {});
    }, milliseconds);
  }
}
