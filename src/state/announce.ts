/** What a screen reader is told: progress seldom, errors once. */
import { Store } from './store';

/** WCAG 4.1.3 as the design reads it: at most one polite message in five seconds. */
export const QUIET = 5_000;

export class Announcer {
  readonly polite = new Store('');
  readonly assertive = new Store('');
  #waiting: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #said = new Set<string>();

  constructor(readonly quiet = QUIET) {}

  /** The latest message wins; earlier ones that are still waiting are dropped, being out of date. */
  say(message: string): void {
    if (this.#timer !== undefined) {
      this.#waiting = message;
      return;
    }
    this.polite.set(message);
    this.#timer = setTimeout(() => this.#next(), this.quiet);
  }

  /** Interrupts, once per message: the same error of two hundred files is one interruption. */
  alarm(message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.assertive.set(message);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  #next(): void {
    this.#timer = undefined;
    const message = this.#waiting;
    this.#waiting = undefined;
    if (message !== undefined) this.say(message);
  }
}
