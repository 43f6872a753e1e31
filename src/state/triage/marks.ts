/** Rows that are marked to be decided together. */
import type { List } from './list';

export class Marks {
  readonly #rows = new Set<number>();
  /** Where a range began. */
  #anchor: number | undefined;

  constructor(private readonly list: List) {}

  has(ordinal: number): boolean {
    return this.#rows.has(ordinal);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** In the order of the list; what is not shown any more is left out. */
  get rows(): readonly number[] {
    return [...this.list.shown].filter((ordinal) => this.#rows.has(ordinal));
  }

  /** From where the range began to this row. */
  extendTo(ordinal: number): void {
    const from = this.list.placeOf(this.#anchor ?? this.list.selected);
    const to = this.list.placeOf(ordinal);
    if (to < 0) return;
    this.#anchor ??= this.list.selected;
    this.#rows.clear();
    const [first, last] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
    for (const row of this.list.shown.subarray(first, last + 1)) this.#rows.add(row);
  }

  /** On or off; the first time the selected row is marked, too. */
  toggle(ordinal: number): void {
    const { selected } = this.list;
    if (this.#rows.size === 0 && selected !== undefined && selected !== ordinal) this.#rows.add(selected);
    if (!this.#rows.delete(ordinal)) this.#rows.add(ordinal);
    this.#anchor = ordinal;
  }

  all(): void {
    for (const row of this.list.shown) this.#rows.add(row);
  }

  /** False where nothing was marked. */
  clear(): boolean {
    this.#anchor = undefined;
    const some = this.#rows.size > 0;
    this.#rows.clear();
    return some;
  }
}
