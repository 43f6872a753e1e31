/** What looks like the selected item: alike ones as a strip, each reachable, and the way to those that are near. */
import type { SieveWord } from '../../core/triage/sieve';
import { ALIKE_BITS } from '../../state/triage/likeness';
import type { Row } from '../../state/triage/rows';
import type { Screening } from '../../state/triage/screening';
import { Button, type FilmItem, FilmStrip } from '../../ui';
import { count } from '../bench/words';

export interface NeighboursProps {
  screening: Screening;
  row: Row;
}

export function Neighbours({ screening, row }: NeighboursProps) {
  const { acts, list, likenesses } = screening;
  const members = likenesses.of(row.ordinal);
  const same = row.item.kind === 'text' ? 'with the same words' : `within ${ALIKE_BITS} of 64 bits`;
  return (
    <section className="neighbours" aria-label="Alike">
      <p className="meta">
        <span>
          {members.length > 1 ? `${count(members.length)} alike` : 'None alike'}{' '}
          <span className="neighbours__how">{same}</span>
        </span>
        <Button
          size="small"
          variant="bare"
          shortcut="F"
          pressed={list.likeness ? true : undefined}
          onClick={() => acts.similar()}
        >
          Similar
        </Button>
      </p>
      {members.length > 1 ? (
        <FilmStrip
          label="Alike ones"
          items={members.map((ordinal) => filmItem(screening, ordinal))}
          selected={row.item.id}
          onSelect={(id) => acts.select(screening.run.item(id)?.ordinal)}
        />
      ) : (
        <div className="neighbours__none" />
      )}
    </section>
  );
}

function filmItem(screening: Screening, ordinal: number): FilmItem {
  const { name, item, word, released } = screening.row(ordinal);
  return {
    ...{ id: item.id, name, kind: released ? 'released' : item.kind, verdict: badge(word) },
    thumbnail: screening.looks.thumbnails.get(ordinal),
  };
}

const badge = (word: SieveWord) => (word === 'waiting' ? 'pending' : word);
