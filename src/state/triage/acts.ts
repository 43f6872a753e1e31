/** What a person does with a run's items: looks at one, decides, takes back, goes on. */
import type { Sieve } from '../../core/triage/sieve';
import type { Decision } from '../../core/triage/types';
import { scoreOf } from '../../sdk/triage';
import type { Deciding, Run } from '../../sdk/triage/types';
import { type Bulk, decidingOf, hasContent } from './bulk';
import type { Decisions } from './decisions';
import { ordinalOf } from './intake';
import { toggledLabel } from './labels';
import type { Likenesses } from './likeness';
import type { Lines } from './lines';
import type { List } from './list';
import type { Looks } from './looks';
import type { Marks } from './marks';
import { count } from './progress';
import { nameOf } from './rows';
import { Skipping } from './skipping';

export interface ActsOptions {
  readonly run: Run;
  readonly sieve: Sieve;
  readonly list: List;
  readonly looks: Looks;
  readonly lines: Lines;
  readonly decisions: Decisions;
  readonly marks: Marks;
  readonly bulk: Bulk;
  readonly likenesses: Likenesses;
  readonly say: (words: string) => void;
  /** To a screen reader alone: on the screen it can be seen. */
  readonly hear: (words: string) => void;
  /** The selected item, and those that follow it, are wanted soon. */
  readonly wanted: () => void;
  /** The screen shows something else now. */
  readonly drawn: () => void;
}

export class Acts {
  readonly skipping = new Skipping();

  constructor(private readonly options: ActsOptions) {}

  /** After each decision the next open item is shown. */
  get advances(): boolean {
    return this.options.run.now.place?.stays !== true;
  }

  setAdvances(on: boolean): void {
    this.#remember('stays', !on);
  }

  /** *Decide without looking*. */
  setBlind(on: boolean): void {
    this.options.looks.setBlind(on);
    this.#remember('blind', on);
    this.options.hear(on ? 'Nothing is shown. You decide by the scores.' : 'Pictures can be revealed again.');
  }

  /** A person looks at another item; what was marked is not any more. */
  select(ordinal: number | undefined): void {
    this.options.marks.clear();
    this.#asksNoMore();
    this.#go(ordinal);
  }

  move(by: number): void {
    this.select(this.options.list.beside(by));
  }

  /** Marks the rows from where the range began to here. */
  markTo(ordinal: number | undefined): void {
    if (ordinal === undefined) return;
    this.options.marks.extendTo(ordinal);
    this.#go(ordinal);
  }

  markBy(by: number): void {
    this.markTo(this.options.list.beside(by));
  }

  markAll(): void {
    const { marks, list, hear, drawn } = this.options;
    list.hold();
    marks.all();
    hear(`${count(marks.size)} rows marked.`);
    drawn();
  }

  toggleMark(ordinal: number): void {
    this.options.marks.toggle(ordinal);
    this.#go(ordinal);
  }

  /** Out of what was marked, else out of the similar items. */
  leave(): void {
    if (!this.options.marks.clear() && this.options.list.likeness) this.similar();
    this.options.drawn();
  }

  /** Opens the selected item's stack, or folds it. */
  turnStack(open: boolean, ordinal = this.options.list.selected): void {
    const { list, hear, drawn } = this.options;
    if (ordinal === undefined) return;
    list.hold();
    const { members } = list.stackOf(ordinal) ?? { members: [] };
    if (!list.turn(ordinal, open)) return;
    hear(`${count(members.length)} alike, ${open ? 'one by one' : 'decided together'}.`);
    drawn();
  }

  /** What looks like the selected item, alone; back to everything where that is shown already. */
  similar(): void {
    const { list, likenesses, say, drawn } = this.options;
    list.hold();
    const { selected } = list;
    if (list.likeness) list.liken(undefined);
    else if (selected !== undefined) {
      const similar = likenesses.similar(selected);
      if (similar.length > 1) list.liken({ of: selected, similar });
      else say(`Nothing like ${nameOf(this.options.run.items[selected]!)} was found.`);
    }
    this.options.marks.clear();
    this.options.wanted();
    drawn();
  }

  /** *Review n open*: from the beginning, or on with the next. */
  reviewOpen(): void {
    const { list } = this.options;
    if (list.placeOf(list.selected) >= 0 && this.#isOpen(list.selected!)) return;
    // What was passed over is open still, and comes when nothing else is.
    const skipped = (ordinal: number) => this.#isSkipped(ordinal);
    this.select(list.nextFor((one) => this.#isOpen(one)) ?? list.nextFor(skipped) ?? list.shown[0]);
  }

  /** What a decision about an item acts on: of a folded stack what is open and the item itself; all of it where nothing is. */
  targets(ordinal: number): readonly number[] {
    const { list, sieve, run } = this.options;
    const under = list.under(ordinal);
    if (under.length < 2) return [ordinal];
    const open = under.filter((one) => isOpen(sieve.decision(one)));
    const others = (open.length > 0 ? open : under).filter(
      (one) => one !== ordinal && hasContent(run, run.items[one]!),
    );
    return [ordinal, ...others];
  }

  /** Decides the selected item, or its stack, and goes on to the next open one. False where there is nothing that can be decided. */
  decide(decision: Decision, more: { readonly reason?: string } = {}): boolean {
    const { list, run, marks, bulk } = this.options;
    const ordinal = list.selected;
    const item = ordinal === undefined ? undefined : run.items[ordinal];
    if (marks.size > 1 && decision !== 'concern') {
      bulk.ask(decision);
      return true;
    }
    if (ordinal === undefined || !item) return false;
    if (decision === 'concern') this.options.looks.release(ordinal);
    if (!hasContent(run, item)) {
      this.options.wanted();
      this.options.say(`${nameOf(item)} has not been read yet. It is next.`);
      return false;
    }
    list.hold();
    this.options.lines.save();
    // A concern is about what was seen, and of its pixels nothing comes back: never about what is merely like it.
    const concern = decision === 'concern';
    const targets = concern ? [ordinal] : this.targets(ordinal);
    const what = targets.length === 1 ? nameOf(item) : `${count(targets.length)} alike`;
    const all = targets.map((one) => ({
      ...decidingOf(run.items[one]!, decision, this.options.looks, more.reason),
      ...(concern && this.#raisedBy(one)),
    }));
    this.skipping.done();
    if (decision === 'skip' && more.reason === undefined) this.skipping.ask(all, what);
    void this.options.decisions.decideAll(all, what);
    // After a concern it stays: what to do now is read first.
    if (concern) this.options.drawn();
    else if (this.advances) this.#advance();
    return true;
  }

  /** Why the last item was skipped, while that is asked; else a label, by its number. `at`: from 0. */
  number(at: number): void {
    const why = this.skipping.because(at);
    if (why) void this.options.decisions.decideAll(why.all, why.what);
    else this.toggleLabel(at);
  }

  /** Writes a note about the selected item; an empty one takes it away. */
  note(ordinal: number, text: string): void {
    const { run, list, decisions } = this.options;
    const item = run.items[ordinal];
    const note = text.trim();
    if (!item || note === (run.journal.of(item.id).note ?? '')) return;
    list.hold();
    void decisions.decide({ item: item.id, decision: 'note', note });
  }

  async undo(): Promise<void> {
    this.skipping.done();
    this.#turned(await this.options.decisions.undo());
  }

  async redo(): Promise<void> {
    this.skipping.done();
    this.#turned(await this.options.decisions.redo());
  }

  /** Puts one of the team's labels on the selected item, or takes it off. `at`: from 0. */
  toggleLabel(at: number): void {
    const deciding = toggledLabel(this.options.run, this.options.list.selected, at);
    if (!deciding) return;
    this.options.list.hold();
    void this.options.decisions.decide(deciding);
  }

  /** The row that follows once this one is decided. */
  upcoming(): number | undefined {
    const { list, sieve } = this.options;
    if (!this.advances) return list.beside(1);
    const judged = (ordinal: number) => this.#isOpen(ordinal) && sieve.code[ordinal] !== 0;
    return list.nextFor(judged) ?? list.nextFor((ordinal) => this.#isOpen(ordinal));
  }

  /** Whatever is done next, the numbers are labels again. */
  #asksNoMore(): void {
    if (this.skipping.done()) this.options.decisions.retell();
  }

  #turned(ids: readonly string[]): void {
    if (ids[0] === undefined) return;
    const ordinal = ordinalOf(ids[0]);
    if (this.options.list.placeOf(ordinal) >= 0) this.options.list.select(ordinal);
    this.options.drawn();
  }

  #go(ordinal: number | undefined): void {
    this.options.list.hold();
    if (this.options.list.select(ordinal)) this.options.wanted();
    this.options.drawn();
  }

  #advance(): void {
    const next = this.upcoming();
    if (next !== undefined) this.#go(next);
    else {
      const skipped = this.options.list.nextFor((ordinal) => this.#isSkipped(ordinal)) !== undefined;
      const left = this.options.sieve.decision(this.options.list.selected!) === 'skip' || skipped;
      this.options.say(`Everything that is shown is decided${left ? ' or skipped' : ''}.`);
    }
    this.options.drawn();
  }

  /** C03: the label whose rule decided, which its record names. */
  #raisedBy(ordinal: number): Pick<Deciding, 'labels'> {
    const label = scoreOf(this.options.sieve, ordinal);
    return label === undefined ? {} : { labels: [label] };
  }

  /** Nobody has decided all that the row stands for, and nobody has passed it over. */
  #isOpen(ordinal: number): boolean {
    const { list, sieve } = this.options;
    return list.under(ordinal).some((one) => sieve.decision(one) === undefined);
  }

  #isSkipped(ordinal: number): boolean {
    const { list, sieve } = this.options;
    return list.under(ordinal).some((one) => sieve.decision(one) === 'skip');
  }

  #remember(what: 'stays' | 'blind', on: boolean): void {
    const { run, drawn } = this.options;
    // A failure is told by `onSaving`.
    run.change({ place: { ...run.now.place, [what]: on } }).catch(() => {});
    drawn();
  }
}

/** A skipped item stays open. */
const isOpen = (decision: Decision | undefined): boolean => decision === undefined || decision === 'skip';
