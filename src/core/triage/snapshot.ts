/** A run with all that belongs to it, as exports take it. */
import type { Journal } from './journal';
import type { DecisionRecord, Item, KeptScores, RunHeader, RunNow } from './types';

export interface Snapshot {
  readonly header: RunHeader;
  readonly now: RunNow;
  readonly items: readonly Item[];
  /** By item id; of each model the newest. */
  readonly scores: ReadonlyMap<string, readonly KeptScores[]>;
  /** In order. */
  readonly records: readonly DecisionRecord[];
  /** Their fold. */
  readonly journal: Journal;
}

/** Without what somebody called it, which is kept only where the run says so. */
export function nameless({ name: _, path: __, ...item }: Item): Item {
  return item;
}

/** An item as it leaves: names only where the run keeps them, and never of a concern. */
export function exportedItem(
  item: Item,
  { keepNames }: { readonly keepNames: boolean },
  concern: boolean,
): Item {
  const { name, path, link: _, ...rest } = item;
  if (concern) {
    const { id, ordinal, kind, sha256, bytes } = rest;
    return { id, ordinal, kind, sha256, bytes };
  }
  return {
    ...rest,
    ...(keepNames && { ...(name !== undefined && { name }), ...(path !== undefined && { path }) }),
  };
}
