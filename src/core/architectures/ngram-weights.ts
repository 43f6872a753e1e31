/**
 * Weights of a linear model over hashed n-grams, and their file:
 *
 *   offset  bytes              little-endian
 *   0       8                  "WINNOWNG"
 *   8       4                  uint32, version: 1
 *   12      4                  uint32, buckets B
 *   16      4                  uint32, labels L
 *   20      4 L                float32, scale per label
 *   20+4L   4 L                float32, bias per label
 *   20+8L   B L                int8, codes row by row: weight of bucket b for label l is code × scale[l]
 */
import { InvalidError } from '../errors';
import type { NgramFeatures } from '../text/ngrams';

export interface NgramWeights {
  readonly buckets: number;
  readonly labels: number;
  /** [labels] */
  readonly scale: Float32Array;
  /** [labels] */
  readonly bias: Float32Array;
  /** [buckets, labels], row-major. */
  readonly codes: Int8Array;
}

const MAGIC = 'WINNOWNG';
const VERSION = 1;
const HEADER = 20;
/** Hash tables larger than this are not starters; the cap stops a header from asking for gigabytes. */
const MOST_CODES = 1 << 26;

/** Reads the file above. Throws `invalid-model` for anything else, without allocating what a header claims. */
export function loadNgramWeights(bytes: Uint8Array): NgramWeights {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (bytes.byteLength < HEADER || magic !== MAGIC || view.getUint32(8, true) !== VERSION)
    throw new InvalidError('invalid-model', 'This is not a file of n-gram weights.');
  const buckets = view.getUint32(12, true);
  const labels = view.getUint32(16, true);
  const codes = HEADER + 8 * labels;
  if (buckets === 0 || labels === 0 || buckets * labels > MOST_CODES)
    throw new InvalidError('invalid-model', `N-gram weights of ${buckets} × ${labels} are not supported.`);
  if (bytes.byteLength !== codes + buckets * labels)
    throw new InvalidError('invalid-model', 'The n-gram weights do not have the length their header says.');
  const numbers = (at: number) =>
    Float32Array.from({ length: labels }, (_, i) => view.getFloat32(at + 4 * i, true));
  const weights = {
    buckets,
    labels,
    scale: numbers(HEADER),
    bias: numbers(HEADER + 4 * labels),
    codes: new Int8Array(bytes.buffer, bytes.byteOffset + codes, buckets * labels),
  };
  if (![...weights.scale, ...weights.bias].every(Number.isFinite))
    throw new InvalidError('invalid-model', 'The n-gram weights hold a scale that is not a number.');
  return weights;
}

/** The file above. */
export function saveNgramWeights({ buckets, labels, scale, bias, codes }: NgramWeights): Uint8Array {
  const start = HEADER + 8 * labels;
  const bytes = new Uint8Array(start + codes.length);
  const view = new DataView(bytes.buffer);
  [...MAGIC].forEach((letter, index) => {
    view.setUint8(index, letter.charCodeAt(0));
  });
  [VERSION, buckets, labels].forEach((value, index) => {
    view.setUint32(8 + 4 * index, value, true);
  });
  [...scale, ...bias].forEach((value, index) => {
    view.setFloat32(HEADER + 4 * index, value, true);
  });
  bytes.set(new Uint8Array(codes.buffer, codes.byteOffset, codes.length), start);
  return bytes;
}

export interface NgramScores {
  /** [labels] */
  readonly logits: Float32Array;
  /** [features, labels]: what each feature added. */
  readonly contributions: Float32Array;
}

/** What the graph of ngram-linear.ts computes, in float32: the reference it is tested against. */
export function scoreNgrams(weights: NgramWeights, features: NgramFeatures): NgramScores {
  const { labels, scale, bias, codes } = weights;
  const logits = bias.slice();
  const contributions = new Float32Array(features.indices.length * labels);
  features.indices.forEach((bucket, feature) => {
    const value = features.values[feature]!;
    for (let label = 0; label < labels; label++) {
      const logit = codes[bucket * labels + label]! * scale[label]! * value;
      contributions[feature * labels + label] = logit;
      logits[label]! += logit;
    }
  });
  return { logits, contributions };
}
