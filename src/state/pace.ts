/** How fast something goes and how long it still takes, from what was done at which time. */

/** Samples older than this no longer count: a pause or a faster phase shows soon. */
const WINDOW = 10_000;
/** No promise before this much time has passed. */
const PATIENCE = 3_000;

export class Pace {
  #samples: { readonly at: number; readonly done: number }[] = [];
  #started: number | undefined;

  /** `done` of `total` (bytes or items) at `at` (ms, any origin). A step back starts anew: another phase began. */
  add(done: number, at: number): void {
    const last = this.#samples.at(-1);
    if (last && done < last.done) {
      this.#samples = [];
      this.#started = undefined;
    }
    this.#started ??= at;
    this.#samples.push({ done, at });
    while (this.#samples.length > 2 && at - this.#samples[0]!.at > WINDOW) this.#samples.shift();
  }

  /** Per second; `undefined` while too little is known. */
  rate(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - this.#started! < PATIENCE || last.done <= first.done) return undefined;
    return ((last.done - first.done) / (last.at - first.at)) * 1000;
  }

  /** Seconds until `total`, in steps of 1 under 10, 5 under 60, then whole minutes; `undefined` while unknown. */
  secondsLeft(total: number): number | undefined {
    const rate = this.rate();
    const done = this.#samples.at(-1)?.done ?? 0;
    if (rate === undefined || total <= done) return undefined;
    const seconds = (total - done) / rate;
    const step = seconds < 10 ? 1 : seconds < 60 ? 5 : 60;
    return Math.ceil(seconds / step) * step;
  }
}
