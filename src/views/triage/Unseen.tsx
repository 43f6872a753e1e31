/** Decide without looking: what stands in the place of the picture or the text. */
import { decisionsAround } from '../../state/triage/around';
import type { Row } from '../../state/triage/rows';
import type { Screening } from '../../state/triage/screening';
import { Unlooked } from '../../ui';
import { count } from '../bench/words';

export function Unseen({ screening, row }: { screening: Screening; row: Row }) {
  const { alike, near } = decisionsAround(screening, row.ordinal);
  const kind = row.item.kind === 'text' ? 'Text' : 'Picture';
  return (
    <Unlooked
      name={`${kind} ${row.ordinal + 1}`}
      around={[
        { label: alike.items > 0 ? `${count(alike.items)} alike` : 'Alike', decisions: alike.decisions },
        { label: near.items > 0 ? `${count(near.items)} near` : 'Near', decisions: near.decisions },
      ]}
    />
  );
}
