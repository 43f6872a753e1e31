/** Which of several verdicts counts. */
import type { Verdict, VerdictWord } from './types';

/**
 * Block over Needs review over Review over Clear: what nobody has judged may be as bad as a block, so it
 * outranks a review, but it must not hide a block that another model did find.
 */
const RANK: Readonly<Record<VerdictWord, number>> = { clear: 0, review: 1, 'needs-review': 2, block: 3 };

/** Negative when `a` is milder than `b`; within one word, by how far the deciding value is past its line. */
export function compareVerdicts(a: Verdict, b: Verdict): number {
  return RANK[a.verdict] - RANK[b.verdict] || margin(a) - margin(b);
}

/** The worst of several verdicts, the earlier of equals; `undefined` for none (which is not Clear). */
export function worst(verdicts: readonly Verdict[]): Verdict | undefined {
  let found: Verdict | undefined;
  for (const verdict of verdicts) if (!found || compareVerdicts(verdict, found) > 0) found = verdict;
  return found;
}

/** Distance of the deciding value from the line that decides its band: past the block line, the review line, or short of it. */
function margin({ fired }: Verdict): number {
  if (!fired) return 0;
  return fired.value - (fired.band === 'block' ? fired.block : fired.review);
}
