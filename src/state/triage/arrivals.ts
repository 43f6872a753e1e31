/** Items of a run out of what is listed: new ones, those that were there before, and which of their files are here. */
import type { Sieve } from '../../core/triage/sieve';
import type { Stacks } from '../../core/triage/stacks';
import type { Item, ItemKind, KeptScores } from '../../core/triage/types';
import type { GatheredItem } from '../../sdk/input-types';
import { type Linked, linkOf, Relinker } from '../../sdk/names';
import { Near } from '../../sdk/triage';
import type { Run } from '../../sdk/triage/types';
import { idOf, ordinalOf, type Placed, type ReadItem } from './intake';
import { CRASHED } from './tries';

export interface ArrivalsOptions {
  readonly run: Pick<Run, 'items' | 'header' | 'now' | 'scores' | 'put' | 'recall' | 'journal'>;
  readonly sieve: Sieve;
  readonly stacks: Stacks;
}

/** What was listed, until its bytes say which item it is. */
interface Coming {
  readonly one: GatheredItem;
  readonly relinker: Relinker<Item>;
  readonly linked: Linked<Item>;
}

export class Arrivals {
  /** By ordinal: what can be opened. */
  readonly #here = new Map<number, GatheredItem>();
  /** By the id that the batch knows it under. */
  readonly #coming = new Map<string, Coming>();
  /** What turned out to be another item than its id says. */
  readonly #became = new Map<string, number>();
  #near: { readonly model: string; readonly by: Near } | undefined;
  readonly #compared = new Set<number>();
  #unplaced = 0;

  constructor(private readonly options: ArrivalsOptions) {}

  /** Items that the run has already, with all that is known of them. */
  add(items: readonly Item[]): void {
    const { run, sieve, stacks } = this.options;
    for (const { id, kind, failed, phash, sha256, ordinal } of items) {
      // C03: a concern of an imported run comes without scores, and is not opened for new ones.
      const unscored = run.journal.concerned(id) && run.scores(id).length === 0;
      sieve.add(kind, failed !== undefined || unscored);
      for (const scores of run.scores(id)) sieve.put(ordinal, scores);
      sieve.decide(ordinal, run.journal.of(id).decision);
      if (phash !== undefined) stacks.add(ordinal, phash);
      stacks.same(ordinal, sha256);
    }
  }

  here(ordinal: number): boolean {
    return this.#here.has(ordinal);
  }

  /** Bytes or text of an item, for one look. Rejects as `GatheredItem.open` does, and for what is not here. */
  async open(ordinal: number): Promise<Blob | string> {
    const item = this.#here.get(ordinal);
    if (!item) throw new Error('Its file is not here any more. Choose the folder again.');
    return item.open();
  }

  /** Those of them that are here, to be scored once more. */
  again(ordinals: readonly number[]): readonly Placed[] {
    return ordinals.flatMap((ordinal) => {
      const item = this.#here.get(ordinal);
      const id = idOf(ordinal);
      return item && !item.refused && !this.options.run.journal.concerned(id)
        ? [{ id, item, score: true }]
        : [];
    });
  }

  /** Takes one listing: puts what is found into the run, or finds what it was. `score`: whether anything is scored now. */
  listing(score: boolean): (found: readonly GatheredItem[]) => readonly Placed[] {
    const { run } = this.options;
    const isHere = ({ ordinal }: Item) => this.#here.has(ordinal);
    const relinker = new Relinker(run.header.id, run.items.slice(), isHere);
    return (found) => {
      const fresh: Item[] = [];
      const again: Item[] = [];
      const placed = found.map((one) => this.#place(one, relinker, fresh, again));
      // Names that are not kept are no reason to write ten thousand items again.
      if (run.now.settings.keepNames) run.put(again);
      else run.recall(again);
      run.put(fresh);
      this.add(fresh);
      return score ? placed : placed.map((one) => ({ ...one, score: false }));
    };
  }

  /** A model's answer to what the batch calls `id`: the place of the item that it is about. */
  scored(id: string, read: ReadItem, scores: KeptScores, again?: string): number {
    const { run, sieve, stacks } = this.options;
    const ordinal = this.#settle(id, read);
    const item = run.items[ordinal]!;
    const { phash, direction, ...plain } = read;
    const hashed = phash !== undefined && this.#hashes(scores.model) ? { phash } : {};
    // What could not be read this time is what it was.
    const now = read.sha256 === '' ? item : { ...item, ...plain, ...hashed };
    const known = item.sha256 === now.sha256 && item.bytes === now.bytes && item.phash === now.phash;
    run.put(known ? [] : [now], [{ item: item.id, scores }]);
    sieve.put(ordinal, scores);
    if (now.phash !== undefined && item.phash === undefined) stacks.add(ordinal, now.phash);
    stacks.same(ordinal, now.sha256);
    if (direction) this.#join(ordinal, direction, scores.model);
    if (again !== undefined) stacks.join(ordinal, this.#ordinalOf(again));
    return ordinal;
  }

  /** It is something else than its name says. */
  turn(id: string, kind: ItemKind): void {
    const { run, sieve } = this.options;
    const coming = this.#coming.get(id);
    if (coming?.linked.kind === 'new') {
      this.#coming.set(id, { ...coming, one: { ...coming.one, kind } });
      return;
    }
    const ordinal = this.#ordinalOf(id);
    run.put([{ ...run.items[ordinal]!, kind }]);
    sieve.turn(ordinal, kind);
  }

  /** What it is alike to by embedding, of the first model that gives any: those of two are not to be compared. */
  #join(ordinal: number, direction: Int8Array, model: string): void {
    this.#near ??= { model, by: new Near(direction.length) };
    if (this.#near.model !== model || this.#compared.has(ordinal)) return;
    this.#compared.add(ordinal);
    for (const other of this.#near.by.add(ordinal, direction)) this.options.stacks.join(ordinal, other);
  }

  /** Hashes are of what a model is fed with, so those of one model alone are compared. */
  #hashes(model: string): boolean {
    return this.options.run.now.models.find(({ task }) => task === 'image')?.id === model;
  }

  #place(one: GatheredItem, relinker: Relinker<Item>, fresh: Item[], again: Item[]): Placed {
    const { run } = this.options;
    const linked = relinker.match(placeOf(one));
    if (linked.kind === 'found') {
      const { item } = linked;
      again.push({ ...run.items[item.ordinal]!, name: one.name, path: one.path });
      this.#here.set(item.ordinal, one);
      this.#coming.set(item.id, { one, relinker, linked });
      return { id: item.id, item: one, score: !one.refused && this.#wanted(item) };
    }
    // Only its bytes tell whether it is one that was moved: until then it is none of the run's.
    if (linked.kind === 'new' && !one.refused && relinker.mayBe(one.bytes)) {
      const id = `p${++this.#unplaced}`;
      this.#coming.set(id, { one, relinker, linked });
      return { id, item: one, score: true };
    }
    const ordinal = run.items.length + fresh.length;
    const was = linked.kind === 'changed' ? linked.item.id : undefined;
    if (was !== undefined) this.#here.delete(ordinalOf(was));
    fresh.push(itemOf(one, ordinal, run.header.id, was));
    this.#here.set(ordinal, one);
    return { id: idOf(ordinal), item: one, score: one.refused === undefined };
  }

  /** Every model that reads its kind has answered. */
  settled(ordinal: number): boolean {
    const { run } = this.options;
    const { id, kind } = run.items[ordinal]!;
    const models = run.now.models.filter(({ task }) => task === kind).length;
    return run.scores(id).length >= Math.max(1, models);
  }

  /** Whether a model has still to answer, and may. */
  #wanted({ id, ordinal, failed }: Item): boolean {
    const { run } = this.options;
    const left = run.journal.concerned(id) || failed?.code === CRASHED.code;
    return !left && (!this.settled(ordinal) || isGone(run, { id }));
  }

  /** I14: which item it is, now that its bytes are known. A decision stays with the bytes that it was about. */
  #settle(id: string, { sha256 }: ReadItem): number {
    const { run } = this.options;
    const coming = this.#coming.get(id);
    const known = coming?.linked.kind === 'new' ? undefined : run.items[this.#ordinalOf(id)];
    if (sha256 === '' && known) return known.ordinal;
    this.#coming.delete(id);
    if (!coming) {
      if (!known || known.sha256 === '' || known.sha256 === sha256) return known!.ordinal;
      return this.#become(id, this.#here.get(known.ordinal)!, known.id);
    }
    const { one, relinker, linked } = coming;
    const now = sha256 === '' ? linked : relinker.confirm(linked, sha256);
    if (now.kind !== 'found') return this.#become(id, one, now.kind === 'changed' ? now.item.id : undefined);
    const { ordinal } = now.item;
    if (ordinal === known?.ordinal) return ordinal;
    if (known) this.#here.delete(known.ordinal);
    this.#here.set(ordinal, one);
    this.#became.set(id, ordinal);
    // Where it lies now is where it is looked for next time.
    const { name, path } = one;
    run.put([{ ...run.items[ordinal]!, name, path, link: linkOf(run.header.id, placeOf(one)) }]);
    return ordinal;
  }

  /** Makes a new item of it. `was`: the item in whose place it lies, which has no file any more. */
  #become(id: string, one: GatheredItem, was?: string): number {
    const { run } = this.options;
    const ordinal = run.items.length;
    const item = itemOf(one, ordinal, run.header.id, was);
    run.put([item]);
    this.add([item]);
    if (was !== undefined) this.#here.delete(ordinalOf(was));
    this.#here.set(ordinal, one);
    this.#became.set(id, ordinal);
    return ordinal;
  }

  #ordinalOf(id: string): number {
    return this.#became.get(id) ?? ordinalOf(id);
  }
}

/** W08: code of scores that were taken back. */
export const WITHDRAWN = 'self-test-failed';

/** It has to be scored again; of a concern nothing is. */
export const isGone = (run: Pick<Run, 'scores' | 'journal'>, { id }: Pick<Item, 'id'>): boolean =>
  !run.journal.concerned(id) && run.scores(id).some(({ code }) => code === WITHDRAWN);

const placeOf = ({ path, bytes, modified, from }: GatheredItem) => ({
  ...{ path, bytes, modified },
  ...(from.kind === 'table' && { row: from.row }),
});

/** As it is listed, before it was read. */
function itemOf(one: GatheredItem, ordinal: number, run: string, was?: string): Item {
  const { kind, name, path, bytes, refused } = one;
  const { row } = placeOf(one);
  return {
    ...{ id: idOf(ordinal), ordinal, kind, sha256: '', bytes, ...(row !== undefined && { row }), name, path },
    link: linkOf(run, placeOf(one)),
    ...(was !== undefined && { was }),
    ...(refused && { failed: { code: refused.code, reason: refused.message } }),
  };
}
