/** Hidden characters of a text, as they stand beside its scores. */
import type { HiddenMark, Scores } from '../core/policy/types';
import { chipLabel, findHidden } from '../core/text/hidden';

const MOST = 1_000;

/** The first thousand, and how many there are; empty where there are none. */
export function hiddenMarks(text: string): Pick<Scores, 'hidden' | 'hiddenCount'> {
  const found = findHidden(text);
  return found.length === 0 ? {} : { hidden: found.slice(0, MOST).map(mark), hiddenCount: found.length };
}

function mark(hidden: ReturnType<typeof findHidden>[number]): HiddenMark {
  const { start, end, name, kind } = hidden;
  return { start, end, label: chipLabel(hidden), name, kind };
}
