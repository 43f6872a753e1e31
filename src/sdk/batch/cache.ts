/** Scores by the bytes they are of, so that a second copy is not scored again. */
import { PREPROCESSING_VERSION } from '../../core/image/preprocess';
import type { Scores } from '../../core/policy/types';
import type { BatchModel } from './model';

export interface Kept {
  readonly scores: Scores;
  /** Of the item, and of the batch it came in: ids mean nothing in another. */
  readonly id: string;
  readonly batch: symbol;
}

/** What scores of a model depend on; undefined where that is not known. */
export function keyOf(sha256: string, flavour: BatchModel['flavour']): string | undefined {
  if (!sha256 || !flavour) return undefined;
  return [sha256, flavour.backend, flavour.precision, PREPROCESSING_VERSION].join(' ');
}

/** Least recently used goes first. An answer of a picture weighs 1; a text's words and parts add to it. */
export class ScoreCache {
  private readonly kept = new Map<string, Kept>();
  private weight = 0;

  /** At some 500 bytes each, the default is 5 MB. */
  constructor(private readonly capacity = 10_000) {}

  get(key: string | undefined): Kept | undefined {
    const found = key === undefined ? undefined : this.kept.get(key);
    if (!found) return undefined;
    this.kept.delete(key!);
    this.kept.set(key!, found);
    return found;
  }

  set(key: string | undefined, kept: Kept): void {
    if (key === undefined) return;
    this.delete(key);
    this.kept.set(key, kept);
    this.weight += weightOf(kept.scores);
    for (const oldest of this.kept.keys()) {
      if (this.weight <= this.capacity) break;
      this.delete(oldest);
    }
  }

  /** Scores that do not hold any more. */
  forget(withdrawn: ReadonlySet<Scores>): void {
    for (const [key, { scores }] of this.kept) if (withdrawn.has(scores)) this.delete(key);
  }

  private delete(key: string): void {
    const found = this.kept.get(key);
    if (!found) return;
    this.kept.delete(key);
    this.weight -= weightOf(found.scores);
  }
}

/** In steps of about 500 bytes. */
function weightOf({ contributions, hidden, coverage }: Scores): number {
  const more = (contributions?.length ?? 0) + (hidden?.length ?? 0) + (coverage.parts?.length ?? 0);
  return 1 + Math.floor(more / 4);
}
