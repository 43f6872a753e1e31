/** The part of the public interface that is about the machine: what models run on, and what turned out wrong. */
import type { SerializedError } from '../core/errors';
import type { Backend, Scores } from '../core/policy/types';
import type { Measured } from '../rpc/device';

/** What a model is opened on in this browser, and why. */
export interface RunsOn {
  readonly backend: Backend;
  /** A sentence for the person whose machine it is. */
  readonly why: string;
  /** What somebody chose with `prefer`; absent: it is chosen by what was measured. */
  readonly chosen?: Backend;
  /** What there is to choose from: WebGPU only once it is known that the browser offers it, and the model runs there. */
  readonly backends: readonly Backend[];
  /** Why WebGPU is not used any more: it failed its check. */
  readonly demoted?: string;
}

export interface OnMachine {
  /**
   * Has a model opened on that backend from its next opening on, in this browser; without one, on what was measured to be
   * best. Also asks again for a backend that had failed its check. Ends the model's worker.
   */
  prefer(model: string, backend?: Backend): Promise<void>;
  /**
   * Measures anew how many threads and workers are fastest here, within 1.5 s, and forgets which backends failed: they
   * are tried again. Waits until nothing is scored. Every model is opened anew at its next use.
   */
  measure(options?: { readonly signal?: AbortSignal }): Promise<Measured>;
  /**
   * Calls back when scores that were handed out turn out not to hold: a worker failed a check between items. They are to
   * be treated as not scored. Returns the unsubscriber.
   *
   * Who holds the objects finds them by identity: `scores` are the very ones that were handed out, to copies of a batch as
   * well. Who kept them in another form, such as a finished run of triage, finds them by `of`: results of `model` and
   * `backend` for bytes with that `sha256` which came in this page no earlier than `at`. Every item with these bytes is
   * one of them, since a batch scores the same bytes once. What another page or an earlier session wrote down stands.
   */
  onWithdrawn(
    listener: (scores: readonly Scores[], reason: SerializedError, of: readonly WithdrawnScores[]) => void,
  ): () => void;
}

/** One answer that does not hold. */
export interface WithdrawnScores {
  readonly model: string;
  readonly backend: Backend;
  /** Of the bytes that it is about, as in `BatchResult`; empty for one that did not come by way of a batch. */
  readonly sha256: string;
  /** When it was given, in milliseconds since 1970. */
  readonly at: number;
  readonly scores: Scores;
}
