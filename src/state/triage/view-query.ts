/**
 * How a run is looked at, as it stands in the address: order, filters and columns. Never what is searched for, which may be a
 * file's name. Untrusted text on its way back: what is not known is left out.
 */
import type { Filters } from '../../core/triage/filters';
import type { Order } from '../../core/triage/orders';
import { formatView, parseView } from '../../sdk/triage';
import { type Column, parseColumns } from './columns';

export interface RunView {
  readonly filters: Filters;
  readonly order: Order;
  /** Absent: those that fit the window. */
  readonly columns?: readonly Column[] | undefined;
}

/** Longer than any that this writes; a longer one is not read. */
const LONGEST = 4_000;

/** Without its question mark; empty where everything is as usual. */
export function formatQuery({ columns, ...view }: RunView): string {
  const chosen = columns && `columns=${columns.join('.')}`;
  return [formatView(view), chosen].filter(Boolean).join('&');
}

export function parseQuery(query: string): RunView {
  const read = query.length > LONGEST ? '' : query;
  const columns = parseColumns(new URLSearchParams(read).get('columns')?.split('.'));
  return { ...parseView(read), ...(columns && { columns }) };
}
