/** A SavedModel's head of two layers on embeddings, as AutoKeras saves one, and what it answers. */

import { maskedCrc32c } from '../../src/core/checkpoint/savedmodel/crc32c';
import { bundleEntry, bundleHeader, tableFile } from '../../src/core/checkpoint/savedmodel/testing';
import { zipFile } from '../../src/core/checkpoint/testing-zip';
import type { Picked } from './installing';

const HIDDEN = 8;

export interface SmallHead {
  readonly zip: Picked;
  /** The logit of one embedding. */
  logit(embedding: readonly number[]): number;
}

/** Random but fixed weights for embeddings of `width` numbers. */
export function smallHead(width: number): SmallHead {
  const values = (count: number, seed: number) =>
    Float32Array.from({ length: count }, (_, i) => (((i + seed) * 7919) % 101) / 101 - 0.45);
  const mean = values(width, 1);
  const variance = values(width, 2).map((value) => value * value + 0.02);
  const first = values(width * HIDDEN, 3);
  const firstBias = values(HIDDEN, 4);
  const last = values(HIDDEN, 5);
  const lastBias = values(1, 6);
  const tensors: Record<string, { shape: number[]; data: Float32Array }> = {
    'layer_with_weights-1/mean': { shape: [width], data: mean },
    'layer_with_weights-1/variance': { shape: [width], data: variance },
    'layer_with_weights-2/kernel': { shape: [width, HIDDEN], data: first },
    'layer_with_weights-2/bias': { shape: [HIDDEN], data: firstBias },
    'layer_with_weights-3/kernel': { shape: [HIDDEN, 1], data: last },
    'layer_with_weights-3/bias': { shape: [1], data: lastBias },
  };
  const parts: Uint8Array[] = [];
  let offset = 0;
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const bytes = new Uint8Array(data.buffer as ArrayBuffer);
    const entry = bundleEntry({
      name: `${name}/.ATTRIBUTES/VARIABLE_VALUE`,
      ...{ shape, offset, size: bytes.length, checksum: maskedCrc32c(bytes) },
    });
    parts.push(bytes);
    offset += bytes.length;
    return [name, entry] as const;
  });
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const index = tableFile([bundleHeader(), ...entries.map(([, entry]) => entry)]);
  const data = new Uint8Array(Buffer.concat(parts));
  const bytes = zipFile([
    { name: 'head/variables/variables.index', data: index },
    { name: 'head/variables/variables.data-00000-of-00001', data },
  ]);
  return {
    zip: { name: 'head.zip', bytes },
    logit(embedding) {
      const x = embedding.map((value, i) => (value - mean[i]!) / Math.sqrt(variance[i]!));
      let logit = lastBias[0]!;
      for (let j = 0; j < HIDDEN; j++) {
        const sum = x.reduce((total, value, i) => total + value * first[i * HIDDEN + j]!, firstBias[j]!);
        logit += Math.max(0, sum) * last[j]!;
      }
      return logit;
    },
  };
}
