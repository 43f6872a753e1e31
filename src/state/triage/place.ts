/** Where somebody is in a run: kept with it, so that a restart lands there. Never what they searched for. */
import type { Screening } from './screening';
import { formatQuery, parseQuery } from './view-query';

/** Milliseconds after the last step: whoever runs through a list is written down where they rest. */
const REST = 600;

type Placed = Pick<Screening, 'run' | 'list' | 'store' | 'arrange' | 'acts'>;

/** Back to where the run was left, or to what an address asks for. */
export function restorePlace(screening: Placed, query: string | undefined): void {
  const { view, item } = screening.run.now.place ?? {};
  const asked = query ?? (typeof view === 'string' ? view : '');
  if (asked !== '') {
    const { filters, order } = parseQuery(asked);
    screening.arrange({ filters, order });
  }
  const ordinal = typeof item === 'string' ? screening.run.item(item)?.ordinal : undefined;
  if (ordinal !== undefined && screening.list.placeOf(ordinal) >= 0) screening.acts.select(ordinal);
  else screening.acts.reviewOpen();
}

/**
 * Writes down whether files are still being listed: a page that dies then leaves a run that must not pass for a whole one. A
 * listing that was stopped counts as not ended.
 */
export function noteListing(run: Placed['run'], on: boolean): void {
  const { listing: _, ...others } = run.now.place ?? {};
  run.change({ place: on ? { ...others, listing: true } : others }).catch(() => {});
}

/** Whether somebody has to choose the files again before the run is all that it was to be. */
export const isUnlisted = ({ now }: Pick<Placed['run'], 'now'>): boolean => now.place?.listing === true;

/** Writes it down from now on. Returns what ends that, and writes what is left. */
export function followPlace(screening: Placed): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    const { run } = screening;
    const now = placeOf(screening);
    const { view = '', item = '' } = run.now.place ?? {};
    if (view === now.view && item === (now.item ?? '')) return;
    const { view: _, item: __, ...others } = run.now.place ?? {};
    // A failure is told by `onSaving`; what was decided is kept in any case.
    run.change({ place: { ...others, ...now } }).catch(() => {});
  };
  const unsubscribe = screening.store.subscribe(() => {
    timer ??= setTimeout(write, REST);
  });
  return () => {
    unsubscribe();
    write();
  };
}

function placeOf({ list, run }: Placed): { readonly view: string; readonly item?: string } {
  const { filters, order, selected } = list;
  const item = selected === undefined ? undefined : run.items[selected]?.id;
  return { view: formatQuery({ filters, order }), ...(item !== undefined && { item }) };
}
