/** What is asked to be written down, made of what a person decided and what is there at that moment. */
import { InvalidError } from '../../core/errors';
import { evidenceOf } from '../../core/triage/evidence';
import type { DecisionRecord, Draft } from '../../core/triage/types';
import type { Deciding, Run } from './types';

type Holding = Pick<Run, 'item' | 'scores' | 'journal' | 'now'>;

/** `rev`: what the person saw, unless they say so themselves. Throws InvalidError for an item that is not there. */
export function draftOf(run: Holding, deciding: Deciding, rev: number): Draft {
  const item = run.item(deciding.item);
  if (!item) throw new InvalidError('invalid-input', `There is no item ${deciding.item} in this run.`);
  const { models, thresholds } = run.now;
  return {
    sha256: item.sha256,
    ...evidenceOf(item, models, thresholds, run.scores(item.id)),
    ...deciding,
    rev: deciding.rev ?? rev,
  };
}

/** Takes `of` back, or puts it in force again. */
export const turningDrafts = (
  { journal }: Holding,
  decision: 'undo' | 'redo',
  of: readonly DecisionRecord[],
): readonly Draft[] =>
  of.map(({ item, sha256, seq }) => ({ item, sha256, decision, of: seq, rev: journal.of(item).rev }));
