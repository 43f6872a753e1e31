/** Which items of a run look alike: what is stacked, and what lies near. */
import type { Item } from '../../core/triage/types';
import { ALIKE_BITS, nearest, SIMILAR_BITS, type Similar, Stacks } from '../../sdk/triage';

export { ALIKE_BITS, SIMILAR_BITS };

export class Likenesses {
  readonly stacks = new Stacks();
  #all:
    | { readonly changes: number; readonly size: number; readonly stacks: ReturnType<Stacks['all']> }
    | undefined;

  constructor(private readonly items: readonly Item[]) {}

  /** All that are alike to it, itself included, as they came. */
  of(ordinal: number): readonly number[] {
    const { changes } = this.stacks;
    const size = this.items.length;
    if (this.#all?.changes !== changes || this.#all.size !== size)
      this.#all = { changes, size, stacks: this.stacks.all(size) };
    return this.#all.stacks.get(this.stacks.face(ordinal)) ?? [ordinal];
  }

  /** What is stacked with it, then what lies near, nearest first, itself before all. */
  similar(ordinal: number): readonly Similar[] {
    const [self, ...near] = nearest(this.items, ordinal);
    const stacked = new Set(this.of(ordinal));
    const [within, beside] = [true, false].map((inside) =>
      near.filter(({ item }) => stacked.has(item) === inside),
    );
    // A stack is a chain, so its ends may lie further apart than what is near.
    const known = new Set(within!.map(({ item }) => item));
    const far = [...stacked].filter((item) => item !== ordinal && !known.has(item));
    return [self!, ...within!, ...far.map((item) => ({ item, bits: FAR })), ...beside!];
  }
}

/** Of what is stacked by way of others. */
const FAR = SIMILAR_BITS + 1;
