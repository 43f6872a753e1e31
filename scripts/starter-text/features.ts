/** Examples as sparse rows, through the very code the product reads text with. */
import { type NgramConfig, ngramFeatures } from '../../src/core/text/ngrams';
import { normalise } from '../../src/core/text/normalise';
import type { Example } from './data';

/** Compressed sparse rows: row i has entries starts[i] to starts[i + 1]. */
export interface SparseRows {
  readonly starts: Uint32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
  readonly count: number;
}

/** One row per example, of the normalised reading of what is trained on; occurrences of a bucket are added up. */
export function sparseRows(examples: readonly Example[], config: NgramConfig): SparseRows {
  const starts = new Uint32Array(examples.length + 1);
  const columns: number[] = [];
  const values: number[] = [];
  examples.forEach(({ text, trainingText }, row) => {
    const features = ngramFeatures(normalise(trainingText ?? text).text, config);
    const sums = new Map<number, number>();
    features.indices.forEach((bucket, index) => {
      sums.set(bucket, (sums.get(bucket) ?? 0) + features.values[index]!);
    });
    for (const [bucket, value] of sums) {
      columns.push(bucket);
      values.push(value);
    }
    starts[row + 1] = columns.length;
  });
  return {
    starts,
    columns: Int32Array.from(columns),
    values: Float32Array.from(values),
    count: examples.length,
  };
}
