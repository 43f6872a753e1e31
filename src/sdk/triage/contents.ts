/** What a tab holds of a run: enough to show it, to decide, and to export it when storage is gone. */
import { Journal } from '../../core/triage/journal';
import type { Snapshot } from '../../core/triage/snapshot';
import type {
  DecisionRecord,
  Draft,
  Item,
  ItemScores,
  KeptScores,
  RunHeader,
  RunNow,
} from '../../core/triage/types';
import type { Conflict } from '../../rpc/journal';
import { breather } from './reading';

export class Contents {
  readonly items: Item[] = [];
  readonly journal = new Journal();
  readonly #scores = new Map<string, readonly KeptScores[]>();
  readonly #places = new Map<string, number>();
  /** Records as JSON: of 50,000, what was said of each item is mostly never looked at again. */
  readonly #records: string[] = [];

  item(id: string): Item | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.items[place];
  }

  scores(id: string): readonly KeptScores[] {
    return this.#scores.get(id) ?? [];
  }

  put(items: readonly Item[], scores: readonly ItemScores[]): void {
    for (const item of items) {
      // A name that is in memory only stays when the item comes back from storage.
      this.items[item.ordinal] = { ...this.items[item.ordinal], ...item };
      this.#places.set(item.id, item.ordinal);
    }
    for (const { item, scores: one } of scores) {
      const others = this.scores(item).filter(({ model }) => model !== one.model);
      this.#scores.set(item, [...others, one]);
    }
  }

  /** The next record, and its JSON. */
  add(record: DecisionRecord, text: string): void {
    const { models: _, verdict: __, ...slim } = record;
    this.journal.apply(slim);
    this.#records.push(text);
  }

  record(seq: number): DecisionRecord | undefined {
    const text = this.#records[seq - 1];
    return text === undefined ? undefined : (JSON.parse(text) as DecisionRecord);
  }

  /** Items that another tab has decided since the person saw them, as this tab has heard meanwhile. */
  conflicts(drafts: readonly Draft[]): readonly Conflict[] {
    return drafts.flatMap(({ item, rev }) => {
      const newest = this.journal.of(item).rev;
      return newest === rev ? [] : [{ item, rev: newest, current: this.record(newest)! }];
    });
  }

  /** As it is at this moment, and then `more`: what is decided while it is made is not part of it. */
  async snapshot(header: RunHeader, now: RunNow, more: readonly DecisionRecord[] = []): Promise<Snapshot> {
    const texts = [...this.#records, ...more.map((record) => JSON.stringify(record))];
    const [items, scores] = [this.items.slice(), new Map(this.#scores)];
    const breathe = breather();
    const records: DecisionRecord[] = [];
    const journal = new Journal();
    for (const text of texts) {
      const record = JSON.parse(text) as DecisionRecord;
      records.push(record);
      journal.apply(record);
      await breathe();
    }
    return { header, now, items, scores, records, journal };
  }
}
