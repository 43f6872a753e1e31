/** The pictures most like one, by perceptual hash. */
import { ones } from './bits';
import type { Item } from './types';

/**
 * Bits in which two hashes may differ to be shown beside each other. Different pictures differ in 18 and more of the 64;
 * between that and what is stacked lie crops, and pictures with something drawn over them.
 */
export const SIMILAR_BITS = 16;

export interface Similar {
  readonly item: number;
  /** Bits that differ, of 64; 0 also for the same bytes. */
  readonly bits: number;
}

/** The item itself first, then what is nearest, equals as they came; `limit` of them at most, itself included. */
export function nearest(
  items: readonly Pick<Item, 'phash' | 'sha256'>[],
  of: number,
  limit = 200,
  bits = SIMILAR_BITS,
): readonly Similar[] {
  const { phash, sha256 } = items[of]!;
  const [high, low] = phash === undefined ? [0, 0] : halves(phash);
  const found: Similar[] = [];
  items.forEach((other, item) => {
    if (item === of) return;
    if (sha256 !== '' && other.sha256 === sha256) found.push({ item, bits: 0 });
    else if (phash !== undefined && other.phash !== undefined) {
      const [otherHigh, otherLow] = halves(other.phash);
      const differing = ones(high ^ otherHigh) + ones(low ^ otherLow);
      if (differing <= bits) found.push({ item, bits: differing });
    }
  });
  found.sort((a, b) => a.bits - b.bits);
  return [{ item: of, bits: 0 }, ...found.slice(0, limit - 1)];
}

const halves = (phash: string): [number, number] => [
  Number.parseInt(phash.slice(0, 8), 16) | 0,
  Number.parseInt(phash.slice(8), 16) | 0,
];
