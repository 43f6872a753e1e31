/** Who may use a worker, and with how many others at the same time. */

interface Waiting {
  readonly weight: number;
  readonly enter: () => void;
}

/** A first-come-first-served semaphore of `size` permits. */
export class Lanes {
  private free: number;
  private queue: Waiting[] = [];

  constructor(readonly size: number) {
    this.free = size;
  }

  /**
   * Resolves once `weight` permits are free, with the function that gives them back. Nobody overtakes, except
   * by `urgent`, which waits for nobody but those inside.
   */
  enter(weight = 1, urgent = false): Promise<() => void> {
    return new Promise((resolve) => {
      const enter = () => {
        let left = false;
        resolve(() => {
          if (left) return;
          left = true;
          this.free += weight;
          this.admit();
        });
      };
      if (urgent) this.queue.unshift({ weight, enter });
      else this.queue.push({ weight, enter });
      this.admit();
    });
  }

  /** Takes permits at once for whoever is inside, though there be none: others wait until they are given back. */
  take(weight: number): () => void {
    this.free -= weight;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.free += weight;
      this.admit();
    };
  }

  private admit(): void {
    for (let next = this.queue[0]; next && next.weight <= this.free; next = this.queue[0]) {
      this.queue.shift();
      this.free -= next.weight;
      next.enter();
    }
  }
}
