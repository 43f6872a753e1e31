/** Downloads of model files, as they cross from the page to the download worker. */
import type { ByteRange } from '../core/hub/chunks';
import type { DownloadState } from '../core/hub/words';

/** Where files come from. Absent fields mean the Hub itself. */
export interface DownloadSource {
  /** A Hub or what answers like one, such as `https://huggingface.co`. */
  readonly endpoint?: string;
  /** A folder that holds the files under their own paths; goes before `endpoint`. */
  readonly mirror?: string;
  /** Origins beside the source's own that it may send downloads on to; `*.` stands for names. */
  readonly hosts?: readonly string[];
  /** Of a Hub account. Used for this call and kept nowhere. */
  readonly token?: string;
}

/** A file and what is known of it. */
export interface FileRequest extends DownloadSource {
  readonly repo: string;
  /** A commit of 40 hex digits. */
  readonly revision: string;
  readonly path: string;
  readonly bytes: number;
  /** Hex, lower case. */
  readonly sha256?: string;
  /** Of each chunk of 8 MiB, in order; then a damaged one is noticed, and fetched again, at once. */
  readonly chunkSha256?: readonly string[];
  /** Only what these touch is fetched; otherwise the whole file. */
  readonly ranges?: readonly ByteRange[];
  /** Compare what is kept with its hashes first, and fetch again what does not match. */
  readonly recheck?: boolean;
}

export interface DownloadProgress {
  readonly phase: 'download';
  /** Bytes here, of this request's; never less than before. */
  readonly done: number;
  readonly total: number;
  /** Absent while bytes come. */
  readonly state?: DownloadState;
}
export type OnDownload = (progress: DownloadProgress) => void;

/** `verified`: compared with a SHA-256 that was known before. Anything else has only the right size. */
export type Verification = 'verified' | 'complete, not verified';

export interface Downloaded {
  /** Names it in the store of sources. */
  readonly key: string;
  readonly bytes: number;
  readonly verification: Verification;
  /** Of the whole file, where all of it is here. Hex, lower case. */
  readonly sha256?: string;
  /** Bytes that came over the network for this call; 0 when all was here. */
  readonly fetched: number;
}

export interface LearnRequest extends DownloadSource {
  readonly repo: string;
  readonly path: string;
  /** Branch, tag or commit. Default `main`. */
  readonly revision?: string;
}

/** What a source says a file is. */
export interface Learned {
  readonly repo: string;
  /** The commit that the branch or tag stood for. */
  readonly revision: string;
  readonly path: string;
  readonly bytes: number;
  /** From the Hub's pointer, or of the contents of a small file. Absent where the source tells only the size. */
  readonly sha256?: string;
  /** Every path of the repository; empty from a mirror. */
  readonly files: readonly string[];
}

/** A file in the store of sources, whole or not. */
export interface KeptSource {
  readonly key: string;
  readonly repo: string;
  readonly revision: string;
  readonly path: string;
  /** Of the whole file. */
  readonly bytes: number;
  /** Kept so far. */
  readonly kept: number;
  readonly state: 'partial' | Verification;
}

export interface DownloadsContract {
  /** What the source says of a file: commit, size, SHA-256. Rejects as `download` does. */
  learn(request: LearnRequest, signal?: AbortSignal): Promise<Learned>;
  /**
   * Gets a file into the store of sources, from where an earlier call stopped. Rejects with InvalidError
   * ('source-changed', 'source-damaged', 'wrong-size', 'web-page', 'host-blocked', 'invalid-input'), FailedError
   * ('offline', 'gated', 'not-found', 'rate-limited', 'server-failed', 'storage-full', 'storage-unavailable') or
   * CancelledError. Whole chunks that arrived are kept, except when there is no room.
   */
  download(request: FileRequest, onProgress?: OnDownload, signal?: AbortSignal): Promise<Downloaded>;
  /** Every file in the store of sources. */
  sources(): Promise<readonly KeptSource[]>;
  /** Deletes one, or all without a key. */
  removeSources(key?: string): Promise<void>;
}
