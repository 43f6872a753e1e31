/**
 * What was marked as a concern (C01). Its picture or text is not to be had again in this run, nor are those of identical
 * copies: not when the mark is taken back, not after a restart. Undo takes back the decision, never this.
 */
import type { Run } from '../../sdk/triage/types';

export class Released {
  readonly #ordinals = new Set<number>();
  readonly #hashes = new Set<string>();

  constructor(private readonly run: Pick<Run, 'items' | 'journal'>) {
    for (const { id, ordinal } of run.items) if (run.journal.concerned(id)) this.add(ordinal);
  }

  has(ordinal: number): boolean {
    const sha256 = this.run.items[ordinal]?.sha256 ?? '';
    return this.#ordinals.has(ordinal) || (sha256 !== '' && this.#hashes.has(sha256));
  }

  /** Returns every item that this takes out of sight: the item, and its copies. */
  add(ordinal: number): readonly number[] {
    const sha256 = this.run.items[ordinal]?.sha256 ?? '';
    this.#ordinals.add(ordinal);
    if (sha256 === '') return [ordinal];
    this.#hashes.add(sha256);
    return this.run.items.flatMap((item) => (item.sha256 === sha256 ? item.ordinal : []));
  }
}
