/** One run on the screen: its items, what models and people say of them, and what of that is shown. */
import type { Rule } from '../../core/policy';
import { clampRule } from '../../core/policy';
import type { Filters } from '../../core/triage/filters';
import type { Order } from '../../core/triage/orders';
import type { SkippedCount } from '../../sdk/input-types';
import { Sieve } from '../../sdk/triage';
import type { ExportKind, Run, Saving } from '../../sdk/triage/types';
import type { Winnow } from '../../sdk/types';
import type { Announcer } from '../announce';
import { Coalesced, Store } from '../store';
import { Acts } from './acts';
import { lookAhead } from './ahead';
import { Bulk } from './bulk';
import { Decisions } from './decisions';
import { Inflow } from './inflow';
import { ordinalOf } from './intake';
import { changeLabels } from './labels';
import type { Left } from './left';
import { Likenesses } from './likeness';
import { Lines } from './lines';
import { List } from './list';
import type { Listed } from './listed';
import { Looks } from './looks';
import { Marks } from './marks';
import { count } from './progress';
import { makeRoom } from './room';
import { nameOf, type Row, rowOf } from './rows';
import type { HandedOut } from './taken-back';
import { againWords, Tries } from './tries';
import { type ScreenView, viewOf } from './view';

export type { ScreenView } from './view';

export interface ScreeningOptions {
  readonly winnow: Pick<Winnow, 'batch' | 'preview'> & Partial<Pick<Winnow, 'downloads' | 'removeDownloads'>>;
  readonly announcer: Pick<Announcer, 'say' | 'alarm'>;
  /** Which runs were left on purpose, and not by a crash. */
  readonly left?: Pick<Left, 'take'>;
  readonly listed?: Pick<Listed, 'has'>;
  readonly handedOut?: Pick<HandedOut, 'note'>;
  /** Milliseconds over which changes are gathered, and between two sortings. */
  readonly settle?: number;
  readonly sort?: number;
}

/** Items after the selected one that are scored, and whose thumbnails are made, ahead of the others. */
const AHEAD = 8;
const SAVED: Saving = { state: 'saved', waiting: 0 };

export class Screening {
  readonly store: Store<ScreenView>;
  readonly sieve: Sieve;
  readonly likenesses: Likenesses;
  readonly list: List;
  readonly marks: Marks;
  readonly bulk: Bulk;
  readonly lines: Lines;
  readonly decisions: Decisions;
  readonly looks: Looks;
  readonly acts: Acts;
  readonly inflow: Inflow;
  #saving = SAVED;
  #version = 0;
  /** Newest record that an export holds. */
  #exported = 0;
  /** Something was being listed or scored when this was last looked at. */
  #busy = false;
  #range: readonly [from: number, to: number] = [0, 0];
  /** What the run was made of, as long as this tab is open: names are not kept. */
  title: string | undefined;
  /** Files that came along and are no items. */
  skipped: readonly SkippedCount[] = [];
  readonly #draw: Coalesced;
  /** What comes in by itself is drawn, and sorted, less often than what somebody does or waits for. */
  readonly #flow: Coalesced;
  readonly #unsubscribe: (() => void)[];

  constructor(
    readonly run: Run,
    private readonly options: ScreeningOptions,
  ) {
    const { models, thresholds } = run.now;
    this.sieve = new Sieve(models, thresholds);
    this.likenesses = new Likenesses(run.items);
    const { stacks } = this.likenesses;
    const face = (ordinal: number) => stacks.face(ordinal);
    this.list = new List({ run, sieve: this.sieve, listed: options.listed, face });
    this.marks = new Marks(this.list);
    this.lines = new Lines(run, this.sieve);
    this.decisions = new Decisions({
      run,
      name: (id) => nameOf(run.item(id)!),
      changed: (ids) => this.#decided(ids),
      makeRoom: () => makeRoom(options.winnow),
    });
    this.looks = new Looks({
      ...{ winnow: options.winnow, run },
      open: (ordinal) => this.inflow.arrivals.open(ordinal),
      here: (ordinal) => this.here(ordinal),
      changed: () => this.#draw.ask(),
    });
    const drawn = () => this.#draw.now();
    this.bulk = new Bulk({ ...this.#parts(), drawn });
    this.acts = new Acts({
      ...{ ...this.#parts(), bulk: this.bulk, likenesses: this.likenesses, drawn },
      say: (words) => this.decisions.tell(words),
      hear: (words) => options.announcer.say(words),
      wanted: () => this.#lookedFor(),
    });
    this.looks.setBlind(run.now.place?.blind === true);
    this.inflow = new Inflow({
      ...{ winnow: options.winnow, run, sieve: this.sieve, stacks, handedOut: options.handedOut },
      tries: new Tries(run, options.left?.take(run.header.id) ?? false),
      found: () => this.#found(),
      scored: (ordinal) => this.#scored(ordinal),
      again: (count) => this.decisions.tell(againWords(count), 'alert'),
      progress: () => this.#progress(),
    });
    this.list.sort();
    this.#draw = new Coalesced(() => this.#publish(), options.settle ?? 125);
    this.#flow = new Coalesced(() => this.#resort('soon'), options.sort ?? 500);
    this.store = new Store(this.#view());
    this.#unsubscribe = [
      run.onItems((ids) => this.#decided(ids)),
      run.onSaving((saving) => {
        this.#saving = saving;
        // Scores are saved all the time; what people decided is waited for.
        const isQuiet = /^sav(ing|ed)$/.test(saving.state) && this.decisions.unsaved.size === 0;
        (isQuiet ? this.#flow : this.#draw).ask();
      }),
    ];
  }

  readonly begin: Inflow['begin'] = (...listing) => this.inflow.begin(...listing);

  leaveOut(skipped: readonly SkippedCount[]): void {
    this.skipped = skipped;
    this.#draw.ask();
  }

  /** Nothing is being listed or scored, so more can be added. */
  get idle(): boolean {
    return this.inflow.idle;
  }

  readonly row = (ordinal: number): Row => rowOf(this, ordinal);

  // What people do

  arrange(change: { readonly order?: Order; readonly filters?: Filters }): void {
    this.list.arrange(change);
    this.#lookedFor();
    this.#draw.now();
  }

  sortAgain(): void {
    this.list.sort();
    this.#draw.now();
  }

  moveLines(
    model: string,
    score: string,
    lines: Pick<Rule, 'review' | 'block'>,
    moved: 'review' | 'block',
  ): void {
    const rule = this.lines.rule(model, score);
    if (!rule) return;
    this.lines.set(model, clampRule({ ...rule, ...lines }, moved));
    this.#flow.ask();
    this.#draw.now();
  }

  measure(model: string, score: string): void {
    this.lines.choose(model, score);
    this.#draw.now();
  }

  async setLabels(labels: readonly string[]): Promise<void> {
    await changeLabels(this.run, labels);
    this.#draw.now();
  }

  /** Whether names and paths are kept here and exported; what was kept before is written again as it is to be. */
  async keepNames(keepNames: boolean): Promise<void> {
    await this.run.change({ settings: { ...this.run.now.settings, keepNames } }).catch(() => {});
    this.run.put(this.run.items);
    this.#draw.now();
  }

  readonly pause = (): void => this.inflow.intake?.pause();
  readonly resume = (): void => this.inflow.intake?.resume();
  readonly stop = (): void => this.inflow.intake?.cancel();

  async export(kind: ExportKind): Promise<Blob> {
    this.lines.save();
    const { seq } = this.run.tail;
    const file = await this.run.export(kind, { pending: this.decisions.pending });
    this.#exported = seq;
    return file;
  }

  /** Decisions that would be lost with the tab: on their way, not saved, or in memory only and not exported. */
  get atRisk(): number {
    return this.decisions.unsaved.size + (this.run.kept ? 0 : this.run.tail.seq - this.#exported);
  }

  readonly refresh = (): Promise<void> => this.run.refresh().then(() => this.#draw.ask());

  // What the screen asks for

  /** Whether its file can be opened; after a restart it cannot until the folder is chosen again. */
  readonly here = (ordinal: number): boolean => this.inflow.arrivals.here(ordinal);

  /** Places of the list that are on the screen: their thumbnails are made, after that of the selected item. */
  looking(from: number, to: number): void {
    this.#range = [from, to];
    this.#look();
  }

  async dispose(): Promise<void> {
    this.inflow.dispose();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const one of [this.#draw, this.#flow]) one.cancel();
    this.looks.dispose();
    this.lines.save();
    await this.run.close().catch(() => {});
  }

  // What comes in

  #found(): void {
    this.list.follow();
    this.#flow.ask();
  }

  #scored(ordinal: number): void {
    this.looks.read(ordinal);
    // It may have become an item by being read.
    this.#found();
  }

  /** Decided, here or in another tab; scored, too, which changes nothing here. */
  #decided(ids: readonly string[]): void {
    let decided = ids.length === 0; // Settings may have changed where no item has.
    for (const id of ids) {
      const ordinal = ordinalOf(id);
      if (ordinal >= this.sieve.size) continue;
      const decision = this.decisions.of(id);
      decided ||= decision !== undefined || this.sieve.decision(ordinal) !== undefined;
      if (this.sieve.decision(ordinal) === decision) continue;
      this.sieve.decide(ordinal, decision);
      if (decision === 'concern') this.looks.release(ordinal);
    }
    (decided ? this.#draw : this.#flow).ask();
  }

  #progress(): void {
    const { idle } = this.inflow;
    const ended = idle && this.#busy;
    this.#busy = !idle;
    (this.inflow.intake?.stage === this.store.get().progress.stage ? this.#flow : this.#draw).ask();
    if (!ended) return;
    this.#resort('now');
    const { stage, total } = this.store.get().progress;
    const { error } = this.inflow;
    if (error) this.options.announcer.alarm(error.message);
    else if (stage === 'done') this.options.announcer.say(`All ${count(total)} items are judged.`);
  }

  #resort(drawn: 'now' | 'soon'): void {
    this.list.settle();
    this.#draw[drawn]();
  }

  #lookedFor(): void {
    const ahead = this.list.ahead(AHEAD);
    this.inflow.intake?.next(ahead.filter((ordinal) => this.sieve.code[ordinal] === 0));
  }

  #look(): void {
    lookAhead(this, ...this.#range);
  }

  #parts() {
    const { run, sieve, list, looks, lines, decisions, marks } = this;
    return { run, sieve, list, looks, lines, decisions, marks };
  }

  #publish(): void {
    this.#version += 1;
    this.store.set(this.#view());
    this.#look();
  }

  #view(): ScreenView {
    return viewOf(this, this.#saving, this.#version);
  }
}
