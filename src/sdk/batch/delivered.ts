/** Which items got which scores: those whose scores turn out not to hold are told, and scored anew. */
import type { Scores } from '../../core/policy/types';
import type { BatchItem } from './types';

/** An item that was answered, and what is known of its bytes. */
export interface DeliveredItem {
  readonly item: BatchItem;
  readonly sha256: string;
  readonly bytes: number;
}

export interface Delivery {
  readonly model: string;
  readonly scores: Scores;
  readonly items: DeliveredItem[];
}

/**
 * Whoever may still withdraw scores holds on to them; with the last who does, what is known of them here goes, too. Until then
 * none is forgotten, however many workers and models there are.
 */
export class Delivered {
  private readonly kept = new WeakMap<Scores, Delivery>();

  note(scores: Scores, model: string, item: DeliveredItem): void {
    const found = this.kept.get(scores);
    if (found) found.items.push(item);
    else this.kept.set(scores, { model, scores, items: [item] });
  }

  /** What was handed out of these, once. */
  take(scores: readonly Scores[]): readonly Delivery[] {
    return scores.flatMap((each) => {
      const found = this.kept.get(each);
      this.kept.delete(each);
      return found ?? [];
    });
  }
}
