/** What this browser keeps of models, as it is when Winnow starts. */
import type { KeptModel } from '../rpc/contract';
import type { DownloadsState } from '../rpc/downloads';
import type { Fetcher } from './gather';

export interface Kept {
  readonly models: readonly KeptModel[];
  readonly downloads: DownloadsState;
}

/** The bundled models work where the browser keeps nothing; installing says what is wrong. */
export async function keptHere(downloads: Fetcher): Promise<Kept> {
  const [models, state] = await Promise.all([
    downloads.run((remote) => remote.kept()).catch(() => []),
    downloads.run((remote) => remote.downloads()).catch(() => ({ sources: [], interrupted: [], wanted: [] })),
  ]);
  return { models, downloads: state };
}
