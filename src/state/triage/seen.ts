/**
 * Which items were shown in clear: a decision about any other was made without looking. Of those that are open it is kept with
 * the run, so that a decision after a restart says the same.
 */
import type { Run } from '../../sdk/triage/types';
import { ordinalOf } from './intake';

/** Ids that are kept, newest last: whoever looks decides soon. */
const MOST = 200;

export class Seen {
  readonly #ordinals: Set<number>;

  constructor(private readonly run: Pick<Run, 'items' | 'now' | 'journal' | 'keepPlace'>) {
    const { seen = '' } = run.now.place ?? {};
    this.#ordinals = new Set(String(seen).split(' ').filter(Boolean).map(ordinalOf));
  }

  has(ordinal: number): boolean {
    return this.#ordinals.has(ordinal);
  }

  add(ordinal: number): void {
    if (this.#ordinals.has(ordinal)) return;
    this.#ordinals.add(ordinal);
    void this.run.keepPlace({ seen: this.#open().join(' ') });
  }

  delete(ordinal: number): void {
    this.#ordinals.delete(ordinal);
  }

  #open(): readonly string[] {
    const { items, journal } = this.run;
    const ids = [...this.#ordinals].flatMap((ordinal) => items[ordinal]?.id ?? []);
    return ids.filter((id) => journal.of(id).decision === undefined).slice(-MOST);
  }
}
