/** A model's answers over all items, one number per rule: what a slider's move runs over. */
import type { Rule } from '../policy/types';
import type { KeptScores } from './types';

/** Verdicts as numbers, milder ones lower, as `core/policy` ranks them. `WAITING`: not all models have answered. */
export const CODES = { waiting: 0, clear: 1, review: 2, 'needs-review': 3, block: 4 } as const;
export type VerdictCode = (typeof CODES)[keyof typeof CODES];

/** Rounding of a float32 softmax over some hundred labels, as `judge` has it. */
const SLACK = 1e-3;

/** What `judge` finds for each rule, kept apart from the lines: lines move, values do not. */
export class ModelColumn {
  /** Of each item: what the model answered; undefined until it has. */
  readonly scores: (KeptScores | undefined)[] = [];
  /** Of each item; `WAITING` until the model has answered. */
  code: Uint8Array;
  /** How far the deciding value is past its line; 0 for Needs review. */
  margin: Float64Array;
  /** Place of the deciding rule; -1 for none. */
  fired: Int16Array;
  /** Per rule, per item: P(any of the rule's labels) of the worst part; NaN where there is no sound answer. */
  values: Float64Array[];
  #rules: readonly Rule[];
  #columns: readonly (readonly number[])[];

  constructor(
    readonly id: string,
    readonly labels: readonly string[],
    rules: readonly Rule[],
    capacity: number,
  ) {
    this.#rules = rules;
    this.#columns = this.#columnsOf(rules);
    this.code = new Uint8Array(capacity);
    this.margin = new Float64Array(capacity);
    this.fired = new Int16Array(capacity).fill(-1);
    this.values = rules.map(() => new Float64Array(capacity).fill(Number.NaN));
  }

  get rules(): readonly Rule[] {
    return this.#rules;
  }

  grow(capacity: number): void {
    this.code = copied(this.code, new Uint8Array(capacity));
    this.margin = copied(this.margin, new Float64Array(capacity));
    this.fired = copied(this.fired, new Int16Array(capacity).fill(-1));
    this.values = this.values.map((old) => copied(old, new Float64Array(capacity).fill(Number.NaN)));
  }

  /** Takes an answer, the newest of several. */
  put(item: number, scores: KeptScores): void {
    this.scores[item] = scores;
    this.#measure(item, scores);
    this.judge(item, item + 1);
  }

  /** Other lines, or other rules altogether; everything is judged again. */
  setRules(rules: readonly Rule[]): void {
    const same =
      rules.length === this.#rules.length &&
      rules.every((rule, at) => sameLabels(rule.labels, this.#rules[at]!.labels));
    this.#rules = rules;
    if (!same) {
      this.#columns = this.#columnsOf(rules);
      this.values = rules.map(() => new Float64Array(this.code.length).fill(Number.NaN));
      this.scores.forEach((scores, item) => {
        if (scores) this.#measure(item, scores);
      });
    }
    this.judge(0, this.scores.length);
  }

  /** Judges items from `from` up to `to`, as `core/policy` does: the two are compared by a test. */
  judge(from: number, to: number): void {
    const rules = this.#rules;
    const sound =
      rules.length > 0 &&
      rules.every(({ review, block }) => review <= block) &&
      this.#columns.every((columns) => !columns.includes(-1));
    const { code, margin, fired, values } = this;
    for (let item = from; item < to; item++) {
      if (code[item] === CODES.waiting && this.scores[item] === undefined) continue;
      let worst = 0;
      let past = 0;
      let by = -1;
      for (let rule = 0; sound && rule < rules.length; rule++) {
        const value = values[rule]![item]!;
        if (Number.isNaN(value)) {
          by = -1;
          break;
        }
        const { review, block } = rules[rule]!;
        const band = value >= block ? CODES.block : value >= review ? CODES.review : CODES.clear;
        const over = value - (band === CODES.block ? block : review);
        if (by >= 0 && (band < worst || (band === worst && over <= past))) continue;
        worst = band;
        past = over;
        by = rule;
      }
      code[item] = by < 0 ? CODES['needs-review'] : worst;
      margin[item] = by < 0 ? 0 : past;
      fired[item] = by;
    }
  }

  #measure(item: number, scores: KeptScores): void {
    const parts = scores.coverage.parts?.length ? scores.coverage.parts : [scores];
    const sound = scores.status === 'scored' && parts.every((part) => this.#sound(part.probabilities));
    for (let rule = 0; rule < this.values.length; rule++) {
      let strongest = Number.NaN;
      for (const part of sound ? parts : []) {
        let total = 0;
        for (const column of this.#columns[rule]!) total += part.probabilities[column] ?? Number.NaN;
        // Cumulative levels may exceed 1 by rounding alone; by more they are no probability.
        const value = total <= 1 + SLACK ? Math.min(total, 1) : Number.NaN;
        strongest = Number.isNaN(strongest) || !(value <= strongest) ? value : strongest;
        if (Number.isNaN(value)) break;
      }
      this.values[rule]![item] = strongest;
    }
  }

  #sound(probabilities: readonly number[]): boolean {
    return (
      probabilities.length === this.labels.length &&
      probabilities.every((value) => value >= 0 && value <= 1 + SLACK)
    );
  }

  #columnsOf(rules: readonly Rule[]): readonly (readonly number[])[] {
    return rules.map((rule) => rule.labels.map((label) => this.labels.indexOf(label)));
  }
}

function copied<T extends Uint8Array | Float64Array | Int16Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}

const sameLabels = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((label, at) => label === b[at]);
