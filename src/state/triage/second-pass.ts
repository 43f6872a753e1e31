/**
 * The second pass: a share of what is decided comes round again, in an order that tells nothing, without the first decision,
 * its labels or its note in sight. What it says is written beside the first decision and changes nothing.
 */
import type { Agreement } from '../../core/triage/sample';
import type { Decision, Item } from '../../core/triage/types';
import { agreement, inSecondPass, scoreOf } from '../../sdk/triage';
import { Store } from '../store';
import type { Screening } from './screening';

export interface SecondPassView {
  /** Of decided items; 0: there is no second pass. */
  readonly percent: number;
  /** Items that are to be decided once more. */
  readonly due: number;
  /** The one that is looked at: its ordinal. */
  readonly at?: number;
  readonly agreement: Agreement;
}

type Source = Pick<Screening, 'run' | 'sieve' | 'looks' | 'lines' | 'decisions' | 'store'>;

/** Skipped items are open still, and a concern never comes back. */
const AGAIN: ReadonlySet<Decision | undefined> = new Set(['clear', 'block', 'escalate']);

export class SecondPass {
  readonly store: Store<SecondPassView>;
  /** Whether an item is in the sample, by `sampleKey`. */
  readonly #sampled = new Map<string, boolean>();
  /** Looked at in this pass, in clear. */
  readonly #seen = new Set<number>();
  /** Passed over in this pass: they come last. */
  #passed: number[] = [];
  #at: number | undefined;
  #known = '';
  readonly #unsubscribe: () => void;

  constructor(private readonly source: Source) {
    this.store = new Store(this.#view());
    this.#unsubscribe = source.store.subscribe(() => this.#refresh());
  }

  dispose(): void {
    this.#unsubscribe();
  }

  /** Shows the first that is due. */
  begin(): void {
    this.#passed = [];
    this.#at = this.#queue()[0];
    this.#publish();
  }

  /** Decides the one that is shown, and goes on. A concern takes effect at once; a skip only passes it over. */
  decide(decision: Decision): boolean {
    const at = this.#at;
    const item = at === undefined ? undefined : this.source.run.items[at];
    if (at === undefined || !item) return false;
    if (decision === 'skip') this.#passed.push(at);
    else {
      const unseen = item.kind === 'image' && !this.#seen.has(at);
      this.source.lines.save();
      if (decision === 'concern') this.source.looks.release(at);
      const label = decision === 'concern' ? scoreOf(this.source.sieve, at) : undefined;
      void this.source.decisions.decide({
        ...{ item: item.id, decision },
        ...(decision !== 'concern' && { second: true as const }),
        ...(label !== undefined && { labels: [label] }),
        ...(unseen && { unseen: true as const }),
      });
    }
    this.#at = this.#queue().find((ordinal) => ordinal !== at);
    this.#publish();
    return true;
  }

  async reveal(ordinal: number): Promise<ImageBitmap> {
    const bitmap = await this.source.looks.reveal(ordinal);
    this.#seen.add(ordinal);
    return bitmap;
  }

  #refresh(): void {
    // Only what this depends on: a run tells of other things ten times a second.
    const { tail, now, items } = this.source.run;
    const known = JSON.stringify([tail.seq, now.settings.secondPass, items.length]);
    if (known === this.#known) return;
    this.#known = known;
    if (this.#at !== undefined && !this.#isDue(this.#at)) this.#at = this.#queue()[0];
    this.#publish();
  }

  #publish(): void {
    this.store.set(this.#view());
  }

  #view(): SecondPassView {
    const { run } = this.source;
    const { percent } = run.now.settings.secondPass;
    const pairs: (readonly [Decision, Decision])[] = [];
    for (const [, { decision, second }] of run.journal.entries())
      if (decision && second) pairs.push([decision, second]);
    return {
      ...{ percent, due: this.#queue().length, agreement: agreement(pairs) },
      ...(this.#at !== undefined && { at: this.#at }),
    };
  }

  /** By their hashes: no order in which anybody decided. Those that were passed over come last. */
  #queue(): readonly number[] {
    const { run } = this.source;
    if (run.now.settings.secondPass.percent <= 0) return [];
    const due: Item[] = [];
    for (const [id] of run.journal.entries()) {
      const item = run.item(id);
      if (item && this.#isDue(item.ordinal)) due.push(item);
    }
    const last = (ordinal: number) => this.#passed.lastIndexOf(ordinal);
    return due
      .sort((a, b) => last(a.ordinal) - last(b.ordinal) || (a.sha256 < b.sha256 ? -1 : 1))
      .map(({ ordinal }) => ordinal);
  }

  #isDue(ordinal: number): boolean {
    const { run, decisions } = this.source;
    const item = run.items[ordinal];
    if (!item || item.sha256 === '' || decisions.unsaved.get(item.id)) return false;
    const { decision, second } = run.journal.of(item.id);
    return AGAIN.has(decision) && second === undefined && this.#isSampled(item);
  }

  #isSampled(item: Item): boolean {
    const { secondPass } = this.source.run.now.settings;
    const key = `${item.id} ${item.sha256} ${secondPass.percent} ${secondPass.seed}`;
    const known = this.#sampled.get(key);
    if (known !== undefined) return known;
    const sampled = inSecondPass(secondPass, item);
    this.#sampled.set(key, sampled);
    return sampled;
  }
}

/** "−0.50", with a minus sign. */
export const kappaFigure = (kappa: number): string => kappa.toFixed(2).replace('-', '−');

/** "2 of 3 the same, 66.7 %, kappa 0.40"; empty while there is nothing to compare. */
export function agreementWords({ items, same, share, kappa }: Agreement): string {
  if (share === undefined) return '';
  const beyond = kappa === undefined ? '' : `, kappa ${kappaFigure(kappa)}`;
  return `${same} of ${items} the same, ${(share * 100).toFixed(share === 1 ? 0 : 1)} %${beyond}`;
}
