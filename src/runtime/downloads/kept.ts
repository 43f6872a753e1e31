/** What is kept of downloads, and for which models. */
import { fileKey } from '../../core/hub/address';
import type { DownloadsState } from '../../rpc/downloads';
import { countUnreadable } from '../store';
import { modelsThere } from '../store/database';
import { listSources, removeSources } from './chunks';
import { sourcesThere } from './database';
import { allPins } from './pins';

/** Pins stand under a model's id, or under that and, behind a slash, what makes it another source's. */
const modelOf = (key: string): string => key.split('/')[0]!;

/** As `DownloadsContract.downloads` says. */
export async function keptDownloads(): Promise<DownloadsState> {
  const unreadable = (await modelsThere()) ? await countUnreadable() : 0;
  const others = unreadable > 0 ? { unreadable } : {};
  if (!(await sourcesThere())) return { sources: [], interrupted: [], ...others };
  const [sources, pins] = await Promise.all([listSources(), allPins()]);
  const models = new Map<string, string>();
  for (const [key, files] of pins) for (const pin of files) models.set(fileKey(pin), modelOf(key));
  const kept = new Map(sources.map((source) => [source.key, source.kept]));
  const interrupted = [...pins].map(([key, files]) => ({
    model: modelOf(key),
    bytes: files.reduce((sum, pin) => sum + Math.min(pin.fetch, kept.get(fileKey(pin)) ?? 0), 0),
    of: files.reduce((sum, pin) => sum + pin.fetch, 0),
  }));
  return {
    sources: sources.map((source) => {
      const model = models.get(source.key);
      return model === undefined ? source : { ...source, model };
    }),
    interrupted: interrupted.filter(({ bytes }) => bytes > 0),
    ...others,
  };
}

/** As `DownloadsContract.removeDownloads` says. */
export async function removeDownloads(model?: string): Promise<void> {
  if (!(await sourcesThere())) return;
  if (model === undefined) return removeSources();
  for (const [key, files] of await allPins())
    if (modelOf(key) === model) for (const pin of files) await removeSources(fileKey(pin));
}
