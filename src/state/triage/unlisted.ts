/** What a run was given and not listed to its end: until it is, the run must not pass for a whole one (T10). */
import type { Seized } from '../../sdk/input-sources';
import { isUnlisted, noteListing } from './place';
import type { Screening } from './screening';

export class Unlisted {
  readonly #sources = new Set<Seized['sources'][number]>();
  /** By a page that is gone. */
  #owed: boolean;

  constructor(private readonly open: Pick<Screening, 'run' | 'inflow' | 'store'>) {
    this.#owed = isUnlisted(open.run);
  }

  /**
   * A listing begins. Call what it returns when it has come to its end; one that is stopped or dies does not. What an earlier
   * page owed is listed with the first that brings one of the items whose files were not here.
   */
  begin({ sources }: Seized): () => void {
    const { run, inflow, store } = this.open;
    const missing = run.items.filter(({ ordinal }) => !inflow.arrivals.here(ordinal));
    for (const source of sources) this.#sources.add(source);
    noteListing(run, true);
    const settles = () => {
      if (!this.#owed) return true;
      if (missing.length === 0 || missing.some(({ ordinal }) => inflow.arrivals.here(ordinal)))
        this.#owed = false;
      return !this.#owed;
    };
    return () => {
      for (const source of sources) this.#sources.delete(source);
      if (!settles()) {
        // What was moved is known by its bytes, which are read later than it is listed.
        const unsubscribe = store.subscribe(() => {
          if (settles()) this.#note();
          else if (!inflow.idle) return;
          unsubscribe();
        });
      }
      this.#note();
    };
  }

  #note(): void {
    if (this.#sources.size === 0 && !this.#owed) noteListing(this.open.run, false);
  }
}
