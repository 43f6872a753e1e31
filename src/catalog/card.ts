/** A model's card: everything Winnow knows about a model before it is opened. Data only. */
import type { Precision } from '../core/policy/types';

/** One output column of the network, in the order of its logits. */
export interface Label {
  /** As its authors spell it. */
  readonly name: string;
}

/**
 * A number the sliders act on: the sum of the probabilities of `labels`. One label for a plain
 * classifier; several for cumulative levels, such as P(≥ medium) = P(medium) + P(high).
 */
export interface CardScore {
  readonly name: string;
  readonly labels: readonly string[];
  /** Shown without thresholds when it carries no risk, such as *neutral*. */
  readonly risk: boolean;
  /** Default thresholds, 0 to 1, review ≤ block. Present exactly when `risk`. */
  readonly review?: number;
  readonly block?: number;
}

/** How pixels become the input tensor. */
export interface ImageInput {
  readonly kind: 'image';
  readonly width: number;
  readonly height: number;
  /** `bilinear-corners`: TF's aligned corners, no antialias. `bicubic`/`bilinear`: Pillow's, antialiased. */
  readonly resample: 'bilinear-corners' | 'bilinear' | 'bicubic';
  /** `stretch` ignores the aspect ratio; `crop` resizes the short side to size/cropFraction, then crops the centre. */
  readonly fit: 'stretch' | 'crop';
  readonly cropFraction: number;
  /** tensor = (pixel / 255 − mean) / std, per channel, RGB. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly layout: 'NCHW' | 'NHWC';
}

/** How text becomes the input tensors: hashed n-grams for the starter; tokenizers come with their models. */
export interface TextInput {
  readonly kind: 'ngrams';
  /** Number of hash buckets of character and of word n-grams. */
  readonly characterBuckets: number;
  readonly wordBuckets: number;
  readonly characterSizes: readonly number[];
  readonly wordSizes: readonly number[];
  /** Characters of text scored at once; longer text is windowed, the worst window counts. */
  readonly windowCharacters: number;
  /** Weight of what stands in a user name (`@…`) or an address, beside 1 for the rest; 1 when absent. */
  readonly nameWeight?: number;
}

/** Text as token ids of a `tokenizer.json`; longer text is scored in overlapping windows, the worst counts. */
export interface TokenInput {
  readonly kind: 'tokens';
  /** Tokens the network reads at once, special ones included. */
  readonly maxTokens: number;
  /** Tokens that neighbouring windows share. */
  readonly overlap: number;
}

/** Ready-made embeddings are the only input: a head without a tower. */
export interface EmbeddingInput {
  readonly kind: 'embedding';
}

/** A file that a model is installed from. */
export interface CardFile {
  /** What it is for: `network` is an ONNX graph, `weights` a checkpoint, `head` a small one on embeddings. */
  readonly role:
    | 'weights'
    | 'config'
    | 'head'
    | 'network'
    | 'tokenizer'
    | 'tokenizer-config'
    | 'preprocessor';
  /** In its repository, as published. A file is recognised by its content; the name only helps to find it. */
  readonly path: string;
  /** Where the model's other files come from somewhere else, such as a head beside its tower. */
  readonly from?: { readonly name: string; readonly url: string; readonly revision: string };
  readonly optional?: boolean;
  readonly bytes?: number;
  /** Hex, lower case. */
  readonly sha256?: string;
  /**
   * Of each 8 MiB, in order, of the file that has this `sha256` (`npm run pin -- --chunks` writes both): these are what a
   * download is compared with then. A damaged part is noticed at once, and is all that is fetched again.
   */
  readonly chunkSha256?: readonly string[];
  /** Installing reads a part of it, and nothing else is fetched. */
  readonly partial?: true;
  /** Bytes of that part, about: for the screen, before the file's header says it. */
  readonly partBytes?: number;
}

/** How a model that is not part of the build gets here. */
export interface Installation {
  /** An entry of `core/architectures`. */
  readonly family: string;
  readonly files: readonly CardFile[];
  /** The flavour each backend runs by default, by measured drift. */
  readonly precision: { readonly wasm: Precision; readonly webgpu: Precision };
  /** Largest difference of any probability from the answers in full precision that is allowed per flavour. */
  readonly tolerance?: Readonly<Partial<Record<Precision, number>>>;
  /** Bytes to fetch of files at their published size, about; for the screen, before a source says. */
  readonly fetched?: number;
  /** Kept on disk per flavour, about; for the screen, before it is installed. */
  readonly kept?: Readonly<Partial<Record<Precision, number>>>;
  /** The authors ask for an agreement before they hand out the files. */
  readonly gated?: boolean;
}

export interface ModelCard {
  readonly id: string;
  readonly name: string;
  readonly task: 'image' | 'text';
  /** One line: what it does. */
  readonly summary: string;
  /** A middle-dot line for the panel, such as `Image · 224 px`; the size of a model that is installed is not part of it. */
  readonly facts: string;
  readonly source: { readonly name: string; readonly url: string; readonly revision: string };
  readonly licence: string;
  readonly languages: readonly string[];
  readonly intendedUse: string;
  readonly notFor: readonly string[];
  readonly limits: readonly string[];
  readonly labels: readonly Label[];
  readonly scores: readonly CardScore[];
  readonly input: ImageInput | TextInput | TokenInput | EmbeddingInput;
  /** `softmax`: labels exclude each other; `sigmoid`: they do not. */
  readonly activation: 'softmax' | 'sigmoid';
  /** Where the default thresholds come from, for the line under the panel. */
  readonly thresholdNote: string;
  /** Present where the network gives one. `normalised`: of length 1. */
  readonly embedding?: { readonly width: number; readonly normalised: boolean };
  /** Absent for models that are part of the build. */
  readonly install?: Installation;
  /** Golden inputs made in code, with the logits a reference gave: run when the model is opened. */
  readonly selfTest?: SelfTest;
}

export interface SelfTest {
  /** Largest allowed absolute difference of any probability. */
  readonly tolerance: number;
  readonly cases: readonly SelfTestCase[];
}

/** `pattern` names a picture of `core/image/patterns`; `text` is the text itself. */
export type SelfTestCase = { readonly probabilities: readonly number[] } & (
  | { readonly pattern: string }
  | { readonly text: string }
);

/** A file of a model in the bundle's manifest. */
export interface ModelFile {
  /** Relative to the manifest; a flat name, no directories. */
  readonly path: string;
  readonly bytes: number;
  /** Hex, lower case. */
  readonly sha256: string;
}

/** `public/models/manifest.json`: the models that are part of the build. */
export interface ModelManifest {
  readonly version: 1;
  readonly models: readonly { readonly card: ModelCard; readonly files: readonly ModelFile[] }[];
  /** Models that this site hosts prepared; an entry is a `PreparedOffer`. */
  readonly prepared?: readonly unknown[];
}
