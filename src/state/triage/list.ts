/**
 * Which items are shown, in which order, and which one is looked at. Until somebody works in it, it sorts itself; from
 * then on it stays as it is, and says how many items would move.
 */

import type { Filters } from '../../core/triage/filters';
import type { Order } from '../../core/triage/orders';
import type { Sieve } from '../../core/triage/sieve';
import { type Folded, filtered, folded, type Similar, type Stack, sorted, turned } from '../../sdk/triage';
import type { Run } from '../../sdk/triage/types';
import type { Listed } from './listed';
import { movedBetween } from './moved';

export interface ListSource {
  readonly run: Pick<Run, 'items' | 'journal'>;
  readonly sieve: Sieve;
  readonly listed?: Pick<Listed, 'has'> | undefined;
  /** Equal for items that look alike, which take one row. */
  readonly face?: (ordinal: number) => number;
}

/** *Similar items*: of which one, and what they are, nearest first. */
export interface Likeness {
  readonly of: number;
  readonly similar: readonly Similar[];
}

/** Orders that results and lines have a say in; in the others an item's place never changes. */
const LIVE: ReadonlySet<Order> = new Set(['risk', 'uncertainty', 'disagreement', 'mixed']);

export class List {
  /** Ordinals, in the order in which they are shown. */
  shown: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  /** Items that sorting again would move, bring in or take out. */
  moved = 0;
  order: Order = 'risk';
  filters: Filters = {};
  /** By ordinal, so that it stays the same item wherever it goes. */
  selected: number | undefined;
  /** Somebody decides or looks here: nothing moves by itself any more. */
  #held = false;
  #places = new Int32Array(0);
  #stacks: ReadonlyMap<number, Stack> = new Map();
  /** Of members that have no row of their own, and of those after the first: the first. */
  #firsts = new Map<number, number>();
  /** Faces of stacks that are opened. */
  readonly #opened = new Set<number>();
  #likeness: Likeness | undefined;
  /** Items that were there when it was last brought up to date. */
  #seen = 0;

  constructor(private readonly source: ListSource) {}

  get held(): boolean {
    return this.#held;
  }

  hold(): void {
    this.#held = true;
  }

  get likeness(): Likeness | undefined {
    return this.#likeness;
  }

  /** Place of an item in what is shown, of a folded one that of its stack; -1 when it is not. */
  placeOf(ordinal: number | undefined): number {
    return ordinal === undefined ? -1 : (this.#places[ordinal] ?? -1);
  }

  /** *Sort again*, and every choice of order or filter. What is selected stays selected while it is shown. */
  sort(): void {
    this.#show(this.#fresh());
    this.#seen = this.source.sieve.size;
    this.moved = 0;
  }

  /** Items that are shown, folded ones, too. */
  get size(): number {
    let size = this.shown.length;
    for (const { members, open } of this.#stacks.values()) if (!open) size += members.length - 1;
    return size;
  }

  /** The stack that an item is in, as it stands in the list. */
  stackOf(ordinal: number): Stack | undefined {
    return this.#stacks.get(this.#firsts.get(ordinal) ?? ordinal);
  }

  /** What an item's row stands for: the members of a folded stack, the first one first; else the item alone. */
  under(ordinal: number): readonly number[] {
    const stack = this.stackOf(ordinal);
    return stack && !stack.open ? stack.members : [ordinal];
  }

  /** Opens a stack, or folds it again; nothing else moves. False where there is none, or it is so already. */
  turn(ordinal: number, open: boolean): boolean {
    const stack = this.stackOf(ordinal);
    if (!stack || stack.open === open) return false;
    const first = stack.members[0]!;
    const face = this.#face(first);
    if (open) this.#opened.add(face);
    else this.#opened.delete(face);
    this.#show(turned({ shown: this.shown, stacks: this.#stacks }, first));
    if (!open && this.selected !== undefined && stack.members.includes(this.selected)) this.selected = first;
    return true;
  }

  /** Shows these alone, each with a row of its own; without any, what the filters say. */
  liken(likeness: Likeness | undefined): void {
    this.#likeness = likeness;
    this.sort();
  }

  arrange(change: { readonly order?: Order; readonly filters?: Filters }): void {
    if (change.order) this.order = change.order;
    if (change.filters) this.filters = change.filters;
    this.#likeness = undefined;
    this.sort();
  }

  /** New items come in at the end at once; the rest waits for `settle`. */
  follow(): void {
    const { size } = this.source.sieve;
    if (size === this.#seen) return;
    if (Object.keys(this.filters).length > 0 || this.#likeness) return;
    const shown = new Uint32Array(this.shown.length + size - this.#seen);
    shown.set(this.shown);
    for (let at = this.#seen; at < size; at++) shown[this.shown.length + at - this.#seen] = at;
    this.#seen = size;
    this.#show({ shown, stacks: this.#stacks });
  }

  /** After results, decisions or moved lines: sorts while nobody works here, otherwise counts. Once a second at most. */
  settle(): void {
    if (this.#likeness) return;
    if (!this.#held) {
      this.sort();
      return;
    }
    this.follow();
    if (!LIVE.has(this.order) && Object.keys(this.filters).length === 0) {
      this.moved = this.order === 'added' ? 0 : this.moved;
      return;
    }
    this.moved = movedBetween(this.shown, this.#fresh().shown, this.source.sieve.size);
  }

  select(ordinal: number | undefined): boolean {
    if (ordinal === this.selected) return false;
    this.selected = ordinal;
    return true;
  }

  /** The item `by` places on from the selected one; stops at the ends. */
  beside(by: number): number | undefined {
    const at = this.placeOf(this.selected);
    if (at < 0) return this.shown[0];
    return this.shown[Math.min(this.shown.length - 1, Math.max(0, at + by))];
  }

  /** The next row that `wanted` takes, after the selected one, then from the beginning. */
  nextFor(wanted: (ordinal: number) => boolean): number | undefined {
    const { length } = this.shown;
    const from = this.placeOf(this.selected);
    // The selected row itself is none, wherever in its stack the selected item is.
    for (let step = 1; step <= length - (from < 0 ? 0 : 1); step++) {
      const ordinal = this.shown[(from + step + length) % length]!;
      if (wanted(ordinal)) return ordinal;
    }
    return undefined;
  }

  /** The selected item and those that follow it. */
  ahead(count: number): readonly number[] {
    const at = Math.max(0, this.placeOf(this.selected));
    const rows = [...this.shown.subarray(at, at + count)];
    const { selected } = this;
    return selected === undefined || rows[0] === selected || this.placeOf(selected) < 0
      ? rows
      : [selected, ...rows];
  }

  #fresh(): Folded {
    const { sieve, listed } = this.source;
    const { items, journal } = this.source.run;
    if (this.#likeness) {
      const shown = Uint32Array.from(this.#likeness.similar, ({ item }) => item);
      return { shown, stacks: new Map() };
    }
    const passing = filtered(this.filters, items, sieve, journal, listed);
    const ordered = sorted(this.order, passing, sieve, items);
    return folded(
      ordered,
      sieve.size,
      (item) => this.#face(item),
      (face) => this.#opened.has(face),
    );
  }

  #face(ordinal: number): number {
    return this.source.face?.(ordinal) ?? ordinal;
  }

  #show({ shown, stacks }: Folded): void {
    this.shown = shown as Uint32Array<ArrayBuffer>;
    this.#stacks = stacks;
    this.#firsts.clear();
    if (this.#places.length < this.source.sieve.size)
      this.#places = new Int32Array(Math.max(1024, this.source.sieve.size * 2));
    this.#places.fill(-1);
    for (let at = 0; at < shown.length; at++) this.#places[shown[at]!] = at;
    for (const [first, { members, open }] of stacks)
      for (const member of members) {
        if (member !== first) this.#firsts.set(member, first);
        if (!open) this.#places[member] = this.#places[first]!;
      }
  }
}
