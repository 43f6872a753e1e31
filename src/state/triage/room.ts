/** S02: room for a decision, by what the browser can do without. */
import type { Winnow } from '../../sdk/types';

/** Deletes downloads that are not models yet: they can be fetched again. Whether there were any. */
export async function makeRoom(
  winnow: Partial<Pick<Winnow, 'downloads' | 'removeDownloads'>>,
): Promise<boolean> {
  if (!winnow.downloads || !winnow.removeDownloads || (await winnow.downloads()).length === 0) return false;
  await winnow.removeDownloads();
  return true;
}
