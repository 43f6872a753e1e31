/** Everything that crosses a thread. Workers and screens meet here and nowhere else. */
import type { ModelCard } from '../catalog/card';
import type { PreparedModel } from '../catalog/prepared';
import type { ErrorCode } from '../core/errors';
import type { ByteRange } from '../core/hub/chunks';
import type { DownloadState } from '../core/hub/words';
import type { Backend, Precision, Scores } from '../core/policy/types';
import type { Verification } from './downloads';

/** Bytes done of bytes known; `total` is 0 while unknown. */
export interface Progress {
  readonly phase: 'download' | 'prepare' | 'check';
  readonly done: number;
  readonly total: number;
  /** Of a download whose bytes do not simply come. */
  readonly state?: DownloadState;
}
export type OnProgress = (progress: Progress) => void;

/** A file fetched by the download worker, verified, on its way to an inference worker. */
export interface NamedBytes {
  readonly path: string;
  readonly bytes: ArrayBuffer;
}

/**
 * ONNX Runtime's own files. The WASM is fetched and compiled by the download worker: inference may not fetch, every
 * worker shares the compiled code, and only what was compiled while it streamed in is kept by the browser's cache.
 */
export interface RuntimeAssets {
  readonly wasm: WebAssembly.Module;
  /** Address of the matching `.mjs` glue, same origin; imported as a script, not fetched. */
  readonly glue: string;
  /** Address of the worker's script that reads weights ahead. */
  readonly reader: string;
  readonly threads: number;
}

export interface OpenRequest {
  readonly card: ModelCard;
  /** Of a bundled model; empty when `stored` is there. */
  readonly files: readonly NamedBytes[];
  /** An installed model: the worker reads it from this browser's storage itself. */
  readonly stored?: { readonly id: string };
  readonly runtime: RuntimeAssets;
}

/** A file that somebody picked. `name` is its path in the folder it was picked with, where that is known. */
export interface PickedFile {
  readonly name: string;
  readonly blob: Blob;
}

/** A model that the site hosts prepared, its files in the store of sources. */
export interface PreparedSource {
  readonly model: PreparedModel;
  /** Of each file's download, by its path in the manifest. */
  readonly keys: Readonly<Record<string, string>>;
}

/** A file in the store of sources, whole or the part of it that is needed. */
export interface KeptFile {
  /** Its path in the repository. */
  readonly name: string;
  /** In the store of sources. */
  readonly key: string;
  readonly repo: string;
  readonly revision: string;
  readonly verification: Verification;
  /** Of the whole file, where all of it is here and was compared. Hex, lower case. */
  readonly sha256?: string;
  /** A part of it is here. */
  readonly partial?: boolean;
}
export type InstallFile = PickedFile | KeptFile;

/** Where a model was installed from: what repairing it asks again. */
export interface Origin {
  readonly kind: 'files' | 'hub' | 'mirror' | 'bundle';
  /** Of another Hub than the usual one, or of the mirror's folder. */
  readonly url?: string;
  /** Other origins that it may send downloads on to. */
  readonly hosts?: readonly string[];
}

/** What installing reads of a kept file. */
export interface NeededRanges {
  readonly key: string;
  readonly ranges: readonly ByteRange[];
}

export interface InstallRequest {
  readonly card: ModelCard;
  readonly files: readonly InstallFile[];
  /** In place of files. */
  readonly prepared?: PreparedSource;
  /** Absent: files of somebody's own. */
  readonly origin?: Origin;
  /** The card is somebody's own: what it leaves out is taken from the files, and labels may have other names. */
  readonly own: boolean;
  /** Absent: the card's default for the backend that runs here. */
  readonly precision?: Precision;
  readonly runtime: RuntimeAssets;
}

/** A model in this browser: what was kept, from which files. */
export interface Installed {
  readonly precision: Precision;
  /** Bytes kept. */
  readonly bytes: number;
  /** When it was promoted, ISO 8601. */
  readonly at: string;
  /** Where from; absent for models that were installed before this was written down. */
  readonly origin?: Origin;
  readonly files: readonly InstalledFile[];
}

/** A file that a model was made from. */
export interface InstalledFile {
  readonly name: string;
  readonly bytes: number;
  /** Only where it was computed or compared: up to 16 MB, where the card pins one, and of verified downloads. */
  readonly sha256?: string;
  /** Of a file that was fetched. */
  readonly repo?: string;
  readonly revision?: string;
  readonly verification?: Verification;
}

/** An installed model as listed. Its card is the one it was checked against. */
export interface KeptModel {
  readonly card: ModelCard;
  readonly installed: Installed;
}

/** A model that was just installed. */
export interface FreshModel extends KeptModel {
  /** Present when it is open in the worker that installed it, which can go on as the model's. */
  readonly opened?: OpenedModel;
}

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

export interface OpenedModel {
  readonly backend: Backend;
  readonly precision: Precision;
  readonly threads: number;
  /** Largest probability difference in the self-test, absent when the card has none. */
  readonly selfTestDistance?: number;
  readonly milliseconds: number;
}

/** A small still of a picture: first frame, upright, as seen. */
export interface Preview {
  readonly bitmap: ImageBitmap;
  /** Of the original, after EXIF rotation. */
  readonly width: number;
  readonly height: number;
  /** Such as `JPEG`, `WebP`; the content's, not the name's. */
  readonly format: string;
  readonly animated: boolean;
  /** Things a moderator should know: extension lies, transparency, frames. */
  readonly notes: readonly string[];
}

/** What the browser's canvas does to a known pattern. */
export interface CanvasCheck {
  readonly exact: boolean;
  /** Largest difference of any channel, 0 to 255. */
  readonly largest: number;
}

export interface InferenceContract {
  open(request: OpenRequest, onProgress?: OnProgress): Promise<OpenedModel>;
  /** `job` comes back with the answer, so that a late reply is never attached to another item. */
  classifyText(job: number, text: string, signal?: AbortSignal): Promise<{ job: number; scores: Scores }>;
  classifyImage(job: number, image: Blob, signal?: AbortSignal): Promise<{ job: number; scores: Scores }>;
  embedImage(job: number, image: Blob, signal?: AbortSignal): Promise<{ job: number; embedding: Embedding }>;
  embedText(job: number, text: string, signal?: AbortSignal): Promise<{ job: number; embedding: Embedding }>;
  scoreEmbeddings(rows: EmbeddingRows, signal?: AbortSignal): Promise<EmbeddingScores>;
  /** Prepares, checks and keeps a model. A small one is left open; otherwise the worker should be ended: its memory goes. */
  install(request: InstallRequest, onProgress?: OnProgress, signal?: AbortSignal): Promise<FreshModel>;
  /**
   * What `install` would read of each kept file, found by opening them and reading no weights. Rejects as it does; with
   * FailedError('asset-missing'), `data.key` and `data.chunk` while a header is not here yet.
   */
  plan(request: Omit<InstallRequest, 'runtime'>, signal?: AbortSignal): Promise<readonly NeededRanges[]>;
  preview(image: Blob, longestSide: number, signal?: AbortSignal): Promise<Preview>;
  checkCanvas(): Promise<CanvasCheck>;
  ping(): Promise<'pong'>;
}

export interface FetchRequest {
  readonly url: string;
  /** When known: the answer is refused unless both hold. */
  readonly bytes?: number;
  readonly sha256?: string;
}

export interface DownloadContract {
  fetch(request: FetchRequest, onProgress?: OnProgress, signal?: AbortSignal): Promise<ArrayBuffer>;
  /** Keeps the build's files for use without a network; `list` is the address of its `offline.json`. */
  keepBuild(list: string): Promise<void>;
  /** WASM of the build, compiled while it arrives. */
  compile(url: string): Promise<WebAssembly.Module>;
  /** Installed models. Deletes what interrupted installations left, unless one still goes on in another tab. */
  kept(): Promise<readonly KeptModel[]>;
  /** Deletes what an installation that was stopped left, once its worker is gone. */
  tidy(id: string): Promise<void>;
  /** Deletes an installed model; nothing happens when it is not there. */
  remove(id: string): Promise<void>;
  ping(): Promise<'pong'>;
}
