/** The run's items, a few at a time. */
import type { RefObject } from 'react';
import type { Column } from '../../state/triage/columns';
import { SIMILAR_BITS } from '../../state/triage/likeness';
import type { Row } from '../../state/triage/rows';
import type { Screening, ScreenView } from '../../state/triage/screening';
import { useBench, useStore } from '../../state/use';
import { type GridItem, ItemGrid, type Press } from '../../ui';
import { bytes } from '../bench/words';

export interface TableProps {
  screening: Screening;
  view: ScreenView;
  tall: boolean;
  scroller?: RefObject<HTMLElement | null> | undefined;
  onOpen(): void;
}

export function Table({ screening, view, tall, scroller, onOpen }: TableProps) {
  const { shown, place, order } = view;
  const { settings, triage } = useBench();
  const { columns } = useStore(settings.views.store);
  const { listed } = triage;
  useStore(listed.store);
  return (
    <ItemGrid
      label="Items of this run"
      count={shown.length}
      item={(index) => {
        const row = screening.row(shown[index]!);
        const item = gridItem(screening, row, columns);
        return listed.has(row.item.sha256) ? { ...item, listed: true } : item;
      }}
      selected={place}
      onSelect={(index, how) => press(screening, shown[index]!, how)}
      onTurn={(index) => {
        const ordinal = shown[index]!;
        screening.acts.turnStack(screening.list.stackOf(ordinal)?.open === false, ordinal);
      }}
      onOpen={onOpen}
      onVisible={(from, to) => screening.looking(from, to)}
      sortedBy={order === 'risk' || order === 'name' ? order : 'other'}
      tall={tall}
      columns={columns}
      scroller={scroller}
    />
  );
}

function press({ acts }: Screening, ordinal: number, how: Press): void {
  if (how === 'range') acts.markTo(ordinal);
  else if (how === 'toggle') acts.toggleMark(ordinal);
  else acts.select(ordinal);
}

function gridItem(screening: Screening, row: Row, columns: readonly Column[] = []): GridItem {
  const { ordinal, item, bar, decision, unsaved, word } = row;
  const stack = screening.list.stackOf(ordinal);
  const first = stack?.members[0] === ordinal;
  return {
    ...{ id: item.id, kind: item.kind, number: ordinal + 1, name: row.name, detail: row.detail },
    thumbnail: screening.looks.thumbnails.get(ordinal),
    verdict: word === 'waiting' ? 'pending' : word,
    ...(bar && {
      bar: { value: bar.value, review: bar.rule.review, block: bar.rule.block },
      label: bar.score,
    }),
    ...(decision && { decision }),
    ...(row.released && { released: true }),
    ...(row.differs && { differs: true }),
    ...(unsaved && { saving: unsaved.conflict ? 'conflict' : unsaved.error ? 'failed' : 'saving' }),
    ...(stack && first && { alike: stack.members.length, opened: stack.open }),
    ...(stack && !first && { within: true }),
    ...nearWords(screening, ordinal),
    ...(screening.marks.has(ordinal) && { marked: true }),
    ...(columns.includes('size') && { size: bytes(item.bytes) }),
    ...(columns.includes('labels') && { labels: row.labels.join(', ') }),
    ...(columns.includes('hash') && { hash: item.sha256.slice(0, 12) }),
  };
}

/** Among similar items: how like it is. */
function nearWords({ list: { likeness } }: Screening, ordinal: number): Pick<GridItem, 'detail'> | undefined {
  const near = likeness?.similar.find(({ item }) => item === ordinal);
  if (!near) return undefined;
  if (near.item === likeness?.of) return { detail: 'This one' };
  if (near.bits > SIMILAR_BITS) return { detail: 'Alike by way of others' };
  return { detail: near.bits === 0 ? 'The same' : `${near.bits} of 64 bits differ` };
}
