import { useEffect, useRef } from 'react';
import type { Screening, ScreenView } from '../../state/triage/screening';
import { formatQuery, parseQuery } from '../../state/triage/view-query';
import { useBench, useStore } from '../../state/use';
import { replaceAddress } from '../frame/address';

/** A browser lets a page rewrite its address a few times a second, no more. */
const PAUSE = 400;

/**
 * The open run stands in the address with how it is looked at, so that a reload, a crash or a bookmark comes back to it; an
 * address that is changed by hand shows what it says.
 */
export function useViewAddress(
  screening: Screening,
  { filters, order }: Pick<ScreenView, 'filters' | 'order'>,
  named: string | undefined,
  look = '',
): void {
  const { views } = useBench().settings;
  const { columns } = useStore(views.store);
  const { id } = screening.run.header;
  const query = formatQuery({ filters, order, columns });
  const written = useRef<string>(undefined);
  useEffect(() => {
    if (named !== id || look === written.current) return;
    const first = written.current === undefined;
    written.current = look;
    const { columns: wanted, ...arranged } = parseQuery(look);
    // The run was opened with what the address says; its columns were not.
    if (!first || look !== '') screening.arrange(arranged);
    if (wanted) views.choose(wanted);
  }, [screening, views, named, id, look]);
  useEffect(() => {
    if (!screening.run.kept || (named === id && query === look)) return;
    const timer = setTimeout(() => {
      written.current = query;
      replaceAddress(`#/triage/${id}${query === '' ? '' : `?${query}`}`);
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [screening, named, id, look, query]);
}
