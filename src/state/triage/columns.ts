/** What of an item the table shows beside its name. */

export type Column = (typeof COLUMNS)[number];
export const COLUMNS = [
  'number',
  'picture',
  'score',
  'label',
  'verdict',
  'decision',
  'size',
  'labels',
  'hash',
] as const;

/** Undefined for what is no list of columns; in the order of `COLUMNS`, whatever order they come in. */
export function parseColumns(value: unknown): readonly Column[] | undefined {
  if (!Array.isArray(value)) return undefined;
  // An empty list is a choice: names alone.
  if (value.length > 0 && !COLUMNS.some((column) => value.includes(column)) && value[0] !== '')
    return undefined;
  return COLUMNS.filter((column) => value.includes(column));
}

/** Those that fit, where nobody has chosen; as `triage.css` has them. `width`: of the window, in CSS pixels. */
export function usualColumns(width: number): readonly Column[] {
  if (width >= 1280) return ['number', 'picture', 'score', 'label', 'verdict', 'decision'];
  return ['picture', 'score', 'verdict', 'decision'];
}
