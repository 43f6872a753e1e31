/** Columns that somebody chose, and views that they named: kept in this browser, for every run. */
import type { Keeper, NamedView } from '../storage';
import { Store } from '../store';
import type { Column } from './columns';

export interface ViewsState {
  /** Absent: those that fit the window. */
  readonly columns?: readonly Column[];
  readonly named: readonly NamedView[];
}

export const LONGEST_VIEW_NAME = 40;
/** As many as a list of names is still of use. */
const MOST = 50;

export class Views {
  readonly store: Store<ViewsState>;

  constructor(private readonly keeper: Keeper) {
    const { columns, views = [] } = keeper.kept;
    this.store = new Store<ViewsState>({ named: views, ...(columns && { columns }) });
  }

  choose(columns: readonly Column[] | undefined): void {
    const { named } = this.store.get();
    this.#set({ named, ...(columns && { columns }) });
  }

  /** Under a name that is there already it takes that one's place. */
  save(name: string, query: string): void {
    const clean = name.trim().slice(0, LONGEST_VIEW_NAME).toWellFormed();
    if (clean === '') return;
    const { named, ...rest } = this.store.get();
    const others = named.filter((view) => view.name !== clean);
    this.#set({ ...rest, named: [...others, { name: clean, query }].slice(-MOST) });
  }

  /** Returns what puts it back where it was. */
  remove(name: string): () => void {
    const { named, ...rest } = this.store.get();
    const at = named.findIndex((view) => view.name === name);
    if (at < 0) return () => {};
    this.#set({ ...rest, named: named.toSpliced(at, 1) });
    return () => {
      const now = this.store.get();
      if (now.named.some((view) => view.name === name)) return;
      this.#set({ ...now, named: now.named.toSpliced(at, 0, named[at]!) });
    };
  }

  #set(state: ViewsState): void {
    this.store.set(state);
    this.keeper.keep({ columns: state.columns, views: state.named });
  }
}
