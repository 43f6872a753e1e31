import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { Cell, Row } from './GridParts';
import { ChosenHeads, chosenColumns, type GridColumn } from './gridColumns';
import { useLatest } from './hooks';
import { Icon } from './Icon';
import { type GridItem, ItemRow, type Press } from './ItemRow';

export type { GridItem, Press } from './ItemRow';

export interface ItemGridProps {
  /** "Items of this run". */
  label: string;
  count: number;
  /** The item at a place; asked for what is on the screen, and only for that. */
  item(index: number): GridItem;
  /** Place of the selected item; -1 for none. */
  selected: number;
  onSelect(index: number, how: Press): void;
  /** Opens the stack at a place, or folds it. */
  onTurn(index: number): void;
  /** Enter, or a press on the selected row: shows it. */
  onOpen(): void;
  /** Places that are on the screen now. */
  onVisible(from: number, to: number): void;
  /** What the list is sorted by, for its column. */
  sortedBy: 'risk' | 'name' | 'other';
  /** Rows of two lines. */
  tall: boolean;
  /** Beside the name; absent: those that fit the window. */
  columns?: readonly GridColumn[] | undefined;
  /** Scrolls in place of the grid. */
  scroller?: RefObject<HTMLElement | null> | undefined;
}

/** Pixels. */
const ROW = 46;
const TALL = 60;

/** A table of any length: what is on the screen is drawn, and the selected row. One tab stop; the view has the keys. */
export function ItemGrid(props: ItemGridProps) {
  const { label, count, selected, onSelect, onOpen, onVisible, sortedBy, tall, scroller } = props;
  const prefix = useId();
  const grid = useRef<HTMLDivElement>(null);
  const run = useRef<HTMLDivElement>(null);
  /** Places that were in sight when rows were drawn last. */
  const seen = useRef({ startIndex: -1, endIndex: -1 });
  const [margin, setMargin] = useState(0);
  const height = tall ? TALL : ROW;
  // Each time, since what stands above may have come or gone; and late, since the scroller is a parent, whose ref is set last.
  useEffect(() => {
    const outer = scroller?.current;
    if (!outer || !run.current) return setMargin(0);
    const measured = run.current.getBoundingClientRect().top - outer.getBoundingClientRect().top;
    setMargin(Math.round(measured + outer.scrollTop));
  });
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller?.current ?? grid.current,
    estimateSize: () => height,
    overscan: 6,
    scrollMargin: margin,
    useFlushSync: false,
    // The selected row carries the focus, so it is there even when it is scrolled out of sight.
    rangeExtractor: (range) => {
      // A leap draws what is in sight; its neighbours come once the list rests.
      const leapt = range.startIndex > seen.current.endIndex || range.endIndex < seen.current.startIndex;
      seen.current = range;
      const rows = defaultRangeExtractor(leapt ? { ...range, overscan: 0 } : range);
      return selected >= 0 && selected < count && !rows.includes(selected)
        ? [...rows, selected].sort((a, b) => a - b)
        : rows;
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new height is a reason to measure
  useLayoutEffect(() => virtual.measure(), [height, virtual]);
  useEffect(() => {
    // It is drawn wherever it is. What lies over the list is the style's to say, as scroll padding.
    if (selected >= 0) document.getElementById(`${prefix}-${selected}`)?.scrollIntoView({ block: 'nearest' });
  }, [selected, prefix]);
  const { startIndex = 0, endIndex = 0 } = virtual.range ?? {};
  const visible = useLatest(onVisible);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another count shows other rows at the same places
  useEffect(() => visible.current(startIndex, endIndex), [startIndex, endIndex, count, visible]);
  const rows = virtual.getVirtualItems();
  const drawn = rows.some(({ index }) => index === selected);
  return (
    <Row
      ref={grid}
      className="grid"
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-multiselectable="true"
      aria-activedescendant={drawn ? `${prefix}-${selected}` : undefined}
      tabIndex={0}
      data-tall={tall || undefined}
      {...chosenColumns(props.columns)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        onOpen();
      }}
    >
      <Head sortedBy={sortedBy} columns={props.columns} />
      <Row role="rowgroup" className="grid__run" ref={run} style={{ height: virtual.getTotalSize() }}>
        {rows.map(({ index, start }) => (
          <ItemRow
            key={index}
            id={`${prefix}-${index}`}
            item={props.item(index)}
            index={index}
            selected={index === selected}
            top={start - margin}
            height={height}
            onSelect={(how) => (index === selected && how === 'one' ? onOpen() : onSelect(index, how))}
            onTurn={() => props.onTurn(index)}
          />
        ))}
      </Row>
    </Row>
  );
}

function Head({ sortedBy, columns }: Pick<ItemGridProps, 'sortedBy' | 'columns'>) {
  return (
    <Row role="rowgroup" className="grid__top">
      <Row role="row" className="grid__row grid__head" aria-rowindex={1}>
        <Column className="grid__n">#</Column>
        <Column className="grid__thumb">
          <span className="sr">Picture</span>
        </Column>
        <Column className="grid__name" sort={sortedBy === 'name' ? 'ascending' : undefined}>
          Item
        </Column>
        <Column className="grid__bar" sort={sortedBy === 'risk' ? 'descending' : undefined}>
          Highest risk
        </Column>
        <Column className="grid__value">
          <span className="sr">Score</span>
        </Column>
        <Column className="grid__label">Label</Column>
        <Column className="grid__verdict">Verdict</Column>
        <Column className="grid__decision">Decision</Column>
        <ChosenHeads columns={columns} />
      </Row>
    </Row>
  );
}

function Column(props: {
  className: string;
  sort?: 'ascending' | 'descending' | undefined;
  children: React.ReactNode;
}) {
  return (
    <Cell role="columnheader" className={props.className} aria-sort={props.sort}>
      {props.children}
      {props.sort && <Icon name={props.sort === 'descending' ? 'down' : 'up'} size={14} />}
    </Cell>
  );
}
