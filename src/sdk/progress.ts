/** One account of an installation's progress: download, prepare, check; never backwards, ten times a second at most. */
import type { OnProgress, Progress } from '../rpc/contract';

/** So that the last word of each phase, which does not wait, still fits into ten a second. */
const PACE_MS = 150;

export class InstallProgress {
  #shown: Progress | undefined;
  #waiting: Progress | undefined;
  #at = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The furthest that each phase has been. */
  readonly #furthest = new Map<Progress['phase'], { done: number; total: number }>();

  constructor(private readonly listener: OnProgress | undefined) {}

  /** Bytes of a phase; `total` is 0 while it is not known, or as before. */
  readonly tell = (next: Progress): void => {
    const before = this.#furthest.get(next.phase);
    const total = next.total || (before?.total ?? 0);
    const done = Math.max(next.done, before?.done ?? 0);
    this.#furthest.set(next.phase, { done, total });
    // A phase's last word would otherwise be lost to the first of the next.
    if (this.#waiting && this.#waiting.phase !== next.phase) this.#send();
    this.#waiting = { ...next, total, done: total > 0 ? Math.min(done, total) : done };
    const wait = this.#at + PACE_MS - performance.now();
    if (wait <= 0) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), wait);
  };

  /** Says what waits to be said. */
  finish(): void {
    this.#send();
  }

  /** Nothing is said any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const next = this.#waiting;
    this.#waiting = undefined;
    if (!next || same(next, this.#shown)) return;
    this.#shown = next;
    this.#at = performance.now();
    this.listener?.(next);
  }
}

const same = (a: Progress, b: Progress | undefined): boolean =>
  a.phase === b?.phase && a.done === b.done && a.total === b.total && a.state === b.state;
