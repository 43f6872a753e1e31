/** Pictures on their way to a network, decoded in workers of their own. */
import type { ImageInput } from '../catalog/card';
import type { Coverage } from '../core/policy/types';

/** A picture as a network is fed with it, made by the worker that decodes. */
export interface PreparedPicture {
  /** Each reading that is scored by itself: float32 in the card's layout. */
  readonly views: readonly {
    readonly name: string;
    readonly data: Float32Array<ArrayBuffer>;
    readonly dims: readonly number[];
  }[];
  readonly coverage: Omit<Coverage, 'parts'>;
  /** Perceptual hash of the first view, as `core/image/phash` has it; empty where there is none. */
  readonly phash: string;
  /** Milliseconds; `run` is 0 yet. */
  readonly timings: Readonly<Record<'decode' | 'preprocess' | 'run', number>>;
  readonly milliseconds: number;
}

export interface PixelsContract {
  /**
   * A picture's views as input tensors, which are handed over. Rejects with what is wrong with the picture, or
   * CancelledError. `job` as in InferenceContract.
   */
  prepare(
    job: number,
    image: Blob,
    input: ImageInput,
    signal?: AbortSignal,
  ): Promise<{ job: number; picture: PreparedPicture }>;
  ping(): Promise<'pong'>;
}
