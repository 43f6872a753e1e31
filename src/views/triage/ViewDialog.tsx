/** Which columns the table has, and views under a name. */
import { useState } from 'react';
import { COLUMNS, type Column, usualColumns } from '../../state/triage/columns';
import type { Screening, ScreenView } from '../../state/triage/screening';
import { formatQuery, parseQuery } from '../../state/triage/view-query';
import { LONGEST_VIEW_NAME } from '../../state/triage/views';
import { useBench, useStore } from '../../state/use';
import { Button, Dialog } from '../../ui';
import './chosen.css';

const NAMES: Readonly<Record<Column, string>> = {
  number: 'Number',
  picture: 'Picture, hidden',
  score: 'Highest risk',
  label: 'Label of the score',
  verdict: 'Verdict',
  decision: 'Decision',
  size: 'Size',
  labels: 'Your labels',
  hash: 'SHA-256',
};

export interface ViewDialogProps {
  screening: Screening;
  view: ScreenView;
  open: boolean;
  onClose(): void;
}

export function ViewDialog({ screening, view, open, onClose }: ViewDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Columns and views">
      <ColumnChoice />
      <NamedViews screening={screening} view={view} onApplied={onClose} />
    </Dialog>
  );
}

function ColumnChoice() {
  const { views } = useBench().settings;
  const { columns } = useStore(views.store);
  const shown = columns ?? usualColumns(window.innerWidth);
  return (
    <fieldset className="chosen">
      <legend className="chosen__legend">Columns</legend>
      <div className="chosen__list">
        {COLUMNS.map((column) => (
          <label key={column} className="settings__check">
            <input
              type="checkbox"
              checked={shown.includes(column)}
              onChange={(event) =>
                views.choose(
                  COLUMNS.filter((one) => (one === column ? event.target.checked : shown.includes(one))),
                )
              }
            />
            {NAMES[column]}
          </label>
        ))}
      </div>
      <div className="row wrap">
        <p className="meta">
          {columns
            ? 'Kept in this browser, for every run. On a narrow window a row has two lines and no room for more.'
            : 'As they fit this window.'}
        </p>
        {columns && (
          <Button size="small" className="push" onClick={() => views.choose(undefined)}>
            As they fit
          </Button>
        )}
      </div>
    </fieldset>
  );
}

interface NamedViewsProps extends Pick<ViewDialogProps, 'screening' | 'view'> {
  onApplied(): void;
}

function NamedViews({ screening, view, onApplied }: NamedViewsProps) {
  const { views } = useBench().settings;
  const { columns, named } = useStore(views.store);
  const [name, setName] = useState('');
  /** The last one, as long as the dialog is open. */
  const [deleted, setDeleted] = useState<{ name: string; undo: () => void }>();
  const { filters, order } = view;
  const query = formatQuery({ filters, order, columns });
  return (
    <section className="chosen" aria-label="Views">
      <h3>Views</h3>
      <p className="meta">
        A view is order, filters and columns, and stands in the address, too. What you search for is in
        neither.
      </p>
      <ul className="chosen__views">
        {named.map((one) => (
          <li key={one.name}>
            <span className="clip">{one.name}</span>
            {one.query === query && <span className="meta">Shown now</span>}
            <Button
              size="small"
              className="push"
              aria-label={`Show ${one.name}`}
              onClick={() => {
                const { columns: wanted, ...arranged } = parseQuery(one.query);
                screening.arrange(arranged);
                views.choose(wanted);
                onApplied();
              }}
            >
              Show
            </Button>
            <Button
              size="small"
              variant="bare"
              iconOnly
              icon="trash"
              aria-label={`Delete ${one.name}`}
              onClick={() => setDeleted({ name: one.name, undo: views.remove(one.name) })}
            />
          </li>
        ))}
      </ul>
      <form
        className="chosen__new"
        onSubmit={(event) => {
          event.preventDefault();
          views.save(name, query);
          setName('');
        }}
      >
        <label>
          <span className="sr">Name of this view</span>
          <input
            className="field"
            placeholder="Name of this view"
            maxLength={LONGEST_VIEW_NAME}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <Button submit disabled={name.trim() === ''}>
          {named.some((one) => one.name === name.trim()) ? 'Replace' : 'Save this view'}
        </Button>
      </form>
      {deleted && (
        <p className="row wrap meta" role="status">
          View {deleted.name} deleted.
          <Button
            size="small"
            icon="undo"
            onClick={() => {
              deleted.undo();
              setDeleted(undefined);
            }}
          >
            Undo
          </Button>
        </p>
      )}
    </section>
  );
}
