/**
 * Every item's verdict at once. Moving a line runs over typed arrays, one number per item and rule, so that 50,000
 * items are judged again within a frame.
 */
import type { Rule, VerdictWord } from '../policy/types';
import { CODES, ModelColumn, type VerdictCode } from './columns';
import type { Decision, ItemKind, KeptScores, RunModel, Thresholds } from './types';

const WORDS = ['waiting', 'clear', 'review', 'needs-review', 'block'] as const;
const DECISIONS: readonly (Decision | undefined)[] = [
  ...[undefined, 'clear', 'block', 'escalate', 'skip', 'concern'],
] as (Decision | undefined)[];

export type SieveWord = VerdictWord | 'waiting';

/** `open`: of these, how many nobody has decided; a skipped item stays open. */
export type Counts = Readonly<Record<SieveWord, { readonly all: number; readonly open: number }>>;

export class Sieve {
  readonly columns: readonly ModelColumn[];
  /** Of each item, by `CODES`. */
  code: Uint8Array;
  /** Of the deciding model. */
  margin: Float64Array;
  /** Place of the deciding model in `columns`; -1 for none. */
  by: Int8Array;
  #kind: Uint8Array;
  #failed: Uint8Array;
  #decided: Uint8Array;
  /** 1 for what a model has still to answer, whatever the others make of it. */
  #pending: Uint8Array;
  #unanswered = 0;
  #size = 0;
  readonly #tasks: Uint8Array;
  readonly #expected: readonly [number, number];

  constructor(
    models: readonly Pick<RunModel, 'id' | 'task' | 'labels'>[],
    thresholds: Thresholds,
    capacity = 1024,
  ) {
    this.columns = models.map(
      ({ id, labels }) => new ModelColumn(id, labels, rulesOf(thresholds, id), capacity),
    );
    this.#tasks = Uint8Array.from(models, ({ task }) => kindCode(task));
    this.#expected = [0, 1].map((kind) => this.#tasks.filter((task) => task === kind).length) as [
      number,
      number,
    ];
    this.code = new Uint8Array(capacity);
    this.margin = new Float64Array(capacity);
    this.by = new Int8Array(capacity).fill(-1);
    this.#kind = new Uint8Array(capacity);
    this.#failed = new Uint8Array(capacity);
    this.#decided = new Uint8Array(capacity);
    this.#pending = new Uint8Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** Items that some model has still to answer. One of them may have a verdict already: the worst so far, never Clear. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** Adds an item, whose place is the answer. `failed`: it could not be read, so no model will answer. */
  add(kind: ItemKind, failed = false): number {
    const item = this.#size++;
    if (item >= this.code.length) this.#grow(this.code.length * 2);
    this.#kind[item] = kindCode(kind);
    this.#failed[item] = failed ? 1 : 0;
    this.#combine(item, item + 1);
    return item;
  }

  /** It could not be read, or it can be now. */
  fail(item: number, failed = true): void {
    this.#failed[item] = failed ? 1 : 0;
    this.#combine(item, item + 1);
  }

  /** It is something else than it was taken for. */
  turn(item: number, kind: ItemKind): void {
    this.#kind[item] = kindCode(kind);
    this.#combine(item, item + 1);
  }

  /** Takes a model's answer; of models that the run does not have, nothing. */
  put(item: number, scores: KeptScores): void {
    this.columns.find(({ id }) => id === scores.model)?.put(item, scores);
    this.#combine(item, item + 1);
  }

  decide(item: number, decision: Decision | undefined): void {
    this.#decided[item] = DECISIONS.indexOf(decision);
  }

  /** Judges every item again by one model's rules. */
  setRules(model: string, rules: readonly Rule[]): void {
    this.columns.find(({ id }) => id === model)?.setRules(rules);
    this.#combine(0, this.#size);
  }

  word(item: number): SieveWord {
    return WORDS[this.code[item]!]!;
  }

  decision(item: number): Decision | undefined {
    return DECISIONS[this.#decided[item]!];
  }

  counts(): Counts {
    const all = new Uint32Array(WORDS.length);
    const open = new Uint32Array(WORDS.length);
    const skip = DECISIONS.indexOf('skip');
    for (let item = 0; item < this.#size; item++) {
      const code = this.code[item]!;
      const decided = this.#decided[item]!;
      all[code]! += 1;
      if (decided === 0 || decided === skip) open[code]! += 1;
    }
    return Object.fromEntries(WORDS.map((word, at) => [word, { all: all[at]!, open: open[at]! }])) as Counts;
  }

  /** Items per bin of a rule's value from 0 to 1, which is in the last bin. Items without a value are in none. */
  histogram(model: string, score: string, bins: number): Uint32Array {
    const found = new Uint32Array(bins);
    const column = this.columns.find(({ id }) => id === model);
    const values = column?.values[column.rules.findIndex((rule) => rule.score === score)];
    for (let item = 0; values && item < this.#size; item++) {
      const value = values[item]!;
      if (value >= 0) found[Math.min(bins - 1, Math.floor(value * bins))]! += 1;
    }
    return found;
  }

  /** The worst of the models that have answered; never Clear before all have. */
  #combine(from: number, to: number): void {
    const { columns } = this;
    for (let item = from; item < to; item++) {
      const kind = this.#kind[item]!;
      let worst: number = CODES.waiting;
      let past = 0;
      let by = -1;
      let answers = 0;
      for (let at = 0; at < columns.length; at++) {
        const code = columns[at]!.code[item]!;
        if (code === CODES.waiting || this.#tasks[at] !== kind) continue;
        answers += 1;
        const margin = columns[at]!.margin[item]!;
        if (code < worst || (code === worst && margin <= past)) continue;
        worst = code;
        past = margin;
        by = at;
      }
      const expected = this.#expected[kind as 0 | 1];
      const unread = this.#failed[item] === 1 || expected === 0;
      const pending = unread || answers >= expected ? 0 : 1;
      this.#unanswered += pending - this.#pending[item]!;
      this.#pending[item] = pending;
      const unsettled = unread || (pending === 1 && worst === CODES.clear);
      if (unread) worst = CODES['needs-review'];
      else if (unsettled) worst = CODES.waiting;
      this.code[item] = worst as VerdictCode;
      this.margin[item] = unsettled ? 0 : past;
      this.by[item] = unsettled ? -1 : by;
    }
  }

  #grow(capacity: number): void {
    const bytes = (old: Uint8Array) => {
      const made = new Uint8Array(capacity);
      made.set(old);
      return made;
    };
    for (const column of this.columns) column.grow(capacity);
    const { margin, by } = this;
    [this.code, this.#kind, this.#failed, this.#decided, this.#pending] = [
      ...[this.code, this.#kind, this.#failed, this.#decided, this.#pending].map(bytes),
    ] as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    this.margin = new Float64Array(capacity);
    this.margin.set(margin);
    this.by = new Int8Array(capacity).fill(-1);
    this.by.set(by);
  }
}

const kindCode = (kind: ItemKind): number => (kind === 'image' ? 0 : 1);

const rulesOf = (thresholds: Thresholds, id: string): readonly Rule[] =>
  Object.hasOwn(thresholds, id) ? thresholds[id]!.rules : [];
