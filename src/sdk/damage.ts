/** How much of a model that its site hosts in pieces has to come again, once it was found damaged. */
import type { Fetcher } from './gather';
import type { ModelList } from './list';
import type { Activity } from './types';

export interface DamageParts {
  readonly list: Pick<ModelList, 'state' | 'damaged'>;
  readonly fetcher: Pick<Fetcher, 'run'>;
  /** Tells of it. */
  readonly changed: () => void;
}

export class Damage {
  readonly #asking = new Set<string>();

  constructor(private readonly parts: DamageParts) {}

  /** Hears what models do. Never rejects: until it is known, all of it counts. */
  async heard({ model, state, error }: Activity): Promise<void> {
    const { list, fetcher, changed } = this.parts;
    if (state !== 'failed' || (error?.code !== 'asset-corrupt' && error?.code !== 'asset-missing')) return;
    const installed = list.state(model)?.installed;
    if (installed?.origin?.kind !== 'bundle' || this.#asking.has(model)) return;
    this.#asking.add(model);
    try {
      const bytes = await fetcher.run((remote) => remote.damaged(model));
      if (bytes === undefined || list.state(model)?.installed?.at !== installed.at) return;
      list.damaged(model, installed.at, bytes);
      changed();
    } catch {
      // Winnow was closed, or the browser keeps nothing.
    } finally {
      this.#asking.delete(model);
    }
  }
}
