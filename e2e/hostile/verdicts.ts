/** Whether a file ended as it must. Shared by the test and the long run. */
import type { Item } from './corpus';
import type { Outcome } from './worker';

/** The decoder's deadline, and as much again for machines that are busy with other tests. */
const MOST_MILLISECONDS = 20_000;

/** What is wrong with an outcome, or null. */
export function wrong(item: Item, outcome: Outcome | undefined): string | null {
  if (outcome === undefined) return `${item.id}: no answer`;
  const said = `${item.id}: ${outcome.code ?? `${outcome.views.length} views`} ${outcome.message ?? ''}`;
  if (outcome.code === 'internal') return `${said} (not a typed error)`;
  if (outcome.code === undefined && outcome.views.length === 0)
    return `${said} (neither pixels nor an error)`;
  if (outcome.milliseconds > MOST_MILLISECONDS) return `${said} after ${outcome.milliseconds} ms`;
  switch (item.expect) {
    case 'any':
      return null;
    case 'cut':
      return outcome.views.length > 0 ? `${said} (part of it is missing)` : null;
    case 'error':
      return outcome.views.length > 0 || (item.code !== undefined && outcome.code !== item.code)
        ? said
        : null;
    default:
      if (outcome.code !== undefined) return said;
      if (item.note && !outcome.notes.some((note) => item.note!.test(note)))
        return `${said} ${outcome.notes.join(' ')}`;
      return null;
  }
}
