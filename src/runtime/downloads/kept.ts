/** What is kept of downloads, and for which models. */
import { toWinnowError } from '../../core/errors';
import { fileKey } from '../../core/hub/address';
import type { DownloadsState } from '../../rpc/downloads';
import { countUnreadable, installedAt } from '../store';
import { listSources, removeSources } from './chunks';
import { allPins, modelOf, type Pins } from './pins';

const NOTHING = { sources: [], interrupted: [], wanted: [] } as const;

/** As `DownloadsContract.downloads` says. */
export async function keptDownloads(): Promise<DownloadsState> {
  try {
    return await readDownloads();
  } catch (thrown) {
    if (toWinnowError(thrown).data.newer) return { ...NOTHING, newer: true };
    throw thrown;
  }
}

async function readDownloads(): Promise<DownloadsState> {
  const unreadable = await countUnreadable();
  const others = unreadable > 0 ? { unreadable } : {};
  const pins = await allPins();
  await dropLeftovers(pins);
  const sources = await listSources();
  const models = new Map<string, string>();
  for (const [key, { files }] of pins) for (const pin of files) models.set(fileKey(pin), modelOf(key));
  const kept = new Map(sources.map((source) => [source.key, source.kept]));
  const wanted = [...pins].map(([key, { files }]) => ({
    model: modelOf(key),
    site: key !== modelOf(key),
    bytes: files.reduce((sum, pin) => sum + Math.min(pin.fetch, kept.get(fileKey(pin)) ?? 0), 0),
    of: files.reduce((sum, pin) => sum + pin.fetch, 0),
  }));
  return {
    sources: sources.map((source) => {
      const model = models.get(source.key);
      return model === undefined ? source : { ...source, model };
    }),
    interrupted: wanted.flatMap(({ model, bytes, of }) => (bytes > 0 ? [{ model, bytes, of }] : [])),
    wanted,
    ...others,
  };
}

/** Whoever promotes a model deletes what it was made from; this finds what is left where that was cut short. */
async function dropLeftovers(pins: ReadonlyMap<string, Pins>): Promise<void> {
  for (const [key, { files, before }] of pins) {
    if (before === undefined) continue;
    const now = await installedAt(modelOf(key));
    if (now === undefined || now === before) continue;
    const sources = new Set((await listSources()).map(({ key: source }) => source));
    for (const pin of files) if (sources.has(fileKey(pin))) await removeSources(fileKey(pin));
  }
}

/** As `DownloadsContract.removeDownloads` says. */
export async function removeDownloads(model?: string): Promise<void> {
  if (model === undefined) return removeSources();
  for (const [key, { files }] of await allPins())
    if (modelOf(key) === model) for (const pin of files) await removeSources(fileKey(pin));
}
