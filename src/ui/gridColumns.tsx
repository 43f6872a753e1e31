/** Columns of the table beside the name: which are there, how wide, and those that are only there when they are chosen. */
import type { CSSProperties } from 'react';
import { Cell } from './GridParts';

export type GridColumn =
  | 'number'
  | 'picture'
  | 'score'
  | 'label'
  | 'verdict'
  | 'decision'
  | 'size'
  | 'labels'
  | 'hash';

/** In the order of the cells; the name stands between picture and score. */
const WIDTHS: Readonly<Record<GridColumn | 'name', string>> = {
  number: '44px',
  picture: '56px',
  name: 'minmax(150px, 1.5fr)',
  score: 'minmax(110px, 1.3fr) 4ch',
  label: 'minmax(72px, 1fr)',
  verdict: '116px',
  decision: '100px',
  size: '72px',
  labels: 'minmax(80px, 1fr)',
  hash: '96px',
};

/** Attributes of the grid for `triage.css`: none where the window decides. */
export function chosenColumns(columns: readonly GridColumn[] | undefined) {
  if (!columns) return {};
  const there = (Object.keys(WIDTHS) as (keyof typeof WIDTHS)[]).filter(
    (column) => column === 'name' || columns.includes(column),
  );
  return {
    'data-columns': `name ${columns.join(' ')}`,
    style: { '--cols': there.map((column) => WIDTHS[column]).join(' ') } as CSSProperties,
  };
}

/** What a row has only where it was chosen. */
export interface ChosenCells {
  readonly size?: string | undefined;
  readonly labels?: string | undefined;
  readonly hash?: string | undefined;
}

export function ChosenCells({ size, labels, hash }: ChosenCells) {
  return (
    <>
      {size !== undefined && (
        <Cell role="gridcell" className="grid__size num soft">
          {size}
        </Cell>
      )}
      {labels !== undefined && (
        <Cell role="gridcell" className="grid__labels clip soft">
          {labels}
        </Cell>
      )}
      {hash !== undefined && (
        <Cell role="gridcell" className="grid__hash mono clip soft">
          {hash}
        </Cell>
      )}
    </>
  );
}

const HEADS = [
  ['size', 'Size'],
  ['labels', 'Your labels'],
  ['hash', 'SHA-256'],
] as const;

export function ChosenHeads({ columns = [] }: { columns?: readonly GridColumn[] | undefined }) {
  return HEADS.filter(([column]) => columns.includes(column)).map(([column, head]) => (
    <Cell key={column} role="columnheader" className={`grid__${column}`}>
      {head}
    </Cell>
  ));
}
