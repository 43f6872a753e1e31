/** A batch: many items through one or more models, at the machine's own pace. */
import type { Scores } from '../../core/policy/types';

export interface BatchOptions {
  /** Ids. An item goes to the models that read its kind; each of them answers it once. */
  readonly models: readonly string[];
  /** Cancels the batch, as `cancel` does. */
  readonly signal?: AbortSignal;
  /** Bytes read ahead at a time, input tensors included. Default 64 MB; one item may always be on its way. */
  readonly budget?: number;
  readonly onResult: (result: BatchResult) => void;
  /** Ten times a second at most, and once at the end. */
  readonly onProgress?: (progress: BatchProgress) => void;
}

export interface BatchItem {
  /** The caller's own; one of a kind among the items that wait. */
  readonly id: string;
  /** A function is called when it is the item's turn; what it rejects with becomes the item's error. */
  readonly content: Blob | string | (() => Promise<Blob | string>);
  /**
   * Of what a function will give, as far as it is known (`GatheredItem.bytes`): as many are made room for before it is called.
   * Default 1 MB.
   */
  readonly bytes?: number;
}

/**
 * What one model says of one item. Failures are results too: `scores.status` says so. Should scores be withdrawn later
 * (`Winnow.onWithdrawn`), a second result replaces the first at once: an error, code `self-test-failed`. While the batch is
 * open the item is then scored anew, and a third replaces that one; once it is over, scoring it again is the caller's.
 */
export interface BatchResult {
  readonly id: string;
  readonly model: string;
  /** Of the bytes as read (of a text: as UTF-8), hex, lower case; '' when they could not be read. */
  readonly sha256: string;
  readonly bytes: number;
  readonly scores: Scores;
  /** The item of this batch with the same bytes whose scores these are: the very same object. */
  readonly again?: string;
}

export interface BatchProgress {
  /** Items that every model answered, of those that were added. */
  readonly done: number;
  readonly total: number;
  /** Of `done`: with an answer that is not scores. */
  readonly failed: number;
  /** Items a second, of the last ten seconds in which it was not paused; 0 until that is known. */
  readonly perSecond: number;
  readonly secondsLeft?: number;
}

export interface BatchSummary {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly cancelled: boolean;
  /** Since it was started, pauses included. */
  readonly milliseconds: number;
}

export interface Batch {
  /** Throws InvalidError('invalid-input') for an id that is still waiting or under way, and after `end`. */
  add(items: readonly BatchItem[]): void;
  /** No more will be added: `done` resolves with the last result. */
  end(): void;
  /** These go first, in this order. What is unknown, under way or done is passed over. */
  next(ids: readonly string[]): void;
  /** Starts nothing more. What a model computes at that moment still comes; the rest goes back to the front. */
  pause(): void;
  resume(): void;
  /**
   * Nothing more is scored, and what is under way gives no result. Those that came stay right, or are withdrawn as above.
   * Of a batch that is over: it tells nothing any more, withdrawn scores neither.
   */
  cancel(): void;
  /** Rejects only where a batch that was asked for before Winnow was there could not be started. */
  readonly done: Promise<BatchSummary>;
}
