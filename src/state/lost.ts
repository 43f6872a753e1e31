/** Names of models that the browser has deleted since they were installed. */
import type { ModelState } from '../sdk/types';
import type { BenchModel, Models } from './models';
import type { Keeper, Kept } from './storage';
import { Store } from './store';

export class Lost extends Store<readonly string[]> {
  constructor(
    private readonly models: Pick<Models, 'store'>,
    private readonly keeper: Keeper,
  ) {
    super([]);
  }

  /** S09: what was deleted while it was open. */
  miss(states: readonly ModelState[]): void {
    const here = new Set(states.flatMap(({ card, state }) => (state === 'installed' ? [card.id] : [])));
    const gone = this.#installed().flatMap(({ card }) => (here.has(card.id) ? [] : [card.name]));
    if (gone.length > 0) this.set(gone);
  }

  /** S08: what was installed when this browser was last here (`before`, by id), and is no longer. */
  compare(before: Kept['installed'] = {}): void {
    const here = new Set(this.#installed().map(({ card }) => card.id));
    this.set(Object.entries(before).flatMap(([id, name]) => (here.has(id) ? [] : [name])));
    this.note();
  }

  /** What is installed now, for the next visit. */
  note(): void {
    const installed = Object.fromEntries(this.#installed().map(({ card }) => [card.id, card.name]));
    if (JSON.stringify(installed) !== JSON.stringify(this.keeper.kept.installed ?? {}))
      this.keeper.keep({ installed });
  }

  #installed(): readonly BenchModel[] {
    return this.models.store.get().models.filter(({ state }) => state === 'installed');
  }
}
