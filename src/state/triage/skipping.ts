/** Why something was skipped: asked afterwards, beside the next item, so that nobody has to wait for it. */
import type { Deciding } from '../../sdk/triage/types';

/** In the order of the keys 1 to 5. They go into the record and the exports as they stand here. */
export const SKIP_REASONS = [
  'Cannot tell',
  'Needs context',
  'Another language',
  'For somebody else',
  'Rather not look',
] as const;

/** What was skipped last, as long as nothing else has been done. */
export class Skipping {
  #skipped: { readonly all: readonly Deciding[]; readonly what: string } | undefined;

  /** `what`: as the toast calls it. */
  ask(all: readonly Deciding[], what: string): void {
    this.#skipped = { all, what };
  }

  /** False where nothing was asked. */
  done(): boolean {
    const asked = this.#skipped !== undefined;
    this.#skipped = undefined;
    return asked;
  }

  /** Whether this item's skipping still waits for a reason. */
  asks(item: string | undefined): boolean {
    return item !== undefined && this.#skipped?.all.some((one) => one.item === item) === true;
  }

  /** The records that say why, once. `at`: from 0. */
  because(at: number): { readonly all: readonly Deciding[]; readonly what: string } | undefined {
    const skipped = this.#skipped;
    const reason = SKIP_REASONS[at];
    if (!skipped || reason === undefined) return undefined;
    this.done();
    return { what: skipped.what, all: skipped.all.map((deciding) => ({ ...deciding, reason })) };
  }
}
