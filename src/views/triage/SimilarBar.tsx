/** In the place of the filters while only similar items are shown. */

import { nameOf } from '../../state/triage/rows';
import type { Screening } from '../../state/triage/screening';
import { Button } from '../../ui';
import { count } from '../bench/words';

export function SimilarBar({ screening }: { screening: Screening }) {
  const { likeness } = screening.list;
  if (!likeness) return null;
  const stacked = new Set(screening.likenesses.of(likeness.of));
  const others = likeness.similar.filter(({ item }) => item !== likeness.of);
  const alike = others.filter(({ item }) => stacked.has(item)).length;
  return (
    // biome-ignore lint/a11y/useSemanticElements: one button and what it is about
    <div className="filters" role="group" aria-label="Similar items">
      <Button size="small" icon="back" shortcut="F" onClick={() => screening.acts.similar()}>
        All items
      </Button>
      <p className="clip similar__of">
        <b>
          Similar to <bdi>{nameOf(screening.run.items[likeness.of]!)}</bdi>
        </b>{' '}
        <span className="soft num">
          {count(alike)} alike, {count(others.length - alike)} near, nearest first
        </span>
      </p>
    </div>
  );
}
