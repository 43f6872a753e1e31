/** Embeddings of items, and scores of ready-made ones. */
import type { ErrorCode } from '../core/errors';
import type { Backend, Precision, Scores } from '../core/policy/types';

/** An item's embedding. `status` as in Scores; `values` is empty unless `embedded`. */
export interface Embedding {
  readonly status: 'embedded' | 'error' | 'unsupported';
  readonly model: string;
  /** Float32, as many as the card says. */
  readonly values: Float32Array;
  /** Of length 1. */
  readonly normalised: boolean;
  readonly backend: Backend;
  readonly precision: Precision;
  readonly milliseconds: number;
  readonly code?: ErrorCode;
  readonly reason?: string;
}

/** Ready-made embeddings: a `.npy` or safetensors file, or rows one after the other. */
export type EmbeddingRows = Blob | { readonly values: Float32Array; readonly width: number };

/** Scores of each row, in order. A row that is not finite is `status: 'error'`; the others go on. */
export interface EmbeddingScores {
  readonly rows: readonly Scores[];
  /** What was done to rows whose length was not 1, in words; absent when nothing was. */
  readonly note?: string;
}
