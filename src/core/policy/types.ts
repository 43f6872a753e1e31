/** What models answer and what policy makes of it. Shared by every layer; no behaviour here. */
import type { ErrorCode } from '../errors';

export type Backend = 'wasm' | 'webgpu';
export type Precision = 'exact' | 'int8' | 'int8-blocks' | 'half';

/** One reading of an item that was scored by itself: a frame, a text window, a view of alpha. */
export interface Part {
  /** Such as `frame 3 of 8`, `as seen on white`, `window 2`, `normalised`. */
  readonly name: string;
  /** In label order, each 0 to 1. */
  readonly probabilities: readonly number[];
  /** Of a text window: what it covers, in UTF-16 offsets of the text as given. */
  readonly start?: number;
  readonly end?: number;
}

/** How much of the item the scores cover. The worst part counts; `Scores.probabilities` is one part's. */
export interface Coverage {
  /** `whole`, or what the parts are. */
  readonly unit: 'whole' | 'frames' | 'windows' | 'readings' | 'views';
  readonly checked: number;
  readonly total: number;
  /** In plain words when not everything was read or when there were several readings. */
  readonly note?: string;
  /** Of a text that fits into one window of a model that reads tokens: how many it has, added ones included. */
  readonly tokens?: number;
  /** Every part that was scored, when there was more than one. `judge` takes the worst. */
  readonly parts?: readonly Part[];
}

/** A word or piece of the text and how far it moved each label's logit. */
export interface Contribution {
  /** UTF-16 offsets into the text as given. */
  readonly start: number;
  readonly end: number;
  /** Added to each label's logit, in label order. */
  readonly logits: readonly number[];
}

/** A character that does not show, or shows as something else. Offsets are UTF-16, into the text as given. */
export interface HiddenMark {
  readonly start: number;
  readonly end: number;
  /** For a chip: `U+200B`, `RLO`. */
  readonly label: string;
  readonly name: string;
  readonly kind: string;
}

/** What one model says of one item. `status` is not a verdict: only `judge` makes one. */
export interface Scores {
  readonly status: 'scored' | 'error' | 'unsupported';
  /** Model id. */
  readonly model: string;
  readonly labels: readonly string[];
  /** In label order, each 0 to 1; the part with the highest risk. Empty unless `scored`. */
  readonly probabilities: readonly number[];
  readonly logits?: readonly number[];
  readonly coverage: Coverage;
  readonly backend: Backend;
  readonly precision: Precision;
  /** Wall time of this item in the worker, and where it went. */
  readonly milliseconds: number;
  readonly timings?: Readonly<Record<'decode' | 'preprocess' | 'run', number>>;
  /** Text models that are additive: which words pushed the score. */
  readonly contributions?: readonly Contribution[];
  /** Pictures of a batch: perceptual hash of 64 bits, 16 hex digits, of the first reading; absent without structure. */
  readonly phash?: string;
  /**
   * Pictures of a batch, by a model whose embeddings are compared by their angle (`card.embedding.normalised`): where the
   * first reading's points, each number in 1/127 of the largest. Says what is alike; for the memory of the tab alone.
   */
  readonly direction?: Int8Array;
  /** Text: hidden characters found, the first thousand of them. */
  readonly hidden?: readonly HiddenMark[];
  /** Text: how many were found in all. */
  readonly hiddenCount?: number;
  /** Why it was not scored, and what to do; present exactly when not `scored`. */
  readonly reason?: string;
  readonly code?: ErrorCode;
}

export type VerdictWord = 'clear' | 'review' | 'block' | 'needs-review';

/** One pair of lines on one score. */
export interface Rule {
  readonly score: string;
  /** Labels whose probabilities are added. */
  readonly labels: readonly string[];
  /** 0 to 1, review ≤ block; a value equal to a line counts as past it. */
  readonly review: number;
  readonly block: number;
}

/** Thresholds of every model, as saved, shared and copied. */
export interface Policy {
  readonly $schema: string;
  readonly version: 1;
  readonly models: Readonly<Record<string, { readonly rules: readonly Rule[] }>>;
}

/** A rule with the value it was applied to. */
export interface JudgedRule extends Rule {
  /** NaN never reaches here: such scores are Needs review. */
  readonly value: number;
  readonly band: 'clear' | 'review' | 'block';
  /** Which part gave the value, when there were several. */
  readonly part?: string;
}

export interface Verdict {
  readonly verdict: VerdictWord;
  readonly model: string;
  /** The rule that decided; absent for Needs review. */
  readonly fired?: JudgedRule;
  /** Every rule, in the policy's order. Empty for Needs review. */
  readonly rules: readonly JudgedRule[];
  /** Present exactly for Needs review: why, and what to do. */
  readonly reason?: string;
}
