/** What a run is called after. */
import type { GatheredItem } from '../../sdk/input-types';
import { displayName } from '../../sdk/names';
import type { Screening } from './screening';

/** A run is called after the first thing that was found, in this tab alone: names are not kept. */
export async function* named(screening: Screening, gathering: AsyncIterable<readonly GatheredItem[]>) {
  for await (const found of gathering) {
    if (found[0]) screening.title ??= displayName(runName(found[0]));
    yield found;
  }
}

/** The folder, archive or table it came from; a name of a stranger's, so it is shown like any other. */
function runName({ path, name, from }: GatheredItem): string {
  if (from.kind === 'table') return from.table;
  if (from.kind === 'zip') return from.archive;
  const folder = path.split('/').filter((part) => part !== '')[0];
  return folder !== undefined && folder !== name ? folder : 'Files';
}
