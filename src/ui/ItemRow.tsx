import { type CSSProperties, memo } from 'react';
import { type DecisionWord, decidedIcons, decidedWords } from './DecideBar';
import { formatCount, formatScore } from './format';
import { Cell, Row } from './GridParts';
import { ChosenCells } from './gridColumns';
import { Icon } from './Icon';
import { Track } from './Track';
import { Thumbnail } from './Veil';
import { type BadgeWord, VerdictBadge } from './VerdictBadge';

export interface GridItem extends ChosenCells {
  /** Stays the same wherever the item goes. */
  readonly id: string;
  readonly kind: 'image' | 'text';
  /** Counts from 1 in the order of arrival. */
  readonly number: number;
  readonly name: string;
  readonly detail: string;
  readonly thumbnail: ImageBitmap | null;
  readonly verdict: BadgeWord;
  readonly bar?: { readonly value: number; readonly review: number; readonly block: number } | undefined;
  /** The score that decided. */
  readonly label?: string | undefined;
  readonly decision?: DecisionWord | undefined;
  /** A person decided otherwise than the machine: both stay in sight. */
  readonly differs?: boolean | undefined;
  readonly saving?: 'saving' | 'failed' | 'conflict' | undefined;
  /** Nothing of it is shown any more: it was marked as a concern, or is a copy of what was. */
  readonly released?: boolean | undefined;
  /** Its hash is on the list that somebody loaded. */
  readonly listed?: boolean | undefined;
  /** How many look like it and share its row, itself included. */
  readonly alike?: number | undefined;
  /** Of a stack: its members have rows of their own, which follow. */
  readonly opened?: boolean | undefined;
  /** One of an opened stack, after the first. */
  readonly within?: boolean | undefined;
  /** To be decided together with other marked rows. */
  readonly marked?: boolean | undefined;
}

/** How a row was pressed: alone, with Shift, or with Ctrl. */
export type Press = 'one' | 'range' | 'toggle';

export interface ItemRowProps {
  item: GridItem;
  /** Place in the list, from 0. */
  index: number;
  id: string;
  selected: boolean;
  /** From the top of the list, in pixels. */
  top: number;
  height: number;
  onSelect(how: Press): void;
  /** Opens its stack, or folds it. */
  onTurn(): void;
}

/** Drawn again only when something of it has changed: a run tells of others ten times a second. */
export const ItemRow = memo(DrawnRow, same);

function same(a: ItemRowProps, b: ItemRowProps): boolean {
  return (
    a.index === b.index &&
    a.id === b.id &&
    a.selected === b.selected &&
    a.top === b.top &&
    a.height === b.height &&
    sameItem(a.item, b.item)
  );
}

function sameItem(a: GridItem, b: GridItem): boolean {
  const { bar: one, ...rest } = a;
  const { bar: other, ...others } = b;
  const keys = Object.keys(rest) as (keyof typeof rest)[];
  return (
    keys.length === Object.keys(others).length &&
    keys.every((key) => rest[key] === others[key]) &&
    one?.value === other?.value &&
    one?.review === other?.review &&
    one?.block === other?.block
  );
}

function DrawnRow({ item, index, id, selected, top, height, onSelect, onTurn }: ItemRowProps) {
  const { decision, saving, verdict, differs } = item;
  const done = decision !== undefined && decision !== 'skip' && saving !== 'failed';
  return (
    <Row
      role="row"
      id={id}
      className="grid__row"
      aria-rowindex={index + 2}
      aria-selected={selected || item.marked === true}
      data-current={selected || undefined}
      data-within={item.within || undefined}
      data-done={done || undefined}
      data-differs={differs || undefined}
      data-decided={decision !== undefined || undefined}
      data-waiting={verdict === 'pending' || undefined}
      style={{ transform: `translateY(${top}px)`, height }}
      onClick={(event) =>
        onSelect(event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'one')
      }
    >
      <Cell role="gridcell" className="grid__n num">
        {formatCount(index + 1)}
      </Cell>
      <Cell role="gridcell" className="grid__thumb" aria-label={thumbWords(item)}>
        <span className="pile" data-many={(item.alike !== undefined && !item.opened) || undefined}>
          <span className="veil veil--thumb" data-kind={item.released ? 'released' : item.kind}>
            {item.kind === 'image' && !item.released && <Thumbnail bitmap={item.thumbnail} />}
            {item.kind === 'text' && !item.released && <Icon name="file" />}
            {item.released && <Icon name="hidden" />}
          </span>
        </span>
      </Cell>
      <Cell role="rowheader" className="grid__name">
        <span className="grid__title">
          <bdi className="clip" title={item.name}>
            {item.name}
          </bdi>
          {item.listed && <span className="chip chip--listed">Listed</span>}
          {item.alike !== undefined && (
            <StackButton name={item.name} alike={item.alike} opened={item.opened === true} onTurn={onTurn} />
          )}
        </span>
        <small className="clip" title={item.detail}>
          {item.detail}
        </small>
      </Cell>
      <Bar item={item} />
      <Cell role="gridcell" className="grid__label clip soft" title={item.label}>
        {item.label}
      </Cell>
      <Cell role="gridcell" className="grid__verdict">
        <VerdictBadge verdict={verdict} bare={done && !differs} />
      </Cell>
      <Cell role="gridcell" className="grid__decision">
        <Decided decision={decision} saving={saving} />
      </Cell>
      <ChosenCells size={item.size} labels={item.labels} hash={item.hash} />
    </Row>
  );
}

interface StackButtonProps {
  name: string;
  alike: number;
  opened: boolean;
  onTurn(): void;
}

/** For a pointer; the arrow keys do the same, so the grid stays one tab stop. */
function StackButton({ name, alike, opened, onTurn }: StackButtonProps) {
  return (
    <button
      type="button"
      className="stackbtn"
      tabIndex={-1}
      aria-expanded={opened}
      aria-label={`${formatCount(alike)} alike, ${name}`}
      title={opened ? 'Decide together' : 'Show one by one'}
      onClick={(event) => {
        event.stopPropagation();
        onTurn();
      }}
    >
      <span className="chip chip--button num">
        {formatCount(alike)} alike
        <Icon name={opened ? 'down' : 'next'} size={11} />
      </span>
    </button>
  );
}

const thumbWords = ({ kind, number, released }: GridItem): string =>
  `${kind === 'image' ? 'Picture' : 'Text'} ${number}${released ? ', released' : kind === 'image' ? ', hidden' : ''}`;

function Bar({ item: { bar, verdict } }: { item: GridItem }) {
  const band = bar
    ? bar.value >= bar.block
      ? 'block'
      : bar.value >= bar.review
        ? 'review'
        : 'clear'
    : verdict === 'pending'
      ? 'busy'
      : 'none';
  const style = { '--v': bar?.value ?? 0, '--r': bar?.review ?? 1, '--b': bar?.block ?? 1 } as CSSProperties;
  return (
    <>
      <Cell role="gridcell" className="grid__bar" data-band={band} aria-hidden="true">
        <Track mini style={style} zones={bar !== undefined} />
      </Cell>
      <Cell role="gridcell" className="grid__value num">
        {bar ? (
          formatScore(bar.value, [bar.review, bar.block])
        ) : verdict === 'pending' ? (
          '…'
        ) : (
          <>
            <span aria-hidden="true">–</span>
            <span className="sr">no score</span>
          </>
        )}
      </Cell>
    </>
  );
}

function Decided({ decision, saving }: Pick<GridItem, 'decision' | 'saving'>) {
  if (saving === 'failed' || saving === 'conflict')
    return (
      <span className="decided" data-failed="true">
        <Icon name="warn" size={14} />
        {saving === 'failed' ? 'Not saved' : 'Other tab'}
      </span>
    );
  if (!decision) return null;
  return (
    <span className="decided">
      <Icon name={decidedIcons[decision]} size={14} />
      {decidedWords[decision]}
    </span>
  );
}
