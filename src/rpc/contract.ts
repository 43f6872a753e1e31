/** Everything that crosses a thread. Workers and screens meet here and nowhere else. */
import type { ModelCard } from '../catalog/card';
import type { PreparedModel } from '../catalog/prepared';
import type { ByteRange } from '../core/hub/chunks';
import type { DownloadState } from '../core/hub/words';
import type { Backend, Precision, Scores } from '../core/policy/types';
import type { Verification } from './downloads';
import type { Embedding, EmbeddingRows, EmbeddingScores } from './embeddings';
import type { PreparedPicture } from './pixels';
import type { RuntimeAssets } from './runtime';

export type { Embedding, EmbeddingRows, EmbeddingScores } from './embeddings';
export type { PixelsContract, PreparedPicture } from './pixels';
export type { RuntimeAssets, WebGpuRuntime } from './runtime';

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

export interface OpenRequest {
  readonly card: ModelCard;
  /** Of a bundled model; empty when `stored` is there. */
  readonly files: readonly NamedBytes[];
  /** An installed model: the worker reads it from this browser's storage itself. */
  readonly stored?: { readonly id: string };
  /** What it is run on. `runtime` has that one's build. */
  readonly backend: Backend;
  /** Its check is part of opening, however lately it passed one. */
  readonly thorough?: boolean;
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
  /** What it is compared with: its answers in full precision. Absent: its own, when it was installed. */
  readonly reference?: 'exact';
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
  /** Of what was fetched of it. */
  readonly verification?: Verification;
  /** Only a part of it was fetched: a hash of the whole was then not compared with. */
  readonly partial?: true;
}

/** An installed model as listed. Its card is the one it was checked against. */
export interface KeptModel {
  readonly card: ModelCard;
  readonly installed: Installed;
}

/** A model that was just installed. */
export interface FreshModel extends KeptModel {
  /** What its check found. */
  readonly checked: Pick<OpenedModel, 'backend' | 'selfTestDistance' | 'runMilliseconds'>;
  /** It is open in the worker that installed it, which can go on as the model's. */
  readonly opened: OpenedModel;
}

/** A large model that is written and not checked yet: for a worker whose memory preparing has not filled. */
export interface WrittenModel {
  readonly id: string;
  /** For `finishInstall`. */
  readonly left: unknown;
}

export interface OpenedModel {
  readonly backend: Backend;
  readonly precision: Precision;
  readonly threads: number;
  /** Largest probability difference in the self-test, absent when the card has none. */
  readonly selfTestDistance?: number;
  /** One run of the self-test, when there was one. */
  readonly runMilliseconds?: number;
  /**
   * It passed its check of late, in another worker: this one is to be asked its `canary`. `at all`: before any answer is
   * believed. `beyond the beginning`: its first layers were asked and gave what they should, so what it answers until then may
   * be handed out, and is taken back if the rest does not.
   */
  readonly unchecked?: 'at all' | 'beyond the beginning';
  readonly milliseconds: number;
  /** Why it runs there; said by the page. */
  readonly why?: string;
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
  /** Starts the runtime on WASM, which a worker does once: whoever opens a model then on as many threads finds it started. */
  startRuntime(runtime: RuntimeAssets): Promise<void>;
  /** Begins to read an installed model that will be opened next, while what else that takes is gathered. */
  readAhead(id: string): Promise<void>;
  open(request: OpenRequest, onProgress?: OnProgress): Promise<OpenedModel>;
  /** `job` comes back with the answer, so that a late reply is never attached to another item. */
  classifyText(job: number, text: string, signal?: AbortSignal): Promise<{ job: number; scores: Scores }>;
  classifyImage(job: number, image: Blob, signal?: AbortSignal): Promise<{ job: number; scores: Scores }>;
  /** As `classifyImage`, of a picture that the pixels worker prepared by this model's card. */
  classifyPixels(
    job: number,
    picture: PreparedPicture,
    signal?: AbortSignal,
  ): Promise<{ job: number; scores: Scores }>;
  embedImage(job: number, image: Blob, signal?: AbortSignal): Promise<{ job: number; embedding: Embedding }>;
  embedText(job: number, text: string, signal?: AbortSignal): Promise<{ job: number; embedding: Embedding }>;
  scoreEmbeddings(rows: EmbeddingRows, signal?: AbortSignal): Promise<EmbeddingScores>;
  /**
   * Prepares, checks and keeps a model, which is open then. A large one is only prepared: another worker is to `claim` it,
   * this one to be ended, and then the other to finish it.
   */
  install(
    request: InstallRequest,
    onProgress?: OnProgress,
    signal?: AbortSignal,
  ): Promise<FreshModel | WrittenModel>;
  /** Queues for a model that another worker has prepared, so that no other tab takes it for abandoned. */
  claim(id: string): Promise<void>;
  /** Checks and keeps it, once the worker that prepared it has ended; it is open then. */
  finishInstall(
    written: WrittenModel,
    runtime: RuntimeAssets,
    onProgress?: OnProgress,
    signal?: AbortSignal,
  ): Promise<FreshModel>;
  /**
   * What `install` would read of each kept file, found by opening them and reading no weights. Rejects as it does; with
   * FailedError('asset-missing'), `data.key` and `data.chunk` while a header is not here yet.
   */
  plan(request: Omit<InstallRequest, 'runtime'>, signal?: AbortSignal): Promise<readonly NeededRanges[]>;
  /**
   * Answers a known question again: the largest difference from what it should say, undefined where nothing is known.
   * Rejects with FailedError('self-test-failed') beyond the tolerance, or as scoring does.
   */
  canary(): Promise<number | undefined>;
  /**
   * How long a small network of ours takes on WASM with the threads of `runtime`: runs it for about so many milliseconds
   * in each precision, none to open it only. Milliseconds per run.
   */
  measure(
    runtime: RuntimeAssets,
    milliseconds: number,
  ): Promise<{ readonly float32: number; readonly int8: number }>;
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
  /**
   * Keeps the build's files for use without a network, with those of `parts` that it has only for some; `list` is the
   * address of its `offline.json`.
   */
  keepBuild(list: string, parts: readonly string[]): Promise<void>;
  /** Keeps a part of the build too, from now on, where the build is kept. */
  keepPart(list: string, part: string): Promise<void>;
  /** WASM of the build, compiled while it arrives. */
  compile(url: string): Promise<WebAssembly.Module>;
  /**
   * Installed models. Deletes what interrupted installations left, unless one still goes on in another tab. Rejects with
   * FailedError('storage-unavailable') where nobody can tell.
   */
  kept(): Promise<readonly KeptModel[]>;
  /** Deletes what an installation that was stopped left, once its worker is gone. */
  tidy(id: string): Promise<void>;
  /** Deletes an installed model; nothing happens when it is not there. */
  remove(id: string): Promise<void>;
  ping(): Promise<'pong'>;
}
