/** What reading a table takes: apart from its readers, because the page has no use for those. */
import type { TableChoice, TableLook } from './types';

/** A look with its guess, or other columns in its place, as reading takes it; undefined where no text column is known. */
export function choiceOf(
  look: TableLook,
  chosen: {
    readonly text?: number | undefined;
    readonly id?: number | undefined;
    readonly header?: boolean;
  } = look,
): TableChoice | undefined {
  const place = (at: number | undefined) =>
    at === undefined || !look.columns[at] ? undefined : { at, name: look.columns[at].name };
  const [text, id] = [place(chosen.text), place(chosen.id)];
  if (!text) return undefined;
  const { format, encoding, delimiter } = look;
  return {
    ...{ format, encoding, header: chosen.header ?? look.header, width: look.columns.length, text },
    ...(delimiter !== undefined && { delimiter }),
    ...(id && { id }),
  };
}
