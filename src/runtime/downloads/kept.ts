/** What is kept of downloads, and for which models. */
import { fileKey } from '../../core/hub/address';
import type { DownloadsState } from '../../rpc/downloads';
import { listSources, removeSources } from './chunks';
import { sourcesThere } from './database';
import { allPins } from './pins';

/** As `DownloadsContract.downloads` says. */
export async function keptDownloads(): Promise<DownloadsState> {
  if (!(await sourcesThere())) return { sources: [], interrupted: [] };
  const [sources, pins] = await Promise.all([listSources(), allPins()]);
  const models = new Map<string, string>();
  for (const [model, files] of pins) for (const pin of files) models.set(fileKey(pin), model);
  const kept = new Map(sources.map((source) => [source.key, source.kept]));
  const interrupted = [...pins].map(([model, files]) => ({
    model,
    bytes: files.reduce((sum, pin) => sum + Math.min(pin.fetch, kept.get(fileKey(pin)) ?? 0), 0),
    of: files.reduce((sum, pin) => sum + pin.fetch, 0),
  }));
  return {
    sources: sources.map((source) => {
      const model = models.get(source.key);
      return model === undefined ? source : { ...source, model };
    }),
    interrupted: interrupted.filter(({ bytes }) => bytes > 0),
  };
}

/** As `DownloadsContract.removeDownloads` says. */
export async function removeDownloads(model?: string): Promise<void> {
  if (!(await sourcesThere())) return;
  if (model === undefined) return removeSources();
  for (const pin of (await allPins()).get(model) ?? []) await removeSources(fileKey(pin));
}
