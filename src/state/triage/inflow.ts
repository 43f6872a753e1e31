/** What comes into a run and is scored: its listings, the batch, and what of it has to be done again. */
import type { Scores } from '../../core/policy';
import type { Sieve } from '../../core/triage/sieve';
import type { Stacks } from '../../core/triage/stacks';
import type { SerializedError } from '../../sdk/errors';
import type { GatheredItem } from '../../sdk/input-types';
import { keptScores } from '../../sdk/triage';
import type { Run } from '../../sdk/triage/types';
import type { Winnow } from '../../sdk/types';
import { Arrivals, isGone, WITHDRAWN } from './arrivals';
import { Awake } from './awake';
import { Intake, idOf, ordinalOf, type ReadItem } from './intake';
import { type HandedOut, type TakenBack, takenBack } from './taken-back';
import type { Tries } from './tries';

export interface InflowOptions {
  readonly winnow: Pick<Winnow, 'batch'>;
  readonly run: Run;
  readonly sieve: Sieve;
  readonly stacks: Stacks;
  readonly tries: Tries;
  /** Items were found. */
  readonly found: () => void;
  /** A model has answered. */
  readonly scored: (ordinal: number) => void;
  /** Scores did not hold (W08): of how many items. */
  readonly again: (count: number) => void;
  readonly handedOut?: Pick<HandedOut, 'note'> | undefined;
  readonly progress: () => void;
}

/** An item whose scores do not hold that often is left to people. */
const MOST_AGAIN = 2;

export class Inflow {
  readonly arrivals: Arrivals;
  /** Newest last; of the others it may still turn out that their scores do not hold. */
  readonly #intakes: Intake[] = [];
  /** By ordinal: items whose scores were withdrawn, and how often. */
  readonly #withdrawn = new Map<number, number>();
  readonly #due = new Set<number>();
  /** Of the run as it was opened, and what was taken back since: items that are to be scored once their files are here. */
  #gone: number;
  #refusal: SerializedError | undefined;
  readonly #awake: Awake;

  constructor(private readonly options: InflowOptions) {
    this.#awake = new Awake(`winnow-judging-${options.run.header.id}`);
    this.arrivals = new Arrivals(options);
    this.arrivals.add(options.run.items);
    this.#gone = options.run.items.filter((item) => isGone(options.run, item)).length;
    if (this.#gone > 0) queueMicrotask(() => options.again(this.#gone));
  }

  /** Undefined before anything was listed. */
  get intake(): Intake | undefined {
    return this.#intakes.at(-1);
  }

  /** Items whose scores were taken back while their files were not here. */
  get gone(): number {
    return this.intake ? 0 : this.#gone;
  }

  /** Why nothing is scored. */
  get error(): SerializedError | undefined {
    return this.#refusal ?? this.intake?.error;
  }

  /** Nothing is being listed or scored. */
  get idle(): boolean {
    const { stage = 'done' } = this.intake ?? {};
    return stage === 'done' || stage === 'stopped';
  }

  /**
   * Scores what is being listed, beside what is under way. `stop` stops the listing; `refusal`: why it is listed only.
   * Resolves when everything is listed.
   */
  begin(
    gathering: AsyncIterable<readonly GatheredItem[]>,
    stop: AbortController,
    refusal?: SerializedError,
  ): Promise<void> {
    this.#refusal = refusal;
    const place = this.arrivals.listing(refusal === undefined);
    return this.#open().take(gathering, stop, (found) => {
      const placed = place(found);
      this.options.found();
      return placed;
    });
  }

  /** W08: of scores that this run was given before it was closed the last time. */
  takeBack(back: TakenBack, reason: SerializedError): void {
    const gone = takenBack(this.options.run, back, reason);
    this.options.run.put([], gone);
    for (const { item, scores } of gone) {
      const ordinal = ordinalOf(item);
      this.options.sieve.put(ordinal, scores);
      this.options.scored(ordinal);
      this.#due.add(ordinal);
    }
    this.#gone += gone.length;
    if (gone.length > 0 && !this.#again()) this.options.again(gone.length);
  }

  dispose(): void {
    for (const intake of this.#intakes) intake.dispose();
    this.options.tries.end();
    this.#awake.hold(false);
  }

  /** The one that is at work, or a new one. */
  #open(): Intake {
    const { intake } = this;
    if (intake && !this.idle) return intake;
    const { winnow, run, tries } = this.options;
    const made: Intake = new Intake({
      ...{ winnow, models: run.now.models.map(({ id }) => id) },
      onScores: (...answer) => this.#scored(...answer),
      onKind: (id, kind) => this.arrivals.turn(id, kind),
      onProgress: () => this.#progress(),
      before: (id) => tries.begin(id),
      suspect: (id) => tries.suspects(id),
    });
    this.#intakes.push(made);
    return made;
  }

  #scored(id: string, read: ReadItem, scores: Scores, again?: string): void {
    const { run, handedOut } = this.options;
    const ordinal = this.arrivals.scored(id, read, keptScores(scores), again);
    handedOut?.note(scores, this, run.header.id, idOf(ordinal));
    if (this.arrivals.settled(ordinal)) this.options.tries.over(id);
    if (scores.code === WITHDRAWN) this.#withdraw(ordinal);
    else this.#due.delete(ordinal);
    this.options.scored(ordinal);
  }

  /** W08: an open batch scores by itself what it has to take back; what came of one that is over is scored here. */
  #withdraw(ordinal: number): void {
    this.#due.add(ordinal);
    // The others are told in the same breath.
    if (this.idle) queueMicrotask(() => this.idle && this.#again());
  }

  #progress(): void {
    this.#awake.hold(!this.idle);
    if (this.intake?.stage === 'done') {
      this.options.tries.end();
      this.#again();
    }
    this.options.progress();
  }

  /** False where none of what is due can be scored here and now. */
  #again(): boolean {
    const due = [...this.#due].filter((ordinal) => (this.#withdrawn.get(ordinal) ?? 0) < MOST_AGAIN);
    this.#due.clear();
    const placed = this.arrivals.again(due);
    if (placed.length === 0) return false;
    for (const ordinal of due) this.#withdrawn.set(ordinal, (this.#withdrawn.get(ordinal) ?? 0) + 1);
    this.options.again(placed.length);
    this.#open().again(placed);
    return true;
  }
}
