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
import type { Measured } from '../rpc/device';
import type { FoundNetwork } from '../rpc/downloads';
import type { Batch, BatchOptions } from './batch/types';
import type { Inputs } from './input-types';
import type { OnMachine, RunsOn } from './on-machine';
import type { Runs } from './triage/types';

export type { WinnowOptions } from './options';
export type { Batch, BatchOptions, Embedding, EmbeddingRows, EmbeddingScores, Installed };

export interface ClassifyOptions {
  /** Model id. */
  readonly model: string;
  readonly signal?: AbortSignal;
}

export type { Measured, RunsOn };

/** Where a model stands. `bundled`: part of the build; `installed`: in this browser; `available`: neither. */
export interface ModelState {
  readonly card: ModelCard;
  readonly state: 'bundled' | 'installed' | 'available';
  /** Kept or bundled; 0 when available. */
  readonly bytes: number;
  /** Of a bundled one: of its largest file, which holds its weights. */
  readonly sha256?: string;
  readonly installed?: Installed;
  /**
   * Bytes that `repair` fetches at most; absent where it was installed from files of somebody's own. Of a site's prepared
   * pieces only the damaged ones come, which are counted once it could not be opened, and until then are any of them; of
   * published files all that was read to prepare it comes again, but for what an interrupted download has left.
   */
  readonly repairBytes?: number;
  /** This site hosts it prepared; bytes to fetch. */
  readonly prepared?: { readonly bytes: number; readonly precision: Precision };
  /** Of a model that can be opened. */
  readonly runs?: RunsOn;
  /** An interrupted download: bytes here, of bytes to fetch. */
  readonly interrupted?: { readonly bytes: number; readonly of: number };
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

/** Where a model's files come from. */
export type InstallSource =
  | { readonly kind: 'files'; readonly files: readonly Blob[] }
  /**
   * The Hub, or what answers like one at `endpoint`. The token is used for this call and kept nowhere. `hosts`: origins
   * that such a one sends large files on to; the policy of the build has to name them and the endpoint.
   */
  | {
      readonly kind: 'hub';
      readonly token?: string;
      readonly endpoint?: string;
      readonly hosts?: readonly string[];
    }
  /** A folder on a server that holds the files under their own paths. */
  | { readonly kind: 'mirror'; readonly url: string; readonly hosts?: readonly string[] }
  /** Prepared files beside the app (see `ModelState.prepared`). */
  | { readonly kind: 'bundle' };

/** What a model is installed from, and how. */
export interface InstallOptions {
  /** Default: `bundle` where this site offers the model prepared, otherwise the Hub. */
  readonly source?: InstallSource;
  /**
   * Without a source: short for `source: { kind: 'files', files }`. Files are recognised by content; names only help.
   * Beside a source: files with the name of one that the card lists are taken, the rest is fetched.
   */
  readonly files?: readonly Blob[];
  /** Another flavour than the card's default for this machine: its WebGPU's where the browser offers a graphics processor. */
  readonly precision?: Precision;
  /**
   * Take what the source has now where it differs from what an earlier installation learned. Never overrides what a
   * card pins.
   */
  readonly acceptChanged?: boolean;
  /** Bytes done of bytes to do in the phases `download`, `prepare` and `check`; ten times a second at most. */
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/** A file that an installation would fetch. */
export interface SourceFile {
  readonly repo: string;
  readonly revision: string;
  readonly path: string;
  /** To be fetched: the whole file, or the part that is needed. */
  readonly bytes: number;
  /** Of these, already in this browser. */
  readonly here: number;
  readonly sha256?: string;
  /** Who says so: the card, an earlier installation, or the source just now. `size`: nobody knows the content's hash. */
  readonly known: 'card' | 'kept' | 'source' | 'size';
  /** Only a part of it comes: `sha256` is of the whole, so that nothing is compared with it. */
  readonly partial?: true;
  /** The card has the hashes of its chunks, so that a part is compared too. */
  readonly chunked?: true;
}

export interface SourceInfo {
  readonly files: readonly SourceFile[];
  readonly bytes: number;
  readonly here: number;
  /** Files that this source does not have, and where they are published: to be given as `files`. */
  readonly elsewhere: readonly { readonly path: string; readonly url: string; readonly optional: boolean }[];
  /**
   * Room that installing takes at once: what is still to be fetched, and the prepared model beside it, about; its size is
   * left out where the card does not say it.
   */
  readonly needed?: number;
  /** Room that the browser says there is: an estimate, which may be too high. Absent where it does not say. */
  readonly free?: number;
}

/** A repository in transformers.js format, looked into. */
export interface Repository {
  readonly repo: string;
  readonly revision: string;
  /** config.json, tokenizer.json, tokenizer_config.json, preprocessor_config.json: fetched, as files. */
  readonly small: readonly File[];
  /** ONNX files and safetensors to choose from. */
  readonly networks: readonly FoundNetwork[];
}

export interface StorageState {
  /** The origin's, in bytes, as the browser estimates. */
  readonly usage: number;
  readonly quota: number;
  /** Undefined where the browser does not say. */
  readonly persisted: boolean | undefined;
  /** Bytes of installed models, and of downloads that are not one yet. */
  readonly models: number;
  readonly downloads: number;
  /** Models that another version of Winnow keeps here and this one cannot read; absent when there are none. */
  readonly unreadable?: number;
  /** A newer version keeps everything in its own way here, and this one can read nothing. */
  readonly newer?: true;
}

/** A file of a download that is not an installed model yet. */
export interface KeptDownload {
  readonly model?: string;
  readonly key: string;
  readonly repo: string;
  readonly path: string;
  readonly bytes: number;
  readonly kept: number;
}

export interface LookOptions {
  readonly source?: InstallSource;
  readonly acceptChanged?: boolean;
  readonly signal?: AbortSignal;
}

/** Models that are not part of the build: getting them here, and what they give beside scores. */
export interface Installing {
  /**
   * Fetches a model's files where they are not here yet, prepares, checks and keeps it in this browser: `model` is a
   * card or the id of one in the catalog. Of a card of your own, `labels: []`, `scores: []` and an image input of width
   * 0 are filled in from the files. Nothing is offered before all of it succeeded; of what was downloaded until then,
   * whole chunks stay for the next time, the rest is deleted. A download that the network breaks off goes on by itself when
   * the browser has one again, which progress says meanwhile.
   * Rejects with InvalidError ('invalid-model', 'damaged-file'; of a source 'source-changed' with `data` {file, was, is},
   * 'source-damaged', 'wrong-size', 'web-page', 'host-blocked'), UnsupportedError ('unsupported-model',
   * 'unsupported-format': pickles among them), FailedError ('self-test-failed', 'out-of-memory', 'storage-full',
   * 'storage-unavailable', 'worker-died', 'timeout'; of a source 'offline', 'gated', 'not-found', 'rate-limited',
   * 'server-failed') or CancelledError; with InvalidError('invalid-input') for an unknown id, a card that is none, or
   * a file that the source does not have, with `data` {file, url}.
   */
  install(model: string | ModelCard, options?: InstallOptions): Promise<ModelState>;
  /** What installing from a source would fetch: asks it where the card does not pin it. Fetches no weights. */
  look(model: string | ModelCard, options?: LookOptions): Promise<SourceInfo>;
  /**
   * What there is to install from in a repository. Rejects with UnsupportedError('unsupported-model') when that is
   * pickles only, or needs Python code of its own; else as `install` does.
   */
  repository(
    name: { readonly repo: string; readonly revision?: string },
    options?: { readonly source?: InstallSource; readonly signal?: AbortSignal },
  ): Promise<Repository>;
  /**
   * Installs a model again from where it came from. Rejects with InvalidError('invalid-input') where that was files of
   * somebody's own.
   */
  repair(
    model: string,
    options?: { readonly token?: string; readonly onProgress?: OnProgress; readonly signal?: AbortSignal },
  ): Promise<ModelState>;
  /** The flavour that `install` makes of a card where none is asked for; undefined where the card does not say. */
  usualPrecision(card: ModelCard): Promise<Precision | undefined>;
  /** Deletes an installed model and all that was kept for it. */
  remove(model: string): Promise<void>;
  storage(): Promise<StorageState>;
  /** Asks the browser to keep what is stored; undefined where it cannot be asked. */
  persist(): Promise<boolean | undefined>;
  /** Files of downloads that are not installed models yet, whole or not. */
  downloads(): Promise<readonly KeptDownload[]>;
  /** Deletes what was downloaded for a model that is not installed yet, or all such. */
  removeDownloads(model?: string): Promise<void>;
  /**
   * Ends every worker, and deletes every database of Winnow in this origin: models, downloads, what was learned of
   * files. The instance goes on with the bundled models. Rejects with FailedError('storage-unavailable') when another
   * tab keeps one open.
   */
  clear(): Promise<void>;
  embedImage(image: Blob, options: ClassifyOptions): Promise<Embedding>;
  embedText(text: string, options: ClassifyOptions): Promise<Embedding>;
  /**
   * Scores ready-made embeddings with a model's head alone. Rejects with InvalidError('invalid-input') for a width
   * other than the card's or a file that holds no single table of floats.
   */
  scoreEmbeddings(rows: EmbeddingRows, options: ClassifyOptions): Promise<EmbeddingScores>;
  /**
   * Calls back after a model was installed or removed, in this tab or another, how far its download is has changed
   * with its end, or how much of a damaged one has to come again was counted; returns the unsubscriber. `why` is `lost` when it was the browser that deleted what is missing now (S09),
   * `updated` when a newer version in another tab has taken over what is kept (S12): this one cannot read it from now on.
   */
  onModels(listener: (models: readonly ModelState[], why?: 'lost' | 'updated') => void): () => void;
}

/**
 * Calls never reject because of an item's content: what could not be scored resolves as Scores with
 * `status: 'error' | 'unsupported'`, `code` and `reason`. They reject with CancelledError when the signal
 * fires or the instance is closed, and InvalidError('invalid-input') for an unknown model id.
 */
export interface Winnow extends Installing, OnMachine, Inputs {
  /** Runs of triage and their decisions, kept in this browser. */
  readonly runs: Runs;
  models(): Promise<readonly ModelState[]>;
  classifyText(text: string, options: ClassifyOptions): Promise<Scores>;
  /** JPEG, PNG, WebP, AVIF, GIF or BMP. A `File`'s name is used for a note when its extension lies. */
  classifyImage(image: Blob, options: ClassifyOptions): Promise<Scores>;
  /**
   * Scores many items at the machine's own pace: pause, priorities, progress, identical bytes once. Throws
   * InvalidError('invalid-input') for an unknown model.
   */
  batch(options: BatchOptions): Batch;
  /**
   * Opens a model ahead of its first use. Rejects with a WinnowError when it cannot be opened. `check`: opens it anew and
   * compares it with its reference before that, however lately it was.
   */
  open(
    model: string,
    options?: { onProgress?: OnProgress; signal?: AbortSignal; check?: boolean },
  ): Promise<OpenedModel>;
  /** Ends a model's worker and frees its memory. The next use opens it again; what is under way goes on there. */
  release(model: string): Promise<void>;
  /** Upright still of a picture's first frame, at most `longestSide` pixels. Rejects with a WinnowError. */
  preview(image: Blob, options: { longestSide: number; signal?: AbortSignal }): Promise<Preview>;
  /** Whether this browser alters canvas pixels, which would alter scores. */
  checkCanvas(): Promise<CanvasCheck>;
  /** Calls back at once with every model's activity, then on each change; returns the unsubscriber. */
  onActivity(listener: (activity: Activity) => void): () => void;
  /**
   * Keeps the build's own files in Cache Storage, about 20 MB, for the app's service worker (`isolation.js`) to serve when
   * there is no network. Rejects with FailedError('asset-missing') when not all of them could be had.
   */
  keepBuild(): Promise<void>;
  /** Ends every worker. Calls in flight reject with CancelledError, code `closed`. */
  close(): Promise<void>;
}
