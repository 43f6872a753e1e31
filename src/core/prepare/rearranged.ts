/** Weights kept in the order in which they are asked for: reading them is then reading a file from its front to its end. */
import { type Layout, weightsEnd } from './layout';
import { aligned, type Range } from './plan';

export interface Rearranged {
  /** As before, with other places. */
  readonly layout: Layout;
  /** Weights by their index in the layout, as they lie one after the other. */
  readonly sequence: readonly number[];
}

/**
 * `order`: weights by their index in the layout, as a runtime asked for them. Of one that was asked for more than once the last
 * time counts, because first layers are asked for by themselves before all of it is; what was never asked for comes first.
 * Tables stay where they are. Undefined where nothing would move, or weights do not lie as `WeightPlan` puts them.
 */
export function rearranged(layout: Layout, order: readonly number[]): Rearranged | undefined {
  const { weights } = layout;
  const sequence = [...new Set([...weights.keys(), ...order].reverse())].reverse();
  const places: Range[] = [];
  let end = 0;
  for (const index of sequence) {
    const { length } = weights[index]!.place;
    places[index] = { offset: end, length };
    end = aligned(end + length);
  }
  const moved = weights.some(({ place }, index) => place.offset !== places[index]!.offset);
  if (!moved || end > weightsEnd(layout)) return undefined;
  return {
    sequence,
    layout: { ...layout, weights: weights.map((one, at) => ({ ...one, place: places[at]! })) },
  };
}
