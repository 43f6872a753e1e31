/** Everything that crosses a thread. Workers and screens meet here and nowhere else. */
import type { ModelCard } from '../catalog/card';
import type { Backend, Precision, Scores } from '../core/policy/types';

/** Bytes done of bytes known; `total` is 0 while unknown. */
export interface Progress {
  readonly phase: 'download' | 'prepare' | 'check';
  readonly done: number;
  readonly total: number;
}
export type OnProgress = (progress: Progress) => void;

/** A file fetched by the download worker, verified, on its way to an inference worker. */
export interface NamedBytes {
  readonly path: string;
  readonly bytes: ArrayBuffer;
}

/** ONNX Runtime's own files: fetched by the download worker, because inference may not fetch. */
export interface RuntimeAssets {
  readonly wasm: ArrayBuffer;
  /** Address of the matching `.mjs` glue, same origin; imported as a script, not fetched. */
  readonly glue: string;
  readonly threads: number;
}

export interface OpenRequest {
  readonly card: ModelCard;
  readonly files: readonly NamedBytes[];
  readonly runtime: RuntimeAssets;
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
  ping(): Promise<'pong'>;
}
