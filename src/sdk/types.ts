/** The public interface of Winnow's SDK. The app uses nothing else. */
import type { ModelCard } from '../catalog/card';
import type { SerializedError } from '../core/errors';
import type { Scores } from '../core/policy/types';
import type { CanvasCheck, OnProgress, OpenedModel, Preview } from '../rpc/contract';

export interface WinnowOptions {
  /** Where the build's `assets/` and `models/` lie. Default: beside the SDK's own file. */
  readonly base?: string | URL;
  /** Threads per model; default `min(4, cores / 2)` when the page is cross-origin isolated, otherwise 1. */
  readonly threads?: number;
  /** Milliseconds after which a job counts as hung and its worker is replaced. Default 60,000. */
  readonly deadline?: number;
  /** Milliseconds without work after which a model's worker ends and frees its memory. Default 300,000. */
  readonly idle?: number;
}

export interface ClassifyOptions {
  /** Model id. */
  readonly model: string;
  readonly signal?: AbortSignal;
}

/** Where a model stands. `bundled`: part of the build; `installed`: in this browser; `available`: neither. */
export interface ModelState {
  readonly card: ModelCard;
  readonly state: 'bundled' | 'installed' | 'available';
  readonly bytes: number;
}

/** What a model's worker is doing. `restarting` follows a crash or a missed deadline. */
export type ActivityState = 'closed' | 'opening' | 'ready' | 'busy' | 'restarting' | 'failed';

export interface Activity {
  readonly model: string;
  readonly state: ActivityState;
  readonly opened?: OpenedModel;
  readonly error?: SerializedError;
  /** How often its worker had to be replaced since `createWinnow`. */
  readonly restarts: number;
}

/**
 * Calls never reject because of an item's content: what could not be scored resolves as Scores with
 * `status: 'error' | 'unsupported'`, `code` and `reason`. They reject with CancelledError when the signal
 * fires or the instance is closed, and InvalidError('invalid-input') for an unknown model id.
 */
export interface Winnow {
  models(): Promise<readonly ModelState[]>;
  classifyText(text: string, options: ClassifyOptions): Promise<Scores>;
  /** JPEG, PNG, WebP, AVIF, GIF or BMP. A `File`'s name is used for a note when its extension lies. */
  classifyImage(image: Blob, options: ClassifyOptions): Promise<Scores>;
  /** Opens a model ahead of its first use. Rejects with a WinnowError when it cannot be opened. */
  open(model: string, options?: { onProgress?: OnProgress; signal?: AbortSignal }): Promise<OpenedModel>;
  /** Ends a model's worker and frees its memory. The next use opens it again. */
  release(model: string): Promise<void>;
  /** Upright still of a picture's first frame, at most `longestSide` pixels. Rejects with a WinnowError. */
  preview(image: Blob, options: { longestSide: number; signal?: AbortSignal }): Promise<Preview>;
  /** Whether this browser alters canvas pixels, which would alter scores. */
  checkCanvas(): Promise<CanvasCheck>;
  /** Calls back at once with every model's activity, then on each change; returns the unsubscriber. */
  onActivity(listener: (activity: Activity) => void): () => void;
  /** Ends every worker. Calls in flight reject with CancelledError, code `closed`. */
  close(): Promise<void>;
}
