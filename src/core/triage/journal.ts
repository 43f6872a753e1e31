/** What the journal says about every item: the fold of its records. Undo and redo are records like any other. */
import { InvalidError } from '../errors';
import type { Decision, DecisionRecord } from './types';

/** How things stand with one item. */
export interface ItemJournal {
  /** The newest record about it, undone or not: what `Draft.rev` is compared with. 0: none. */
  readonly rev: number;
  /** The decision in force; absent: none is, or it was undone. */
  readonly decision?: Decision;
  /** The record that the decision in force is from. */
  readonly seq?: number;
  /** What a second pass said, without having been shown the first. */
  readonly second?: Decision;
  readonly secondSeq?: number;
  readonly labels: readonly string[];
  readonly note?: string;
}

const NONE: ItemJournal = { rev: 0, labels: [] };

/** What is kept of a record to take it back later. */
interface Applied {
  readonly record: DecisionRecord;
  undone: boolean;
}

/** Takes records in order, one at a time, as they are written here or come in from another tab. */
export class Journal {
  readonly #items = new Map<string, ItemJournal>();
  /** Records other than undo and redo, by `seq`. */
  readonly #applied = new Map<number, Applied>();
  /** Of each item, its records other than undo and redo, oldest first. */
  readonly #about = new Map<string, Applied[]>();
  /** First records of what can be undone, and redone; newest last. */
  readonly #done: number[] = [];
  #undone: number[] = [];
  #seq = 0;

  /** `perItem`: records that one item may have; only for journals of strangers, whose undoing could take for ever. */
  constructor(private readonly perItem = Number.POSITIVE_INFINITY) {}

  get seq(): number {
    return this.#seq;
  }

  of(item: string): ItemJournal {
    return this.#items.get(item) ?? NONE;
  }

  /** C01: it was marked as a concern once, whether or not that was taken back. */
  concerned(item: string): boolean {
    return this.#about.get(item)?.some(({ record }) => record.decision === 'concern') ?? false;
  }

  /** Items that have records, with how they stand. */
  entries(): IterableIterator<[string, ItemJournal]> {
    return this.#items.entries();
  }

  /** Records that Undo takes back, and Redo puts in force again: one, or a group. Empty: nothing to do. */
  undoable(): readonly DecisionRecord[] {
    return this.#groupOf(this.#done.at(-1), false);
  }

  redoable(): readonly DecisionRecord[] {
    return this.#groupOf(this.#undone.at(-1), true);
  }

  /**
   * Throws InvalidError('damaged-file'), with `data.seq`, when the record cannot follow: an undo of what does not exist
   * or is undone already, a redo of what is not, a decision out of order.
   */
  apply(record: DecisionRecord): void {
    if (record.seq !== this.#seq + 1) throw impossible(record, `follows record ${this.#seq}`);
    if (record.decision === 'undo' || record.decision === 'redo') this.#turn(record);
    else this.#act(record);
    this.#seq = record.seq;
  }

  #act(record: DecisionRecord): void {
    const entry: Applied = { record, undone: false };
    const about = this.#about.get(record.item);
    if (about && about.length >= this.perItem)
      throw impossible(record, `is one of more than ${this.perItem} about one item`);
    if (about) about.push(entry);
    else this.#about.set(record.item, [entry]);
    this.#applied.set(record.seq, entry);
    const before = this.of(record.item);
    this.#items.set(record.item, effect(before, record));
    if (firstOf(record) === record.seq) this.#done.push(record.seq);
    // Something new was done: what was undone before stays undone.
    this.#undone = [];
  }

  #turn(record: DecisionRecord): void {
    const undo = record.decision === 'undo';
    const target = this.#applied.get(record.of ?? 0);
    if (!target) throw impossible(record, `is about record ${record.of ?? 'none'}, which is no decision`);
    if (target.record.item !== record.item) throw impossible(record, 'is about a record of another item');
    if (target.undone === undo)
      throw impossible(record, undo ? 'takes back what was taken back before' : 'repeats what is in force');
    target.undone = undo;
    let state: ItemJournal = NONE;
    for (const { record: one, undone } of this.#about.get(record.item)!)
      if (!undone) state = effect(state, one);
    this.#items.set(record.item, { ...state, rev: record.seq });
    const first = firstOf(target.record);
    const [from, to] = undo ? [this.#done, this.#undone] : [this.#undone, this.#done];
    const at = from.lastIndexOf(first);
    // The first record of a group moves it; the rest of the group find it moved.
    if (at < 0) return;
    from.splice(at, 1);
    to.push(first);
  }

  #groupOf(first: number | undefined, undone: boolean): readonly DecisionRecord[] {
    const found: DecisionRecord[] = [];
    if (first === undefined) return found;
    const group = this.#applied.get(first)?.record.group;
    for (let seq = first; ; seq++) {
      const entry = this.#applied.get(seq);
      if (!entry || (seq > first && (group === undefined || entry.record.group !== group))) return found;
      // Another tab may have turned a part of it.
      if (entry.undone === undone) found.push(entry.record);
    }
  }
}

const firstOf = (record: DecisionRecord): number => record.group ?? record.seq;

function effect(before: ItemJournal, record: DecisionRecord): ItemJournal {
  const { decision, seq } = record;
  if (decision === 'label') return { ...before, rev: seq, labels: record.labels ?? [] };
  if (decision === 'note') return { ...withNote(before, record.note), rev: seq };
  const decided = decision as Decision;
  return record.second
    ? { ...before, rev: seq, second: decided, secondSeq: seq }
    : { ...before, rev: seq, decision: decided, seq };
}

function withNote({ note: _, ...rest }: ItemJournal, note: string | undefined): ItemJournal {
  return note ? { ...rest, note } : rest;
}

function impossible(record: DecisionRecord, why: string): InvalidError {
  return new InvalidError('damaged-file', `Record ${record.seq} ${why}.`, { seq: record.seq });
}
