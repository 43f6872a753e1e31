/** How often this page's graphics processor was lost: a second time within a minute, and it is left alone (W07). */

const WITHIN = 60_000;

export class GpuLosses {
  #epoch = 0;
  #last: number | undefined;
  #many = false;

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Models are to be opened on WASM from here on. */
  get tooMany(): boolean {
    return this.#many;
  }

  /** Losses so far: to be kept by whoever opens something on it. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Something that was opened in that epoch lost it. One loss takes it from every model at once, and each of them says so when
   * it is used next: those that were open before the last loss tell of that one.
   */
  note(epoch: number): void {
    if (epoch < this.#epoch) return;
    const at = this.now();
    if (this.#last !== undefined && at - this.#last <= WITHIN) this.#many = true;
    this.#last = at;
    this.#epoch += 1;
  }

  /** Somebody asked for it again, such as by measuring anew. */
  forget(): void {
    this.#last = undefined;
    this.#many = false;
  }
}
