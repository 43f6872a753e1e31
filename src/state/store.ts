/** A value that screens can watch. No React here: `use.ts` is the only bridge to it. */
export interface Readable<T> {
  readonly get: () => T;
  /** Calls back after each change; returns the unsubscriber. */
  readonly subscribe: (listener: () => void) => () => void;
}

export class Store<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(initial: T) {
    this.#value = initial;
  }

  readonly get = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value));
  }
}

/**
 * Runs `flush` at most once per `milliseconds`, however often it is asked for: five hundred answers in a
 * second become thirty renderings, not five hundred.
 */
export class Coalesced {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly flush: () => void,
    readonly milliseconds: number,
  ) {}

  ask(): void {
    this.#timer ??= setTimeout(() => this.now(), this.milliseconds);
  }

  now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.flush();
  }

  /** In the next task: what was done in this one, and the flush, would keep a key waiting together. */
  soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now());
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
