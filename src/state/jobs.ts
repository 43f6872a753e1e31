/** Work on items by id: at most so many at once, the wanted one first, any of it withdrawn by id. */

interface Job {
  readonly item: string;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

export class Jobs {
  #waiting: Job[] = [];
  readonly #running = new Map<Job, AbortController>();
  /** Id of the item that goes first. */
  preferred: string | undefined;

  constructor(readonly limit: number) {}

  /** `run` must settle its own errors: a rejection would have nobody to hear it. */
  add(item: string, run: Job['run']): void {
    this.#waiting.push({ item, run });
    this.#pump();
  }

  /** Withdraws what waits and aborts what runs for an item; without an item, everything. */
  cancel(item?: string): void {
    this.#waiting = item === undefined ? [] : this.#waiting.filter((job) => job.item !== item);
    for (const [job, controller] of this.#running)
      if (item === undefined || job.item === item) controller.abort();
  }

  /** Whether work for the item waits or runs, and has not been withdrawn. */
  has(item: string): boolean {
    if (this.#waiting.some((job) => job.item === item)) return true;
    for (const [job, { signal }] of this.#running) if (job.item === item && !signal.aborted) return true;
    return false;
  }

  /** Jobs that wait or run. */
  get size(): number {
    return this.#waiting.length + this.#running.size;
  }

  #pump(): void {
    while (this.#running.size < this.limit && this.#waiting.length > 0) {
      const wanted = this.#waiting.findIndex((job) => job.item === this.preferred);
      const [job] = this.#waiting.splice(Math.max(0, wanted), 1);
      void this.#start(job!);
    }
  }

  async #start(job: Job): Promise<void> {
    const controller = new AbortController();
    this.#running.set(job, controller);
    try {
      await job.run(controller.signal);
    } finally {
      this.#running.delete(job);
      this.#pump();
    }
  }
}
