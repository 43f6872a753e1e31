import type { VerdictWord } from '../core/policy/types';
import { formatCount } from './format';
import { Icon } from './Icon';
import { verdictWords } from './VerdictBadge';

export interface TallyProps {
  /** Per verdict: how many there are, and how many of them nobody has decided. */
  counts: Readonly<Record<VerdictWord, { readonly all: number; readonly open: number }>>;
}

const ORDER = ['clear', 'review', 'block', 'needs-review'] as const;

/** The four counts. They change while a line moves, so nothing else may move with them. */
export function Tally({ counts }: TallyProps) {
  return (
    <dl className="tally">
      {ORDER.map((word) => (
        <div key={word}>
          <dt>
            <Icon name={word} size={14} />
            {verdictWords[word]}
          </dt>
          <dd>
            {formatCount(counts[word].all)}
            <small>{formatCount(counts[word].open)} open</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}
