/** How fast it goes, of late. */

/** How far back, and how often a point is taken. */
const WINDOW = 10_000;
const STEP = 100;
/** A rate over less than this would be a guess. */
const LEAST = 500;

interface Point {
  readonly at: number;
  readonly done: number;
}

/** Times are milliseconds of any clock. Pauses do not count. */
export class Rate {
  private points: Point[] = [];
  private skipped = 0;
  private pausedAt: number | undefined;

  constructor(now: number) {
    this.points.push({ at: now, done: 0 });
  }

  pause(now: number): void {
    this.pausedAt ??= now;
  }

  resume(now: number): void {
    if (this.pausedAt === undefined) return;
    this.skipped += now - this.pausedAt;
    this.pausedAt = undefined;
  }

  /** Items a second; 0 while unknown. */
  at(now: number, done: number): number {
    const at = (this.pausedAt ?? now) - this.skipped;
    const last = this.points.at(-1)!;
    if (at - last.at >= STEP) this.points.push({ at, done });
    while (this.points.length > 2 && this.points[1]!.at <= at - WINDOW) this.points.shift();
    const [first] = this.points;
    const span = at - first!.at;
    return span < LEAST ? 0 : Math.max(0, (1000 * (done - first!.done)) / span);
  }
}
