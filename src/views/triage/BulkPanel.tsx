/** Many items at once: what that will do, and doing it. */
import type { Screening } from '../../state/triage/screening';
import { useStore } from '../../state/use';
import { BulkDialog } from '../../ui';
import { count } from '../bench/words';

export function BulkPanel({ screening }: { screening: Screening }) {
  const { bulk } = screening;
  const asked = useStore(bulk.asked);
  return (
    <BulkDialog
      open={asked !== undefined}
      onClose={() => bulk.close()}
      what={bulkWords(screening)}
      initial={asked?.decision}
      facts={(again) => {
        const { targets, verdicts, ...rest } = bulk.preview(again);
        const { waiting: pending, ...judged } = verdicts;
        return { ...rest, targets: targets.length, verdicts: { ...judged, pending } };
      }}
      onDecide={(decision, more) => bulk.decide(decision, more)}
    />
  );
}

/** "12 marked", and without any "318 shown": items, those of folded stacks, too. */
export function bulkWords({ marks, list }: Screening): string {
  if (marks.size === 0) return `${count(list.size)} shown`;
  const items = new Set(marks.rows.flatMap((row) => list.under(row)));
  return `${count(items.size)} marked`;
}
