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
  /**
   * Of each chunk of 8 MiB, in order: these vouch for every byte, in place of the file's own SHA-256, and a damaged chunk is
   * noticed, and fetched again, at once.
   */
  readonly chunkSha256?: readonly string[];
  /** Only what these touch is fetched; otherwise the whole file. */
  readonly ranges?: readonly ByteRange[];
  /** Bytes that the whole undertaking takes, for the message when there is no room; otherwise the file's. */
  readonly needed?: number;
  /** It is part of something of which there is some already: without a network at its start it is waited for all the same. */
  readonly begun?: boolean;
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

/** A file that a model needs, and what its card knows of it. */
export interface WantedFile {
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  readonly path: string;
  /** Left out where the source does not have it. */
  readonly optional?: boolean;
  readonly bytes?: number;
  readonly sha256?: string;
  readonly chunkSha256?: readonly string[];
  /** Only a part of it is needed, of about so many bytes. */
  readonly part?: number;
}

export interface LookRequest extends DownloadSource {
  readonly model: string;
  readonly files: readonly WantedFile[];
  /** Refuse a repository that has pickles only, or that names Python code of its own. */
  readonly own: boolean;
  /** Take what the source has, whatever an earlier installation learned. */
  readonly acceptChanged?: boolean;
}

/** A file as it would be downloaded. */
export interface FoundFile {
  readonly repo: string;
  readonly revision: string;
  /** The revision is no commit but 40 digits made from a mirror's address: its folder is of no known version. */
  readonly made?: boolean;
  readonly path: string;
  /** Of the whole file. */
  readonly bytes: number;
  /** Of these to be fetched; an estimate where only a part is needed and its header was not read yet. */
  readonly fetch: number;
  /** Bytes here already. */
  readonly here: number;
  readonly sha256?: string;
  readonly chunkSha256?: readonly string[];
  /** Who says so; `size` where nobody knows the content's hash. */
  readonly known: 'card' | 'kept' | 'source' | 'size';
  readonly partial: boolean;
}

export interface RepositoryRequest extends DownloadSource {
  readonly repo: string;
  /** Branch, tag or commit. Default `main`. */
  readonly revision?: string;
}

export interface FoundRepository {
  readonly repo: string;
  readonly revision: string;
  /** Configurations and tokenizer. */
  readonly small: readonly { readonly path: string; readonly bytes: ArrayBuffer }[];
  readonly networks: readonly FoundNetwork[];
}

/** An ONNX or safetensors file of a repository. */
export interface FoundNetwork {
  readonly path: string;
  readonly bytes: number;
  readonly sha256?: string;
  /** Files with its weights, which it is of no use without. */
  readonly beside?: readonly string[];
}

/** What is kept of downloads, and how far interrupted ones are. */
export interface DownloadsState {
  readonly sources: readonly (KeptSource & { readonly model?: string })[];
  readonly interrupted: readonly { readonly model: string; readonly bytes: number; readonly of: number }[];
  /** Of every model that somebody has looked for: bytes here, of those that installing it fetches. `site`: prepared pieces. */
  readonly wanted: readonly {
    readonly model: string;
    readonly site: boolean;
    readonly bytes: number;
    readonly of: number;
  }[];
  /** How many installed models another version of Winnow made, which this one cannot read. */
  readonly unreadable?: number;
  /** A newer version of Winnow keeps everything in its own way here, and this one can read nothing. */
  readonly newer?: true;
}

export interface DownloadsContract {
  /**
   * What a model's files are, by its card, an earlier installation or the source, in this order; fetches no weights.
   * Rejects as `download` does; with InvalidError('source-changed') and `data` {file, was, is} for what an earlier
   * installation knew otherwise, ('source-damaged') for what the card does.
   */
  look(request: LookRequest, signal?: AbortSignal): Promise<readonly FoundFile[]>;
  /** Keeps what was learned of a model's files for the next time. `fresh`: what came of them before is not gone on with. */
  keepPins(model: string, files: readonly FoundFile[], fresh?: boolean): Promise<void>;
  /** What there is of a repository to install from. Rejects with UnsupportedError('unsupported-model') for pickles and code. */
  repository(request: RepositoryRequest, signal?: AbortSignal): Promise<FoundRepository>;
  downloads(): Promise<DownloadsState>;
  /** Deletes what came of a model's downloads; of all without one. What was learned of the files stays. */
  removeDownloads(model?: string): Promise<void>;
  /** What the source says of a file: commit, size, SHA-256. Rejects as `download` does. */
  learn(request: LearnRequest, signal?: AbortSignal): Promise<Learned>;
  /**
   * Gets a file into the store of sources, from where an earlier call stopped. Rejects with InvalidError
   * ('source-changed', 'source-damaged', 'wrong-size', 'web-page', 'host-blocked', 'invalid-input'), FailedError
   * ('offline', 'gated', 'not-found', 'rate-limited', 'server-failed', 'storage-full', 'storage-unavailable') or
   * CancelledError. Whole chunks that arrived are kept, except when there is no room. Where the browser says that there is
   * no network, nobody is asked: what has begun waits for it, and what has not rejects.
   */
  download(request: FileRequest, onProgress?: OnDownload, signal?: AbortSignal): Promise<Downloaded>;
  /**
   * Puts into the store of sources what an installed model has of these files, byte for byte, so that it need not come
   * again: pieces of a prepared model are kept as they are published. Answers how many bytes that were.
   */
  salvage(model: string, files: readonly FoundFile[]): Promise<number>;
  /**
   * Bytes of an installed model's pieces that are gone or have changed: what `salvage` leaves to be fetched from a site that
   * hosts the same. Reads and hashes all of them. Undefined where it is not installed, or its record is not usable.
   */
  damaged(model: string): Promise<number | undefined>;
  /**
   * Holds a turn among all tabs until the signal fires, for pages without Web Locks; a holder that dies loses it within two
   * seconds. `onWait`: somebody else has it.
   */
  hold(name: string, onHeld: () => void, onWait: () => void, signal?: AbortSignal): Promise<void>;
  /** Every file in the store of sources. */
  sources(): Promise<readonly KeptSource[]>;
  /** Deletes one, or all without a key. */
  removeSources(key?: string): Promise<void>;
}
