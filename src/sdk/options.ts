/** What whoever makes a Winnow may ask for. */
import type { ModelCard } from '../catalog/card';

export interface WinnowOptions {
  /** Where the build's `assets/` and `models/` lie. Default: beside the SDK's own file. */
  readonly base?: string | URL;
  /** Threads per model; default `min(4, cores / 2)` when the page is cross-origin isolated, otherwise 1. */
  readonly threads?: number;
  /**
   * Workers of one model at most, while a batch has more to do than one can; memory may allow fewer. Each takes `threads`
   * and the model's size again. Default 1.
   */
  readonly workers?: number;
  /** Milliseconds after which a job counts as hung and its worker is replaced. Default 60,000. */
  readonly deadline?: number;
  /** Milliseconds without work after which a model's worker ends and frees its memory. Default 300,000. */
  readonly idle?: number;
  /** Items that a worker answers between two checks of its answers. Default 200. */
  readonly checkEvery?: number;
  /** Cards that can be installed by their id, and are compared strictly with the files. Default: Winnow's own. */
  readonly catalog?: readonly ModelCard[];
}
