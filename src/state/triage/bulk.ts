/** Many items decided at once: first what that will do, then one group of records, taken back by one undo. */
import type { Sieve, SieveWord } from '../../core/triage/sieve';
import type { Decision, Item } from '../../core/triage/types';
import type { Deciding, Run } from '../../sdk/triage/types';
import { Store } from '../store';
import type { Decisions } from './decisions';
import type { Lines } from './lines';
import type { List } from './list';
import type { Looks } from './looks';
import type { Marks } from './marks';
import { count } from './progress';

export interface BulkOptions {
  readonly run: Pick<Run, 'items' | 'scores'>;
  readonly sieve: Sieve;
  readonly list: List;
  readonly looks: Looks;
  readonly lines: Lines;
  readonly marks: Marks;
  readonly decisions: Decisions;
  readonly drawn: () => void;
}

/** What a decision about all of them would do. */
export interface BulkPreview {
  /** What would be decided. */
  readonly targets: readonly number[];
  /** That the targets stand in; a folded stack is one. */
  readonly rows: number;
  /** Of those, by the machine's verdict. */
  readonly verdicts: Readonly<Record<SieveWord, number>>;
  /** Of those: neither picture nor text was ever shown here. */
  readonly unseen: number;
  /** Decided already, skipped ones apart. */
  readonly decided: number;
  /** Left out: not read yet, so a record would be about nothing. */
  readonly unread: number;
  /** Left out: reported as a concern. */
  readonly concerns: number;
}

export type BulkDecision = Exclude<Decision, 'concern'>;

export class Bulk {
  /** The dialog is open; `decision`: the one that was asked for with its key. */
  readonly asked = new Store<{ readonly decision?: BulkDecision } | undefined>(undefined);

  constructor(private readonly options: BulkOptions) {}

  ask(decision?: BulkDecision): void {
    this.options.list.hold();
    this.asked.set({ ...(decision && { decision }) });
  }

  close(): void {
    this.asked.set(undefined);
  }

  /** Of the marked rows; without any, of all that are shown. `again`: those that are decided already, too. */
  preview(again = false): BulkPreview {
    const { list, marks, sieve, run, looks } = this.options;
    const rows = marks.size > 0 ? marks.rows : [...list.shown];
    const ordinals = new Set(rows.flatMap((row) => list.under(row)));
    const verdicts = { waiting: 0, clear: 0, review: 0, 'needs-review': 0, block: 0 };
    const targets: number[] = [];
    let [unseen, decided, unread, concerns] = [0, 0, 0, 0];
    for (const ordinal of ordinals) {
      const decision = sieve.decision(ordinal);
      const settled = decision !== undefined && decision !== 'skip';
      if (decision === 'concern') concerns += 1;
      else if (!hasContent(run, run.items[ordinal]!)) unread += 1;
      else {
        if (settled) decided += 1;
        if (settled && !again) continue;
        targets.push(ordinal);
        verdicts[sieve.word(ordinal)] += 1;
        if (!looks.seen(ordinal)) unseen += 1;
      }
    }
    const taken = new Set(targets);
    return {
      ...{ targets, verdicts },
      rows: rows.filter((row) => list.under(row).some((ordinal) => taken.has(ordinal))).length,
      ...{ unseen, decided, unread, concerns },
    };
  }

  /** One group: all of it is written, or nothing. */
  decide(decision: BulkDecision, more: { readonly again?: boolean; readonly reason?: string } = {}): void {
    const { run, looks, lines, marks, decisions, drawn } = this.options;
    const { targets } = this.preview(more.again);
    this.close();
    lines.save();
    marks.clear();
    const all = targets.map((ordinal) => decidingOf(run.items[ordinal]!, decision, looks, more.reason));
    void decisions.decideAll(all, targets.length === 1 ? undefined : `${count(targets.length)} items`);
    drawn();
  }
}

/** Whether a record about it would be about something: without a hash nobody could check it. */
export function hasContent(run: Pick<Run, 'scores'>, { id, sha256, failed }: Item): boolean {
  return sha256 !== '' || failed !== undefined || run.scores(id).length > 0;
}

/** A decision about an item, which says so where it was never shown. */
export function decidingOf(
  { id, ordinal }: Item,
  decision: Decision,
  looks: Pick<Looks, 'seen'>,
  reason?: string,
): Deciding {
  const why = reason?.trim();
  return {
    ...{ item: id, decision },
    ...(why && { reason: why }),
    ...(!looks.seen(ordinal) && { unseen: true }),
  };
}
