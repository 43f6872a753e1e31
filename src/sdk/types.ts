/** The public interface of Winnow's SDK. The app uses nothing else. */
import type { ModelCard } from '../catalog/card';
import type { SerializedError } from '../core/errors';
import type { Precision, Scores } from '../core/policy/types';
import type {
  CanvasCheck,
  Embedding,
  EmbeddingRows,
  EmbeddingScores,
  Installed,
  OnProgress,
  OpenedModel,
  Preview,
} from '../rpc/contract';

export type { Embedding, EmbeddingRows, EmbeddingScores, Installed };

export interface WinnowOptions {
  /** Where the build's `assets/` and `models/` lie. Default: beside the SDK's own file. */
  readonly base?: string | URL;
  /** Threads per model; default `min(4, cores / 2)` when the page is cross-origin isolated, otherwise 1. */
  readonly threads?: number;
  /** Milliseconds after which a job counts as hung and its worker is replaced. Default 60,000. */
  readonly deadline?: number;
  /** Milliseconds without work after which a model's worker ends and frees its memory. Default 300,000. */
  readonly idle?: number;
  /** Cards that can be installed by their id, and are compared strictly with the files. Default: Winnow's own. */
  readonly catalog?: readonly ModelCard[];
}

export interface ClassifyOptions {
  /** Model id. */
  readonly model: string;
  readonly signal?: AbortSignal;
}

/** What a model is installed from. Files are recognised by content; names only help. */
export interface InstallOptions {
  readonly files: readonly Blob[];
  /** Another flavour than the card's default for this machine's backend. */
  readonly precision?: Precision;
  /** Bytes read of bytes to read, in the phases `prepare` and `check`. */
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Where a model stands. `bundled`: part of the build; `installed`: in this browser; `available`: neither. */
export interface ModelState {
  readonly card: ModelCard;
  readonly state: 'bundled' | 'installed' | 'available';
  /** Kept or bundled; 0 when available. */
  readonly bytes: number;
  readonly installed?: Installed;
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

/** Models that are not part of the build: getting them here, and what they give beside scores. */
export interface Installing {
  /**
   * Prepares a model from its published files, checks it, and keeps it in this browser: `model` is a card or the id
   * of one in the catalog. Of a card of your own, `labels: []`, `scores: []` and an image input of width 0 are filled
   * in from the files. Nothing is offered before all of it succeeded; what was kept until then is deleted.
   * Rejects with InvalidError ('invalid-model', 'damaged-file'), UnsupportedError ('unsupported-model',
   * 'unsupported-format': pickles among them), FailedError ('self-test-failed', 'out-of-memory',
   * 'storage-full', 'storage-unavailable', 'worker-died', 'timeout') or CancelledError; with InvalidError
   * ('invalid-input') for an unknown id or a card that is none.
   */
  install(model: string | ModelCard, options: InstallOptions): Promise<ModelState>;
  /** Deletes an installed model and all that was kept for it. */
  remove(model: string): Promise<void>;
  embedImage(image: Blob, options: ClassifyOptions): Promise<Embedding>;
  embedText(text: string, options: ClassifyOptions): Promise<Embedding>;
  /**
   * Scores ready-made embeddings with a model's head alone. Rejects with InvalidError('invalid-input') for a width
   * other than the card's or a file that holds no single table of floats.
   */
  scoreEmbeddings(rows: EmbeddingRows, options: ClassifyOptions): Promise<EmbeddingScores>;
  /** Calls back after a model was installed or removed, in this tab or another; returns the unsubscriber. */
  onModels(listener: (models: readonly ModelState[]) => void): () => void;
}

/**
 * Calls never reject because of an item's content: what could not be scored resolves as Scores with
 * `status: 'error' | 'unsupported'`, `code` and `reason`. They reject with CancelledError when the signal
 * fires or the instance is closed, and InvalidError('invalid-input') for an unknown model id.
 */
export interface Winnow extends Installing {
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
