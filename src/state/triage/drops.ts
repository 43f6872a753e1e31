/**
 * What came into the open run in this tab, so that it can be listed again: after Stop, or by another column of a table. It is
 * kept nowhere; after a restart the files are asked for.
 */
import { handlesOf, type Seized } from '../../sdk/input-sources';
import type {
  GatherProgress,
  KeptHandle,
  SkippedCount,
  TableColumns,
  TableLook,
} from '../../sdk/input-types';

/** A table as it is read: what its head says, and the columns that are used. */
export interface UsedTable {
  /** As strangers gave it. */
  readonly name: string;
  readonly look: TableLook;
  readonly columns: TableColumns;
}

export class Drops {
  #inputs: Seized[] = [];
  /** Of each listing, in the order of its beginning. */
  #skipped: (readonly SkippedCount[])[] = [];
  readonly #tables = new Map<string, UsedTable>();

  get any(): boolean {
    return this.#inputs.length > 0;
  }

  get tables(): readonly UsedTable[] {
    return [...this.#tables.values()];
  }

  /** Everything together, to be listed anew: what was counted before is counted again. */
  all(): Seized {
    this.#skipped = [];
    return { sources: this.#inputs.flatMap(({ sources }) => sources) };
  }

  /** Handles of everything, which can be kept. */
  handles(): Promise<KeptHandle[]> {
    return handlesOf({ sources: this.#inputs.flatMap(({ sources }) => sources) });
  }

  add(input: Seized): void {
    this.#inputs.push(input);
  }

  /** Takes one listing's progress. */
  listener(told: (skipped: readonly SkippedCount[]) => void): (progress: GatherProgress) => void {
    const place = this.#skipped.push([]) - 1;
    const all = this.#skipped;
    return ({ skipped }) => {
      // Of a listing that was begun anew meanwhile.
      if (all !== this.#skipped) return;
      all[place] = skipped;
      told(merged(all.flat()));
    };
  }

  /** The columns that somebody chose of this table, or that are used of it. */
  columnsOf(name: string, look: TableLook): TableColumns | undefined {
    return this.#tables.get(keyOf(name, look))?.columns;
  }

  use(name: string, look: TableLook, columns: TableColumns): void {
    this.#tables.set(keyOf(name, look), { name, look, columns });
  }
}

/** Tables of the same name lie in different folders; those with the same columns are one to whoever chooses. */
const keyOf = (name: string, { columns }: TableLook): string =>
  JSON.stringify([name, ...columns.map((column) => column.name)]);

function merged(counts: readonly SkippedCount[]): readonly SkippedCount[] {
  const found = new Map<string, SkippedCount>();
  for (const one of counts) {
    const key = `${one.why} ${one.extension}`;
    found.set(key, { ...one, count: one.count + (found.get(key)?.count ?? 0) });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

/** The columns that a table's head suggests. */
export const guessed = ({ text, id }: TableLook): TableColumns | undefined =>
  text === undefined ? undefined : { text, ...(id !== undefined && { id }) };
