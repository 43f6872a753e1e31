import type { VerdictWord } from '../core/policy/types';
import { Icon } from './Icon';

export type BadgeWord = VerdictWord | 'pending';

export const verdictWords: Readonly<Record<BadgeWord, string>> = {
  clear: 'Clear',
  review: 'Review',
  block: 'Block',
  'needs-review': 'Needs review',
  pending: 'Waiting',
};

export interface VerdictBadgeProps {
  verdict: BadgeWord;
  /** Height in CSS pixels. */
  size?: 22 | 28 | undefined;
  /** Without box: beside a big verdict, and in rows that are decided. */
  bare?: boolean | undefined;
}

/** Icon and word, always both: shape and weight rank the four before colour does. */
export function VerdictBadge({ verdict, size = 22, bare = false }: VerdictBadgeProps) {
  return (
    <span className="verdict" data-verdict={verdict} data-size={size} data-bare={bare || undefined}>
      <Icon name={verdict} size={size === 28 ? 18 : 14} />
      {verdictWords[verdict]}
    </span>
  );
}
