/** What a batch needs of a model. */
import type { ModelCard } from '../../catalog/card';
import type { Backend, Precision, Scores } from '../../core/policy/types';
import type { ScoreCache } from './cache';

export interface Asked {
  /** Withdraws it at once. */
  readonly signal: AbortSignal;
  /** Withdraws it as long as the network has not begun with it. */
  readonly until: AbortSignal;
  /** Of the item's bytes: what its scores are told apart by, should they be withdrawn. Empty where it is not known. */
  readonly sha256?: string;
  /** Without the hash and the direction that sort and search pictures: `Scores.phash`, `Scores.direction`. */
  readonly bare?: boolean;
  /** Told what the item's input tensors turned out to take while they wait, in bytes. */
  readonly took?: (bytes: number) => void;
}

export interface BatchModel {
  readonly card: ModelCard;
  /** Items on their way at a time that keep it busy. */
  readonly appetite: number;
  /** Bytes of an item's input tensor while it waits. */
  readonly inputBytes: number;
  /** What it runs on; undefined before it was opened for the first time. */
  readonly flavour: { readonly backend: Backend; readonly precision: Precision } | undefined;
  /** Of this model as it is installed now. */
  readonly cache: ScoreCache;
  /** Never rejects but with CancelledError: what could not be scored says so. */
  score(content: Blob | string, asked: Asked): Promise<Scores>;
}
