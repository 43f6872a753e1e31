/** More to filter by, in a row that scrolls in itself where it does not fit. */
import { useMemo } from 'react';
import type { DecisionFilter, Filters, Mark } from '../../core/triage/filters';
import type { ItemKind } from '../../core/triage/types';
import { type Facet, facetsOf } from '../../state/triage/facets';
import type { Screening, ScreenView } from '../../state/triage/screening';

const DECISIONS: readonly { readonly value: DecisionFilter; readonly label: string }[] = [
  { value: 'open', label: 'None yet' },
  { value: 'clear', label: 'Cleared' },
  { value: 'block', label: 'Blocked' },
  { value: 'escalate', label: 'Escalated' },
  { value: 'skip', label: 'Skipped' },
  { value: 'concern', label: 'Concern' },
];
const KINDS: readonly { readonly value: ItemKind; readonly label: string }[] = [
  { value: 'image', label: 'Pictures' },
  { value: 'text', label: 'Texts' },
];
const MARKS: readonly { readonly value: Mark; readonly label: string }[] = [
  { value: 'differs', label: 'Decided against the verdict' },
  { value: 'disagree', label: 'Models disagree' },
  { value: 'noted', label: 'Has a note' },
  { value: 'again', label: 'Had a second pass' },
  { value: 'listed', label: 'Listed' },
];

/** Those that are chosen here, and not in the bar above. */
const HERE = ['model', 'score', 'label', 'error', 'kind', 'mark'] as const;

export function countOf(filters: Filters): number {
  return HERE.filter((name) => filters[name] !== undefined).length;
}

export interface FilterSelectsProps {
  screening: Screening;
  view: ScreenView;
  set(change: { [Name in keyof Filters]?: Filters[Name] | undefined }): void;
}

export function FilterSelects({ screening, view, set }: FilterSelectsProps) {
  const { filters, version } = view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version may have other errors and labels
  const { models, scores, labels, errors } = useMemo(() => facetsOf(screening), [screening, version]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of several choices
    <div className="filters filters--more" role="group" aria-label="More filters">
      <Pick
        name="Decision"
        facets={DECISIONS}
        value={filters.decision?.length === 1 ? filters.decision : undefined}
        onPick={(decision) => set({ decision })}
      />
      <Pick name="Score" facets={scores} value={filters.score} onPick={(score) => set({ score })} />
      <Pick name="Model" facets={models} value={filters.model} onPick={(model) => set({ model })} />
      <Pick name="Your label" facets={labels} value={filters.label} onPick={(label) => set({ label })} />
      <Pick name="Error" facets={errors} value={filters.error} onPick={(error) => set({ error })} />
      <Pick name="Kind" facets={KINDS} value={filters.kind} onPick={(kind) => set({ kind })} />
      <Pick name="Mark" facets={MARKS} value={filters.mark} onPick={(mark) => set({ mark })} />
    </div>
  );
}

interface PickProps<T extends string> {
  name: string;
  facets: readonly { readonly value: T; readonly label: string }[];
  value: readonly string[] | undefined;
  onPick(value: readonly T[] | undefined): void;
}

function Pick<T extends string>({ name, facets, value, onPick }: PickProps<T>) {
  const [chosen = ''] = value ?? [];
  // Of an address there may be what this run does not have; it filters all the same, so it is named.
  const strange = chosen !== '' && !facets.some((facet) => facet.value === chosen);
  const all: readonly Facet[] = strange ? [...facets, { value: chosen, label: chosen }] : facets;
  const several = (value?.length ?? 0) > 1;
  return (
    <label className="pick">
      <span className="meta">{name}</span>
      <select
        value={several ? '+' : chosen}
        data-on={chosen !== '' || undefined}
        onChange={({ target }) => onPick(target.value === '' ? undefined : [target.value as T])}
      >
        <option value="">Any</option>
        {several && <option value="+">{value?.length} of them</option>}
        {all.map((facet) => (
          <option key={facet.value} value={facet.value}>
            {facet.label}
          </option>
        ))}
      </select>
    </label>
  );
}
