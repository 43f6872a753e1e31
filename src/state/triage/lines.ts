/** The lines of a run, which one of them the histogram shows, and their way into the run. */
import type { Rule } from '../../core/policy';
import type { Sieve } from '../../core/triage/sieve';
import type { Thresholds } from '../../core/triage/types';
import type { Run } from '../../sdk/triage/types';

/** Bars of the histogram: of one hundredth each, as the sliders step. */
export const BINS = 100;

/** One score of one model, as the sieve shows it. */
export interface Scale {
  readonly model: string;
  readonly modelName: string;
  readonly rule: Rule;
  /** Items per hundredth. */
  readonly bins: Uint32Array;
  /** Everything there is to choose from. */
  readonly choices: readonly { readonly model: string; readonly modelName: string; readonly score: string }[];
}

export class Lines {
  #chosen: { model: string; score: string } | undefined;
  #unsaved = false;

  constructor(
    private readonly run: Pick<Run, 'now' | 'change'>,
    private readonly sieve: Sieve,
  ) {}

  rule(model: string, score: string): Rule | undefined {
    return this.sieve.columns.find(({ id }) => id === model)?.rules.find((rule) => rule.score === score);
  }

  choose(model: string, score: string): void {
    if (this.rule(model, score)) this.#chosen = { model, score };
  }

  /** Judges every item again; the run hears of it with `save`. */
  set(model: string, rule: Rule): void {
    const column = this.sieve.columns.find(({ id }) => id === model);
    if (!column) return;
    this.sieve.setRules(
      model,
      column.rules.map((old) => (old.score === rule.score ? rule : old)),
    );
    this.#unsaved = true;
  }

  /** As they are now, saved or not. */
  thresholds(): Thresholds {
    return Object.fromEntries(this.sieve.columns.map(({ id, rules }) => [id, { rules }]));
  }

  /** Before anything that is written down under these lines. */
  save(): void {
    if (!this.#unsaved) return;
    this.#unsaved = false;
    const thresholds = this.thresholds();
    // What was judged by is in every record; a failure here is told by `onSaving`.
    this.run.change({ thresholds }).catch(() => {
      this.#unsaved = true;
    });
  }

  scale(): Scale | undefined {
    const choices = this.sieve.columns.flatMap(({ id, rules }) =>
      rules.map(({ score }) => ({ model: id, modelName: this.#name(id), score })),
    );
    // Until somebody chooses: the first that has anything to show.
    const answered = this.sieve.columns.find(({ scores }) => scores.length > 0)?.id;
    const first = choices.find((choice) => choice.model === answered) ?? choices[0];
    const { model, score } = this.#chosen ?? first ?? {};
    if (model === undefined || score === undefined) return undefined;
    const rule = this.rule(model, score);
    if (!rule) return undefined;
    const bins = this.sieve.histogram(model, score, BINS);
    return { model, modelName: this.#name(model), rule, bins, choices };
  }

  #name(model: string): string {
    return this.run.now.models.find(({ id }) => id === model)?.name ?? model;
  }
}
