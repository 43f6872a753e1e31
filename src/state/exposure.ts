/** Seconds that pictures were in clear view: for the person at the screen, in memory, never exported. */
import { Store } from './store';

export class Exposure {
  readonly seconds = new Store(0);
  readonly reveals = new Store(0);
  #since: number | undefined;

  /** `now` in milliseconds, from any steady clock. */
  constructor(readonly now: () => number) {}

  shown(): void {
    if (this.#since !== undefined) return;
    this.#since = this.now();
    this.reveals.update((count) => count + 1);
  }

  hidden(): void {
    if (this.#since === undefined) return;
    const seconds = (this.now() - this.#since) / 1000;
    this.#since = undefined;
    this.seconds.update((total) => total + seconds);
  }
}
