/** How far a batch is, and how fast. */
import { Rate } from './rate';
import type { BatchProgress, BatchSummary } from './types';

/** Between two reports of progress. */
const PACE = 100;

export class Tally {
  private readonly began = performance.now();
  private readonly rate = new Rate(this.began);
  private done = 0;
  private total = 0;
  private failed = 0;
  private told = Number.NEGATIVE_INFINITY;

  constructor(private readonly onProgress: ((progress: BatchProgress) => void) | undefined) {}

  added(items: number): void {
    this.total += items;
  }

  settled(failed: boolean): void {
    this.done += 1;
    if (failed) this.failed += 1;
    if (performance.now() - this.told >= PACE) this.tell();
  }

  /** An item that was done has to be scored anew. */
  reopened(): void {
    this.done -= 1;
  }

  pause(): void {
    this.rate.pause(performance.now());
  }

  resume(): void {
    this.rate.resume(performance.now());
  }

  summary(cancelled: boolean): BatchSummary {
    this.tell();
    const { done, total, failed } = this;
    return { done, total, failed, cancelled, milliseconds: performance.now() - this.began };
  }

  private tell(): void {
    this.told = performance.now();
    const { done, total, failed } = this;
    const perSecond = this.rate.at(this.told, done);
    const secondsLeft = perSecond > 0 ? { secondsLeft: (total - done) / perSecond } : {};
    try {
      this.onProgress?.({ done, total, failed, perSecond, ...secondsLeft });
    } catch (error) {
      reportError(error);
    }
  }
}
