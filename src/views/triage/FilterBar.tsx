/** What of the run is shown, and in which order. */
import { type RefObject, useState } from 'react';
import type { DecisionFilter, Filters } from '../../core/triage/filters';
import type { Order } from '../../core/triage/orders';
import type { SieveWord } from '../../core/triage/sieve';
import type { Screening, ScreenView } from '../../state/triage/screening';
import { useBench } from '../../state/use';
import { Button, Icon, Key, Segments } from '../../ui';
import { count } from '../bench/words';
import { countOf, FilterSelects } from './FilterSelects';
import { ORDERS } from './orders';

type Show = 'all' | 'open' | 'decided';

const SHOW: Readonly<Record<Show, readonly DecisionFilter[] | undefined>> = {
  all: undefined,
  open: ['open', 'skip'],
  decided: ['clear', 'block', 'escalate', 'concern'],
};

const VERDICTS: readonly { readonly value: SieveWord | 'any'; readonly label: string }[] = [
  { value: 'any', label: 'Any verdict' },
  { value: 'block', label: 'Block' },
  { value: 'review', label: 'Review' },
  { value: 'clear', label: 'Clear' },
  { value: 'needs-review', label: 'Needs review' },
  { value: 'waiting', label: 'Waiting' },
];

export interface FilterBarProps {
  screening: Screening;
  view: ScreenView;
  filter: RefObject<HTMLInputElement | null>;
}

export function FilterBar({ screening, view, filter }: FilterBarProps) {
  const { filters, order, moved, open } = view;
  const { panels } = useBench().triage;
  const more = countOf(filters);
  const [wide, setWide] = useState(more > 0);
  const set = (change: { [Name in keyof Filters]?: Filters[Name] | undefined }) =>
    screening.arrange({ filters: kept({ ...filters, ...change }) });
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a bar of several choices; `search` is for its field */}
      <div className="filters" role="group" aria-label="Filter and sort">
        <label className="search">
          <Icon name="search" />
          <span className="sr">File name or hash</span>
          <input
            ref={filter}
            type="search"
            placeholder="File name or hash"
            value={filters.text ?? ''}
            onChange={(event) => set({ text: event.target.value })}
            onKeyDown={(event) => {
              if (event.key !== 'Escape' && event.key !== 'Enter') return;
              if (event.key === 'Escape') set({ text: undefined });
              event.currentTarget.blur();
            }}
          />
          <Key>/</Key>
        </label>
        <Segments<Show>
          label="Show"
          value={showOf(filters)}
          options={[
            { value: 'all', label: 'All' },
            { value: 'open', label: 'Open', count: open },
            { value: 'decided', label: 'Decided' },
          ]}
          onChange={(show) => set({ decision: SHOW[show] })}
        />
        <label className="pick">
          <span className="sr">Verdict</span>
          <select
            value={filters.verdict?.[0] ?? 'any'}
            onChange={(event) => {
              const value = event.target.value as SieveWord | 'any';
              set({ verdict: value === 'any' ? undefined : [value] });
            }}
          >
            {VERDICTS.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <Button size="small" icon={wide ? 'up' : 'down'} aria-expanded={wide} onClick={() => setWide(!wide)}>
          {more > 0 ? `Filters, ${more} on` : 'Filters'}
        </Button>
        {Object.keys(filters).length > 0 && (
          <span className="row filters__shown">
            <span className="meta num" role="status">
              {count(screening.list.size)} of {count(view.progress.total)}
              <span className="sr"> shown</span>
            </span>
            <Button
              size="small"
              variant="bare"
              iconOnly
              icon="close"
              aria-label="Clear filters"
              onClick={() => screening.arrange({ filters: {} })}
            />
          </span>
        )}
        <span className="row push">
          {moved > 0 && (
            <Button size="small" icon="retry" onClick={() => screening.sortAgain()}>
              {count(moved)} moved. Sort again
            </Button>
          )}
          <label className="pick">
            <span className="meta">Sort by</span>
            <select
              value={order}
              onChange={(event) => screening.arrange({ order: event.target.value as Order })}
            >
              {ORDERS.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <Button
            size="small"
            variant="bare"
            iconOnly
            icon="triage"
            aria-label="Columns and views"
            onClick={() => panels.open('columns')}
          />
        </span>
      </div>
      {wide && <FilterSelects screening={screening} view={view} set={set} />}
    </>
  );
}

function showOf({ decision }: Filters): Show {
  if (!decision) return 'all';
  return decision.includes('open') ? 'open' : 'decided';
}

/** Without what asks for nothing. */
function kept(filters: { [Name in keyof Filters]?: Filters[Name] | undefined }): Filters {
  return Object.fromEntries(
    Object.entries(filters).filter(([, value]) => value !== undefined && value.length > 0),
  );
}
